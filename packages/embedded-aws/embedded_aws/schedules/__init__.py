"""Schedules: when they are due, and what happens then. The gap files apply them to AWS's APIs."""
