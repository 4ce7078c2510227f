"""Runs that died outside their workflow: what they left, and what the reaper does about it."""
