"""The gateways of the target `sagemaker`: the only files of it that import botocore."""
