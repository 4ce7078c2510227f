"""Gateways of the target `ec2-stack`: CloudFormation, EC2, IAM, SSM and the price list."""
