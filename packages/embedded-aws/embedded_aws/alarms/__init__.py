"""Metrics that services emit, and the alarms that watch them."""
