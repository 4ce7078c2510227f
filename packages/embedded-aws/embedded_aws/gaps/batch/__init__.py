"""Where moto differs from AWS Batch."""
