"""Faults that AWS has now and then, injected on request."""
