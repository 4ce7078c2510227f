"""The gateways of the target `batch`: the only files of it that import botocore."""
