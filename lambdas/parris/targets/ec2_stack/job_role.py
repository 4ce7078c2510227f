"""The role of a job that has its own: templates/ec2-stack/job-role.yaml, and its parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from parris.folder import MACHINE_OF_CALLER, STEERING_OF_CALLER
from parris.targets.ec2_stack.spec import spec_of

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.ec2_stack.settings import Ec2StackSettings

ROLE_TEMPLATE = "ec2-stack/job-role.yaml"
CAPABILITIES: Final = ("CAPABILITY_IAM",)
"""What CloudFormation asks for where a template makes roles; ours has nothing to ask for else."""

_SECTIONS = ("Parameters", "Conditions", "Resources")
_DEPLOYMENTS_PROFILE = "IamInstanceProfile: !Ref InstanceProfileName"
_OWN_PROFILE = "IamInstanceProfile: !Ref JobInstanceProfile"
_UNSAFE = re.compile(r"[^A-Za-z0-9/._=+@-]")


def has_own_role(job: Job, settings: Ec2StackSettings) -> bool:
    """Return whether a role is made for this job: not where it brings a role or a template."""
    spec = spec_of(job)
    is_ours = not spec.role_name and spec.template is None
    return bool(settings.job_boundary_arn) and is_ours


def with_own_role(template: str, role_template: str) -> str:
    """Return the template of training stacks with the role's parameters and resources in it.

    Raises:
        ValueError: when the two do not fit together.
    """
    merged = template
    for section in _SECTIONS:
        head = f"{section}:\n"
        body = re.search(rf"^{head}((?:[ #].*\n|\n)+)", role_template, re.MULTILINE)
        if body is None or f"\n{head}" not in merged:
            raise ValueError(f"no {section} to put the job's role into")
        merged = merged.replace(f"\n{head}", f"\n{head}{body[1].rstrip()}\n\n", 1)
    if _DEPLOYMENTS_PROFILE not in merged:
        raise ValueError("the instance takes no profile")
    return merged.replace(_DEPLOYMENTS_PROFILE, _OWN_PROFILE)


def role_parameters(job: Job, settings: Ec2StackSettings) -> dict[str, str]:
    """Return what templates/ec2-stack/job-role.yaml is told."""
    # arn:<partition>:iam::<account>:role/...
    _, partition, _, _, account, _ = settings.stack_role_arn.split(":", 5)
    bucket_arn = f"arn:{partition}:s3:::{job.bucket}"
    group, stream = settings.trainer_log_group, job.log_stream
    inputs = [_split_uri(uri) for uri in job.input_data]
    own = [f"{STEERING_OF_CALLER}/*", f"{MACHINE_OF_CALLER}/*"]
    own += [one for name, key in inputs if name == job.bucket for one in _patterns(key)]
    others = [(name, key) for name, key in inputs if name != job.bucket]
    readable = [f"{bucket_arn}/{pattern}" for pattern in own]
    readable += [
        f"arn:{partition}:s3:::{name}/{one}" for name, key in others for one in _patterns(key)
    ]
    return {
        "JobRolePath": f"/parris/{job.deployment}/",
        "JobBoundaryArn": settings.job_boundary_arn,
        "JobBucketArn": bucket_arn,
        "JobReadableArns": ",".join(dict.fromkeys(readable)),
        "JobListablePrefixes": ",".join(dict.fromkeys(own)),
        "JobInputBucketArns": ",".join(
            dict.fromkeys(f"arn:{partition}:s3:::{name}" for name, _ in others)
        ),
        "JobKmsKeyArns": ",".join(settings.kms_key_arns),
        "JobWritableArn": f"{bucket_arn}/{MACHINE_OF_CALLER}/*",
        "JobLogStreamArn": f"arn:{partition}:logs:{settings.region}:{account}"
        f":log-group:{group}:log-stream:{stream}",
    }


def _split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of s3://bucket/key; the key of a whole bucket is empty."""
    name, _, key = uri.removeprefix("s3://").partition("/")
    return name, key


def _patterns(key: str) -> list[str]:
    """Return patterns of the objects that a key of input data means."""
    # Letters that a policy, or a list of them, reads otherwise become `?`, any one letter.
    safe = _UNSAFE.sub("?", key)
    # What does not end with a slash may be an object or a folder.
    return [f"{safe}*"] if not safe or safe.endswith("/") else [safe, f"{safe}/*"]
