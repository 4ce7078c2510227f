"""Drivers of the embedded AWS that simulate a job's trainer instead of running processes."""
