"""Compute environments, job queues and job definitions of AWS Batch, and the instances of jobs."""
