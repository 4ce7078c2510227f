"""Where moto differs from Service Quotas."""
