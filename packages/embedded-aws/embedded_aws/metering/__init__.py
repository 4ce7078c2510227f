"""Counts and prices what AWS would bill for the orchestration of one embedded AWS."""
