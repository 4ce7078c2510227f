"""What the gateways need of AWS's service models, picked from botocore's: `make models`."""
