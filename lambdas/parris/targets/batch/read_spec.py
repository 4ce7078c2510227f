"""Reads the spec of a Batch job from a config."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.durations import seconds_of
from parris.payloads import Payload, maybe_text_in, part_of, texts_in
from parris.targets.batch.spec import (
    DEFAULT_MEMORY_MIB,
    DEFAULT_RUNNABLE_TIMEOUT_SECONDS,
    DEFAULT_STORAGE_GIB,
    DEFAULT_VCPUS,
    X86_64,
    BatchSpec,
)
from parris.validation.merge_configs import without_comments
from parris.validation.semantics import texts_of

if TYPE_CHECKING:
    from parris.payloads import Json


def spec_in(config: Payload) -> BatchSpec:
    """Return the spec of a merged config without invalid keys, without a queue."""
    given = config.get("hourly-price-usd")
    return BatchSpec(
        image=maybe_text_in(config, "image") or "",
        architecture=maybe_text_in(config, "architecture") or X86_64,
        vcpus=vcpus_in(config),
        memory_mib=_whole(config.get("memory-mib"), DEFAULT_MEMORY_MIB),
        gpus=_whole(config.get("gpus"), 0),
        shared_memory_mib=_whole(config.get("shared-memory-mib"), 0),
        storage_gib=_whole(config.get("ephemeral-storage-gib"), DEFAULT_STORAGE_GIB),
        assigns_public_ip=config.get("assign-public-ip") is not False,
        runs_image_command=runs_image_command(config),
        command=texts_in(config, "command"),
        parameters=parameters_in(config),
        runnable_timeout_seconds=int(
            seconds_of(config.get("runnable-timeout-seconds", DEFAULT_RUNNABLE_TIMEOUT_SECONDS), 1)
        ),
        tags={key: str(value) for key, value in without_comments(part_of(config, "tags")).items()},
        usd_per_hour="" if given is None else str(given),
    )


def queues_in(config: Payload, default: str) -> tuple[str, ...]:
    """Return the names of the queues, in the order in which they are tried."""
    return texts_of(config, "job-queue") or (default,)


def runs_image_command(config: Payload) -> bool:
    """Return whether the container runs a command of its own, and no runner of ours."""
    return config.get("run-image-command") is True


def vcpus_in(config: Payload) -> str:
    """Return the vCPUs as Batch takes them, such as 4 or 0.25."""
    value = config.get("vcpus")
    if not isinstance(value, int | float):
        return DEFAULT_VCPUS
    return f"{Decimal(str(value)).normalize():f}"


def parameters_in(config: Payload) -> dict[str, str]:
    """Return the parameters as texts, which is what Batch takes."""
    return {
        name: text_of(value)
        for name, value in without_comments(part_of(config, "parameters")).items()
    }


def text_of(value: Json) -> str:
    """Return a value as text: JSON if it is not a text."""
    return value if isinstance(value, str) else json.dumps(value)


def _whole(value: Json, default: int) -> int:
    return int(value) if isinstance(value, int | float) else default
