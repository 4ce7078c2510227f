"""What the target `ec2-stack` asks of AWS: CloudFormation, EC2, IAM, SSM and the price list."""
