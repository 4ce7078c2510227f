"""The target `ec2-stack`: one EC2 instance per job, in its own CloudFormation stack."""
