"""The role that Parris creates for a job: templates/ec2-stack/job-role.yaml and its parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from parris.folder import MACHINE_OF_CALLER, STEERING_OF_CALLER
from parris.s3_uri import policy_text, split_s3_uri
from parris.targets.ec2_stack.spec import spec_of

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.ec2_stack.settings import Ec2StackSettings

ROLE_TEMPLATE = "ec2-stack/job-role.yaml"
CAPABILITIES: Final = ("CAPABILITY_IAM",)
"""The capability that CloudFormation requires for a template with roles."""

_SECTIONS = ("Parameters", "Conditions", "Resources")
_DEPLOYMENTS_PROFILE = "IamInstanceProfile: !Ref InstanceProfileName"
_OWN_PROFILE = "IamInstanceProfile: !Ref JobInstanceProfile"


def has_own_role(job: Job, settings: Ec2StackSettings) -> bool:
    """Return whether a role is created for this job, which brings no role or template itself."""
    spec = spec_of(job)
    is_ours = not spec.role_name and spec.template is None
    return bool(settings.job_boundary_arn) and is_ours


def with_own_role(template: str, role_template: str) -> str:
    """Return the training stack's template with the role's parameters and resources merged in.

    Raises:
        ValueError: if the templates cannot be merged.
    """
    merged = template
    for section in _SECTIONS:
        head = f"{section}:\n"
        body = re.search(rf"^{head}((?:[ #].*\n|\n)+)", role_template, re.MULTILINE)
        if body is None or f"\n{head}" not in merged:
            raise ValueError(f"the template has no {section} for the job's role")
        merged = merged.replace(f"\n{head}", f"\n{head}{body[1].rstrip()}\n\n", 1)
    if _DEPLOYMENTS_PROFILE not in merged:
        raise ValueError("the instance has no instance profile")
    return merged.replace(_DEPLOYMENTS_PROFILE, _OWN_PROFILE)


def role_parameters(job: Job, settings: Ec2StackSettings) -> dict[str, str]:
    """Return the parameters of templates/ec2-stack/job-role.yaml."""
    # arn:<partition>:iam::<account>:role/...
    _, partition, _, _, account, _ = settings.stack_role_arn.split(":", 5)
    bucket_arn = f"arn:{partition}:s3:::{job.bucket}"
    group, stream = settings.trainer_log_group, job.log_stream
    inputs = [split_s3_uri(uri) for uri in job.input_data]
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


def _patterns(key: str) -> list[str]:
    """Return IAM patterns for the objects that a key of input data refers to."""
    safe = policy_text(key)
    # A key without a trailing slash may be an object or a folder.
    return [f"{safe}*"] if not safe or safe.endswith("/") else [safe, f"{safe}/*"]
