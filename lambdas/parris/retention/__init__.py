"""Which resources are kept after the end of a job, and until when."""
