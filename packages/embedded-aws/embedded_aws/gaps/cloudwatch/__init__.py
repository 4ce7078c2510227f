"""Where moto differs from Amazon CloudWatch."""
