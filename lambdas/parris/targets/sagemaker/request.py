"""The request that creates a training job, from the job and its spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.folder import MachineFolder
from parris.tags import owner_tags
from parris.targets.sagemaker.command import (
    CODE_CHANNEL,
    CONFIG_CHANNEL,
    arguments_of,
    entrypoint_of,
    text_of,
    training_config_path,
)
from parris.targets.sagemaker.names import run_name, training_job_name
from parris.targets.sagemaker.runtime_limits import max_runtime_seconds, max_wait_seconds
from parris.targets.sagemaker.spec import SageMakerSpec, spec_of
from parris.targets.sagemaker.toolkit_variables import MOST_VARIABLES, toolkit_variables

if TYPE_CHECKING:
    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.sagemaker.spec import InputChannel

_FILE_MODE = "File"
_EVERYTHING = "FullyReplicated"


def creation_request(job: Job, role_arn: str) -> Payload:
    """Return the request of CreateTrainingJob for the job's current attempt and offer.

    Args:
        job: the job.
        role_arn: the role of the container.
    """
    spec, name = spec_of(job), training_job_name(job)
    hyperparameters = {key: text_of(value) for key, value in job.hyperparameters.items()}
    channels = _channels(job, spec)
    environment = _environment(job, spec, [str(one["ChannelName"]) for one in channels])
    request: Payload = {
        "TrainingJobName": name,
        "RoleArn": role_arn,
        "AlgorithmSpecification": _algorithm(job, spec, hyperparameters),
        "OutputDataConfig": {"S3OutputPath": output_uri(job, spec)},
        "ResourceConfig": _resources(spec),
        "StoppingCondition": _stopping_condition(job, spec),
        "EnableNetworkIsolation": spec.has_network_isolation,
        "EnableManagedSpotTraining": spec.is_spot,
        "CheckpointConfig": {"S3Uri": checkpoint_uri(job, spec)},
        "Tags": [{"Key": key, "Value": value} for key, value in _tags(job, spec).items()],
    }
    if channels:
        request["InputDataConfig"] = [*channels]
    if hyperparameters:
        request["HyperParameters"] = {**hyperparameters}
    if environment:
        request["Environment"] = {**environment}
    if spec.subnet_ids or spec.security_group_ids:
        request["VpcConfig"] = {
            "Subnets": list(spec.subnet_ids),
            "SecurityGroupIds": list(spec.security_group_ids),
        }
    if spec.retry_attempts:
        request["RetryStrategy"] = {"MaximumRetryAttempts": spec.retry_attempts}
    return request


def output_uri(job: Job, spec: SageMakerSpec) -> str:
    """Return where SageMaker uploads the model and the output: below a folder of the job's name."""
    if spec.output_uri:
        return spec.output_uri
    return f"s3://{job.bucket}/{MachineFolder(training_job_name(job)).prefix}/results/"


def checkpoint_uri(job: Job, spec: SageMakerSpec) -> str:
    """Return where checkpoints are synced to; all attempts of a run share them, and so resume."""
    if spec.checkpoint_uri:
        return spec.checkpoint_uri
    return f"s3://{job.bucket}/{MachineFolder(run_name(job)).prefix}/checkpoints/"


def code_prefix(job: Job) -> str:
    """Return the prefix in the training bucket of the channel `code`, which no job can write."""
    return MachineFolder(training_job_name(job)).steering_key("")


def _algorithm(job: Job, spec: SageMakerSpec, hyperparameters: dict[str, str]) -> Payload:
    entrypoint = list(spec.entrypoint) or entrypoint_of(job)
    takes_hyperparameters = job.script is not None and not spec.entrypoint
    arguments = [
        *spec.arguments,
        *(arguments_of(hyperparameters, len(spec.arguments)) if takes_hyperparameters else []),
    ]
    found: Payload = {
        "TrainingImage": spec.image,
        "TrainingInputMode": _FILE_MODE,
    }
    if entrypoint:
        found["ContainerEntrypoint"] = [*entrypoint]
    if arguments:
        found["ContainerArguments"] = [*arguments]
    if job.metrics:
        found["MetricDefinitions"] = [
            {"Name": name, "Regex": text_of(pattern)} for name, pattern in job.metrics.items()
        ]
    return found


