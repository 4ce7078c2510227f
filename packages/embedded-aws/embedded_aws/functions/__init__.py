"""Lambda functions as real processes: awslambdaric, the packaged code, and nothing else."""
