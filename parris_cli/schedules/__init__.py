"""`parris schedule`: jobs that a schedule starts."""
