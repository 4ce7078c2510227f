"""Gateways that the targets with EC2 instances share: prices, spot prices and quotas."""
