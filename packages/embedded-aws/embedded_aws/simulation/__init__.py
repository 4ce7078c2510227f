"""Instances that train on the clock of the embedded AWS instead of running processes."""
