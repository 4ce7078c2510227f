"""Reports on a job: its quote before it starts, its report after it has ended."""
