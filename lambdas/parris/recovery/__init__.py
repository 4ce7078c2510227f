"""Abandoned runs: what they left, and what the cleanup and the reaper do about it."""
