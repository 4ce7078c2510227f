"""Validates requests against AWS's model of the service, before anything acts on them."""
