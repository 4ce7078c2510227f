"""Where moto differs from Amazon API Gateway (HTTP APIs)."""
