"""Links to the AWS console."""

_CONSOLE = "https://{region}.console.aws.amazon.com"


def region_of(arn: str) -> str:
    """Return the Region in an ARN."""
    return arn.split(":")[3]


def execution_url(execution_arn: str) -> str:
    """Return the URL of the execution's page in the console."""
    region = region_of(execution_arn)
    page = f"/states/home?region={region}#/v2/executions/details/{execution_arn}"
    return _CONSOLE.format(region=region) + page
