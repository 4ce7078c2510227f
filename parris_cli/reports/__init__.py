"""What is said of a job: its quote before it starts, its report after it ended."""
