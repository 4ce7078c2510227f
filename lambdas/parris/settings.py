"""What the deployment tells its Lambdas: the environment, read once and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Self

_LAYERS_ROOT = "/opt"


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment. Empty texts mean that the deployment sets no such default.

    `uses_adaptive_retries` is of a function that asks AWS a lot and has time.
    """

    deployment: str
    region: str
    training_bucket: str
    jobs_table: str
    trainer_log_group: str
    stack_role_arn: str
    instance_profile: str
    subnet_id: str
    security_group_id: str
    layers_root: Path
    allowed_role_names: tuple[str, ...] = ()
    wake_function: str = ""
    job_boundary_arn: str = ""
    state_machine_arn: str = ""
    click_input: str = "{}"
    cleanup_machine_arn: str = ""
    uses_adaptive_retries: bool = False
    allows_unbounded_jobs: bool = True
    most_job_cost_usd: Decimal | None = None
    keep_unverified_days: int = 7
    trainers_role_id: str = ""
    shared_folders: tuple[str, ...] = ()
    input_buckets: tuple[str, ...] = ()
    kms_key_arns: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Return the settings that template.yaml gives the functions.

        Raises:
            KeyError: naming the variable that is missing.
        """
        return cls(
            deployment=environment["PARRIS_DEPLOYMENT"],
            region=environment["AWS_REGION"],
            training_bucket=environment["PARRIS_TRAINING_BUCKET"],
            jobs_table=environment["PARRIS_JOBS_TABLE"],
            trainer_log_group=environment["PARRIS_TRAINER_LOG_GROUP"],
            stack_role_arn=environment["PARRIS_STACK_ROLE_ARN"],
            instance_profile=environment["PARRIS_INSTANCE_PROFILE"],
            subnet_id=environment.get("PARRIS_SUBNET_ID", ""),
            security_group_id=environment.get("PARRIS_SECURITY_GROUP_ID", ""),
            layers_root=Path(environment.get("LAMBDA_LAYERS_ROOT", _LAYERS_ROOT)),
            allowed_role_names=_role_names(environment.get("PARRIS_ALLOWED_ROLE_ARNS", "")),
            wake_function=environment.get("PARRIS_WAKE_FUNCTION", ""),
            job_boundary_arn=environment.get("PARRIS_JOB_BOUNDARY_ARN", ""),
            state_machine_arn=environment.get("PARRIS_STATE_MACHINE_ARN", ""),
            click_input=environment.get("PARRIS_CLICK_INPUT", "{}"),
            cleanup_machine_arn=environment.get("PARRIS_CLEANUP_MACHINE_ARN", ""),
            uses_adaptive_retries=environment.get("PARRIS_ADAPTIVE_RETRIES", "false") == "true",
            allows_unbounded_jobs=environment.get("PARRIS_ALLOW_UNBOUNDED_JOBS", "true") == "true",
            most_job_cost_usd=_maybe_usd(environment.get("PARRIS_MAX_JOB_COST_USD", "")),
            keep_unverified_days=int(environment.get("PARRIS_KEEP_UNVERIFIED_DAYS", "7")),
            trainers_role_id=environment.get("PARRIS_TRAINERS_ROLE_ID", ""),
            shared_folders=_listed(environment.get("PARRIS_SHARED_FOLDERS", "")),
            input_buckets=_listed(environment.get("PARRIS_INPUT_BUCKETS", "")),
            kms_key_arns=_listed(environment.get("PARRIS_KMS_KEY_ARNS", "")),
        )


def _maybe_usd(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _role_names(arns: str) -> tuple[str, ...]:
    return tuple(arn.rpartition("/")[2] for arn in _listed(arns))
