"""Where moto differs from Amazon DynamoDB."""
