"""Runs the containers of AWS Batch as local processes."""
