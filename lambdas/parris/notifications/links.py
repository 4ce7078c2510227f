"""Commands and console pages for what a message names, by its id alone."""

from urllib.parse import quote

_CONSOLE = "https://{region}.console.aws.amazon.com"


def region_of(arn: str) -> str:
    """Return the Region in an ARN."""
    return arn.split(":")[3]


def execution_url(execution_arn: str) -> str:
    """Return the execution's page in the console."""
    region = region_of(execution_arn)
    page = f"/states/home?region={region}#/v2/executions/details/{execution_arn}"
    return _CONSOLE.format(region=region) + page


def resource_url(resource_id: str, region: str) -> str | None:
    """Return the console's page of an instance, a volume or a stack, None for anything else."""
    console = _CONSOLE.format(region=region)
    if resource_id.startswith("i-"):
        return f"{console}/ec2/home?region={region}#InstanceDetails:instanceId={resource_id}"
    if resource_id.startswith("vol-"):
        return f"{console}/ec2/home?region={region}#VolumeDetails:volumeId={resource_id}"
    if is_stack(resource_id):
        stack = quote(resource_id, safe="")
        return f"{console}/cloudformation/home?region={region}#/stacks/stackinfo?stackId={stack}"
    return None


def end_command(resource_id: str, region: str) -> str | None:
    """Return the command that ends it for good, None for what no command is known of."""
    if resource_id.startswith("i-"):
        return f"aws ec2 terminate-instances --region {region} --instance-ids {resource_id}"
    if resource_id.startswith("vol-"):
        return f"aws ec2 delete-volume --region {region} --volume-id {resource_id}"
    if is_stack(resource_id):
        return f"aws cloudformation delete-stack --region {region} --stack-name {resource_id}"
    return None


def find_commands(execution_arn: str) -> tuple[str, ...]:
    """Return the commands that show which instances and volumes carry the execution's tag."""
    region = region_of(execution_arn)
    tag = f"--region {region} --filters Name=tag:parris:execution,Values={execution_arn}"
    return (f"aws ec2 describe-instances {tag}", f"aws ec2 describe-volumes {tag}")


def is_stack(resource_id: str) -> bool:
    """Return whether it is the id of a CloudFormation stack."""
    return ":cloudformation:" in resource_id
