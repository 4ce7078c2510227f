"""The target `ec2-stack`: one EC2 instance in a CloudFormation stack of its own."""
