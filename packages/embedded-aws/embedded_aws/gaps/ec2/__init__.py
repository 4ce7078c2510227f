"""Where moto differs from Amazon EC2."""
