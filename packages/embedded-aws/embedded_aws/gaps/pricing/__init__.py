"""Where moto differs from the AWS Price List."""
