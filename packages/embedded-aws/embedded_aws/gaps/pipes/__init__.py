"""Where moto differs from EventBridge Pipes."""
