"""How attempts end that do not end by themselves: the texts of statusReason and reason.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html, and the texts that
public issues quote.
"""

ESSENTIAL_EXITED = "Essential container in task exited"
TIMED_OUT = "Job attempt duration exceeded timeout"
TASK_FAILED = "Task failed to start"
DEPENDENCY_FAILED = "Dependent Job failed"
SPOT_TASK_INTERRUPTED = "Your Spot Task was interrupted."


def host_gone(instance_id: str) -> str:
    """Return the statusReason of an attempt whose instance has ended."""
    return f"Host EC2 (instance {instance_id}) terminated."


def cannot_assume(role_arn: str) -> str:
    """Return the reason when ECS may not assume a role of the task."""
    return (
        f"ECS was unable to assume the role '{role_arn}' that was provided for this task. Please"
        " verify that the role being passed has the proper trust relationship and permissions and"
        " that your IAM user has permissions to pass this role."
    )


def cannot_pull(image: str, why: str) -> str:
    """Return the reason when an image may not be pulled."""
    return f"CannotPullContainerError: {image}: {why}"


def no_log_group(group: str) -> str:
    """Return the reason when the log group of the job does not exist."""
    return (
        "CannotStartContainerError: Error response from daemon: failed to initialize logging"
        f" driver: failed to create Cloudwatch log stream: ResourceNotFoundException: {group}: The"
        " specified log group does not exist."
    )
