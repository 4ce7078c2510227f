"""Where moto differs from AWS Systems Manager."""
