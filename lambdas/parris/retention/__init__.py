"""What the end of a job retains, and until when."""
