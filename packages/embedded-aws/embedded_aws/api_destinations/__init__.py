"""Requests to endpoints outside of AWS, for pipes and rules of EventBridge."""
