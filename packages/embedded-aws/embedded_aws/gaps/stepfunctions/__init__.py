"""Where moto differs from AWS Step Functions."""
