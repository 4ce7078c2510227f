"""Where moto differs from AWS CloudFormation."""
