"""Why a job at the head of its queue cannot run: its statusReason.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html; the text for
environments that are disabled is not documented.
"""

NOT_USABLE = "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
NO_ENVIRONMENT_IS_LARGE_ENOUGH = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot"
    " meet the CPU requirement of the job."
)
NO_TYPE_IS_LARGE_ENOUGH = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is"
    " higher than that can be met by the CE(s) attached to the job queue."
)


def no_capacity(instance_type: str) -> str:
    """Return the reason when EC2 refuses instances of all types."""
    return (
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested"
        f" for instance type [{instance_type}]"
    )
