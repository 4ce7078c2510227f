"""Where moto differs from Amazon ECR."""
