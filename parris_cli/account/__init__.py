"""Finds and connects to a deployment, in an account or in an embedded AWS."""
