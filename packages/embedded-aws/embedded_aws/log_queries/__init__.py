"""Queries of CloudWatch Logs Insights: their language, and what they find in log events."""
