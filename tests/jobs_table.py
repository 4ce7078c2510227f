"""The jobs table of a deployment on the embedded AWS."""

from embedded_aws import EmbeddedAws


def jobs_table_name(aws: EmbeddedAws, deployment: str = "parris") -> str:
    """Return the name of the table, from the deployment's outputs."""
    (stack,) = aws.client("cloudformation").describe_stacks(StackName=deployment)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    return str(outputs["JobsTableName"])