def _channels(job: Job, spec: SageMakerSpec) -> list[Payload]:
    channels: list[Payload] = []
    if job.script is not None:
        channels.append(_channel(CODE_CHANNEL, f"s3://{job.bucket}/{code_prefix(job)}"))
    if job.training_config_prefix_uri is not None:
        channels.append(_channel(CONFIG_CHANNEL, job.training_config_prefix_uri))
    return [*channels, *(_data_channel(one) for one in spec.channels)]


def _data_channel(channel: InputChannel) -> Payload:
    found = _channel(channel.name, channel.uri, channel.distribution or _EVERYTHING)
    more = {
        "ContentType": channel.content_type,
        "InputMode": channel.input_mode,
        "CompressionType": channel.compression,
    }
    return {**found, **{key: value for key, value in more.items() if value}}


def _channel(name: str, uri: str, distribution: str = _EVERYTHING) -> Payload:
    source: Payload = {
        "S3DataType": "S3Prefix",
        "S3Uri": uri,
        "S3DataDistributionType": distribution,
    }
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


def _resources(spec: SageMakerSpec) -> Payload:
    found: Payload = {"VolumeSizeInGB": spec.volume_size_gib}
    if spec.instance_groups:
        found["InstanceGroups"] = [
            {
                "InstanceGroupName": one.name,
                "InstanceType": one.instance_type,
                "InstanceCount": one.instance_count,
            }
            for one in spec.instance_groups
        ]
    else:
        found |= {"InstanceType": spec.instance_type, "InstanceCount": spec.instance_count}
    if spec.keep_alive_seconds:
        found["KeepAlivePeriodInSeconds"] = spec.keep_alive_seconds
    return found


def _stopping_condition(job: Job, spec: SageMakerSpec) -> Payload:
    runtime_seconds = max_runtime_seconds(job.limits, spec.longest_runtime_seconds)
    found: Payload = {"MaxRuntimeInSeconds": runtime_seconds}
    if spec.is_spot:
        found["MaxWaitTimeInSeconds"] = max_wait_seconds(
            job.limits, spec.max_wait_seconds, runtime_seconds
        )
    if spec.pending_timeout_seconds is not None:
        found["MaxPendingTimeInSeconds"] = spec.pending_timeout_seconds
    return found


def _environment(job: Job, spec: SageMakerSpec, channels: list[str]) -> dict[str, str]:
    own = {
        "PARRIS_JOB_ID": job.job_id,
        "PARRIS_TRAINING_JOB_NAME": job.training_job_name,
        "PARRIS_ATTEMPT": str(job.attempt_number),
    }
    if job.training_config is not None and job.training_config_prefix_uri is not None:
        own["PARRIS_TRAINING_CONFIG"] = training_config_path(job.training_config.filename)
    if spec.signals == "forwarded":
        own["EMBEDDED_AWS_SIGNALS"] = spec.signals
    own |= {key: text_of(value) for key, value in job.environment.items()}
    texts = {key: text_of(value) for key, value in job.hyperparameters.items()}
    counts = [one.instance_count for one in spec.instance_groups] or [spec.instance_count]
    toolkit = toolkit_variables(
        channels,
        job.hyperparameters,
        [*spec.arguments, *arguments_of(texts, len(spec.arguments))],
        instance_count=sum(counts),
        most=MOST_VARIABLES - len(own),
    )
    return {**toolkit, **own}


def _tags(job: Job, spec: SageMakerSpec) -> dict[str, str]:
    return {**spec.tags, **owner_tags(job)}
