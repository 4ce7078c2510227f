"""Checks that the image of a config is built for the processors of its queues' machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.image_uri import ImageUri
from parris.targets.batch.check_sizes import fitting
from parris.targets.batch.spec import ARM64, X86_64
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parris.aws.image_architectures import ImageArchitectures
    from parris.targets.batch.read_queues import QueueOfJob
    from parris.targets.batch.spec import BatchSpec

_IMAGE_WORDS = {X86_64: "amd64", ARM64: "arm64"}


def find_architecture_violations(
    spec: BatchSpec, queues: Sequence[QueueOfJob], architectures: ImageArchitectures
) -> Iterator[Violation]:
    """Yield what keeps the image from running on machines that a queue may choose.

    Args:
        spec: the spec of the job.
        queues: those in which the job can run.
        architectures: the gateway to what images say of themselves.
    """
    image = ImageUri.parse(spec.image)
    if image is None or not queues:
        return
    built_for = architectures.of(image)
    for queue in queues if built_for else ():
        missing = sorted(_needed(spec, queue) - built_for)
        if missing:
            actual = f"{shown(spec.image)}, built for {' and '.join(sorted(built_for))}"
            expected = (
                f"an image for {' and '.join(missing)}, the processor of {_machines(spec, queue)}:"
                f" `parris image push --platform linux/{missing[0]}`"
            )
            yield Violation("/image", actual, expected)


def _needed(spec: BatchSpec, queue: QueueOfJob) -> set[str]:
    """Return the processors of all machines that Batch may choose, as images name them."""
    if queue.is_fargate:
        return {_IMAGE_WORDS[spec.architecture]}
    machines = [one.machine for one in fitting(spec, queue.choices)]
    return {_IMAGE_WORDS[ARM64 if one.is_arm else X86_64] for one in machines}


def _machines(spec: BatchSpec, queue: QueueOfJob) -> str:
    if queue.is_fargate:
        return f"{queue.name} (architecture: {spec.architecture})"
    return f"machines of {queue.name}"
