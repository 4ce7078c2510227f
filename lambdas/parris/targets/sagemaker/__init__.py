"""The target `sagemaker`: one SageMaker training job per attempt, in a container image."""
