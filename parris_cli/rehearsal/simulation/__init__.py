"""A driver of the embedded AWS that simulates a job's trainer instead of running processes."""
