"""Where moto differs from EventBridge Scheduler."""
