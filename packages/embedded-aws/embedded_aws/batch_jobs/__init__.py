"""Jobs of AWS Batch: states, attempts, logs and ends. A driver runs their containers."""
