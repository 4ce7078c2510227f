"""Permissions: policies, trust policies, and AWS's denial responses."""
