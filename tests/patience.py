"""How long tests wait for what must come."""

PATIENCE_SECONDS = 300.0
"""Costs nothing where it does come, and lets a busy machine take its time."""
