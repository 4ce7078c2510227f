"""Where moto differs from AWS Lambda."""
