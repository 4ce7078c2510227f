"""The target `batch`: jobs in containers of AWS Batch."""
