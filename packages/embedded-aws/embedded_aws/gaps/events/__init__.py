"""Where moto differs from Amazon EventBridge."""
