"""The gateways of the target `ec2-server`: the only files of it that import botocore."""
