"""Where moto differs from Amazon SageMaker."""
