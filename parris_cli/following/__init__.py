"""Follows a running job until it ends."""
