"""CloudFormation stacks that take time, fail with reasons, and clean up after themselves."""
