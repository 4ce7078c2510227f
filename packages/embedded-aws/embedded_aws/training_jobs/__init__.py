"""SageMaker training jobs: statuses, data, logs and ends. A driver runs their containers."""
