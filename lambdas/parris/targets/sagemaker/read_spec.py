"""Reads the spec of a training job from a config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.durations import SECONDS_PER_HOUR, seconds_of
from parris.payloads import Payload, maybe_text_in, part_of, parts_in, text_in, texts_in
from parris.targets.sagemaker.spec import (
    DEFAULT_VOLUME_SIZE_GIB,
    ON_DEMAND,
    SPOT,
    InputChannel,
    InstanceGroup,
    SageMakerSpec,
)
from parris.validation.merge_configs import without_comments

if TYPE_CHECKING:
    from parris.payloads import Json

_DEFAULT_SIGNALS = "as-sagemaker"


def spec_in(config: Payload) -> SageMakerSpec:
    """Return the spec of a merged config without invalid keys, without an instance type."""
    return SageMakerSpec(
        image=maybe_text_in(config, "image") or "",
        instance_count=count_in(config),
        instance_groups=groups_in(config),
        volume_size_gib=_whole(config.get("volume-size-gib"), DEFAULT_VOLUME_SIZE_GIB),
        role_arn=maybe_text_in(config, "execution-role-arn") or "",
        channels=channels_in(config),
        output_uri=maybe_text_in(config, "output-uri") or "",
        checkpoint_uri=maybe_text_in(config, "checkpoint-uri") or "",
        subnet_ids=texts_in(config, "subnet-ids"),
        security_group_ids=texts_in(config, "security-group-ids"),
        has_network_isolation=config.get("network-isolation") is True,
        purchase_option=maybe_text_in(config, "purchase-option") or ON_DEMAND,
        max_wait_seconds=max_wait_seconds_in(config),
        keep_alive_seconds=_seconds(config.get("keep-alive-seconds")) or 0,
        retry_attempts=_whole(config.get("retry-attempts"), 0),
        pending_timeout_seconds=_seconds(config.get("pending-timeout-seconds")),
        tags={key: str(value) for key, value in without_comments(part_of(config, "tags")).items()},
        entrypoint=texts_in(config, "entrypoint"),
        arguments=texts_in(config, "arguments"),
        signals=maybe_text_in(config, "signals") or _DEFAULT_SIGNALS,
    )


def is_spot(config: Payload) -> bool:
    """Return whether the config requests managed spot training."""
    return config.get("purchase-option") == SPOT


def count_in(config: Payload) -> int:
    """Return how many instances of its type a job has."""
    return _whole(config.get("instance-count"), 1)


def groups_in(config: Payload) -> tuple[InstanceGroup, ...]:
    """Return the instance groups of a config; none if it has an instance type."""
    return tuple(
        InstanceGroup(
            name=text_in(one, "name"),
            instance_type=text_in(one, "instance-type"),
            instance_count=_whole(one.get("instance-count"), 1),
        )
        for one in parts_in(config, "instance-groups")
    )


def channels_in(config: Payload) -> tuple[InputChannel, ...]:
    """Return the input channels of a config, in the order of their names."""
    channels = without_comments(part_of(config, "input-channels"))
    return tuple(_channel(name, channels[name]) for name in sorted(channels))


def max_wait_seconds_in(config: Payload) -> int | None:
    """Return the longest wait of managed spot training, or None for the default."""
    value = config.get("max-wait")
    return None if value is None else int(seconds_of(value, SECONDS_PER_HOUR))


def _channel(name: str, value: Json) -> InputChannel:
    if not isinstance(value, dict):
        return InputChannel(name, str(value))
    return InputChannel(
        name=name,
        uri=text_in(value, "uri"),
        content_type=maybe_text_in(value, "content-type") or "",
        input_mode=maybe_text_in(value, "input-mode") or "",
        compression=maybe_text_in(value, "compression") or "",
        distribution=maybe_text_in(value, "distribution") or "",
    )


def _seconds(value: Json) -> int | None:
    return None if value is None else int(seconds_of(value, 1))


def _whole(value: Json, default: int) -> int:
    return int(value) if isinstance(value, int | float) else default
