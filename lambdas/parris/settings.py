"""The settings that a deployment passes to its functions as environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Self

_LAYERS_ROOT = "/opt"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one deployment. An empty text means that it sets no such default.

    `uses_adaptive_retries` is set for functions that make many calls to AWS and are in no hurry.
    `environment` has the variables of the targets, which each target reads itself.
    """

    deployment: str
    region: str
    training_bucket: str
    jobs_table: str
    trainer_log_group: str
    layers_root: Path
    runs_table: str = ""
    sweeps_table: str = ""
    wake_function: str = ""
    validate_function: str = ""
    end_sweep_function: str = ""
    sweep_machine_arn: str = ""
    state_machine_arn: str = ""
    click_input: str = "{}"
    task_types: tuple[str, ...] = ()
    cleanup_machine_arn: str = ""
    resume_role_arn: str = ""
    uses_adaptive_retries: bool = False
    allows_unbounded_jobs: bool = True
    most_job_cost_usd: Decimal | None = None
    keep_unverified_days: int = 7
    reaper_rate: str = "never"
    shared_folders: tuple[str, ...] = ()
    input_buckets: tuple[str, ...] = ()
    experiment_buckets: tuple[str, ...] = ()
    kms_key_arns: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Return the settings from the environment that template.yaml defines.

        Raises:
            KeyError: if a variable is missing.
        """
        return cls(
            deployment=environment["PARRIS_DEPLOYMENT"],
            region=environment["AWS_REGION"],
            training_bucket=environment["PARRIS_TRAINING_BUCKET"],
            jobs_table=environment["PARRIS_JOBS_TABLE"],
            trainer_log_group=environment["PARRIS_TRAINER_LOG_GROUP"],
            layers_root=Path(environment.get("LAMBDA_LAYERS_ROOT", _LAYERS_ROOT)),
            runs_table=environment.get("PARRIS_RUNS_TABLE", ""),
            sweeps_table=environment.get("PARRIS_SWEEPS_TABLE", ""),
            wake_function=environment.get("PARRIS_WAKE_FUNCTION", ""),
            validate_function=environment.get("PARRIS_VALIDATE_FUNCTION", ""),
            end_sweep_function=environment.get("PARRIS_END_SWEEP_FUNCTION", ""),
            sweep_machine_arn=environment.get("PARRIS_SWEEP_MACHINE_ARN", ""),
            state_machine_arn=environment.get("PARRIS_STATE_MACHINE_ARN", ""),
            click_input=environment.get("PARRIS_CLICK_INPUT", "{}"),
            task_types=listed(environment.get("PARRIS_TASK_TYPES", "")),
            cleanup_machine_arn=environment.get("PARRIS_CLEANUP_MACHINE_ARN", ""),
            resume_role_arn=environment.get("PARRIS_RESUME_ROLE_ARN", ""),
            uses_adaptive_retries=environment.get("PARRIS_ADAPTIVE_RETRIES", "false") == "true",
            allows_unbounded_jobs=environment.get("PARRIS_ALLOW_UNBOUNDED_JOBS", "true") == "true",
            most_job_cost_usd=_maybe_usd(environment.get("PARRIS_MAX_JOB_COST_USD", "")),
            keep_unverified_days=int(environment.get("PARRIS_KEEP_UNVERIFIED_DAYS", "7")),
            reaper_rate=environment.get("PARRIS_REAPER_RATE", "never"),
            shared_folders=listed(environment.get("PARRIS_SHARED_FOLDERS", "")),
            input_buckets=listed(environment.get("PARRIS_INPUT_BUCKETS", "")),
            experiment_buckets=listed(environment.get("PARRIS_EXPERIMENT_BUCKETS", "")),
            kms_key_arns=listed(environment.get("PARRIS_KMS_KEY_ARNS", "")),
            environment={
                name: value for name, value in environment.items() if name.startswith("PARRIS_")
            },
        )


def listed(text: str) -> tuple[str, ...]:
    """Return the values of a comma-separated parameter."""
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _maybe_usd(text: str) -> Decimal | None:
    return Decimal(text) if text else None
