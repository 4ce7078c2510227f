"""Gateways to AWS: they call it through botocore and translate its errors into Parris's."""
