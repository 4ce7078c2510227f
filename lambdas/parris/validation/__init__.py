"""Validation of training configs: reports all violations at once, each with its path."""
