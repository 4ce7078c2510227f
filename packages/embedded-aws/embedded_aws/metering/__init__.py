"""Counts what AWS would bill the orchestration of one embedded AWS for, and prices it."""
