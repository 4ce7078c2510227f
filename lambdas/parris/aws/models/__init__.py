"""The parts of botocore's service models that the gateways need, written by `make models`."""
