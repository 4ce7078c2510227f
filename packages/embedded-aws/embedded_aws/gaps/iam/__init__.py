"""Where moto differs from AWS IAM."""
