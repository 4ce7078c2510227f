"""Checks the keys that say which instances a job runs on, and how they are bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.sagemaker.read_spec import is_spot
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from parris.payloads import Payload

_TYPE, _COUNT, _GROUPS = "instance-type", "instance-count", "instance-groups"
_WARM_POOL, _PURCHASE, _WAIT = "keep-alive-seconds", "purchase-option", "max-wait"


def find_instance_violations(config: Payload, wrong: AbstractSet[str]) -> Iterator[Violation]:
    """Yield the violations among the keys for instances.

    Args:
        config: the merged config, without invalid keys.
        wrong: the keys that are invalid, and therefore are not in the config.
    """
    if not wrong & {_TYPE, _GROUPS} and _TYPE not in config and _GROUPS not in config:
        expected = f"an instance type, such as ml.m5.xlarge, or {_GROUPS}"
        yield Violation(f"/{_TYPE}", "nothing", expected)
    if _GROUPS in config:
        for key in (_TYPE, _COUNT):
            if key in config:
                expected = f"no such key beside {_GROUPS}, which say it for each group"
                yield Violation(f"/{key}", shown(config[key]), expected)
        yield from _repeated_names(config)
    if _WARM_POOL in config:
        yield from _unfit_warm_pool(config)
    if _WAIT in config and _PURCHASE not in wrong and not is_spot(config):
        expected = f"no such key without {_PURCHASE} spot: other jobs do not wait for capacity"
        yield Violation(f"/{_WAIT}", shown(config[_WAIT]), expected)


def _repeated_names(config: Payload) -> Iterator[Violation]:
    groups, seen = config[_GROUPS], set[str]()
    for index, group in enumerate(groups if isinstance(groups, list) else []):
        name = str(group.get("name")) if isinstance(group, dict) else ""
        if name in seen:
            expected = "a name that no other group has"
            yield Violation(f"/{_GROUPS}/{index}/name", shown(name), expected)
        seen.add(name)


def _unfit_warm_pool(config: Payload) -> Iterator[Violation]:
    if is_spot(config):
        expected = (
            f"no such key with {_PURCHASE} spot: SageMaker keeps no warm pool of spot instances"
        )
        yield Violation(f"/{_WARM_POOL}", shown(config[_WARM_POOL]), expected)
    if _GROUPS in config:
        expected = f"no such key with {_GROUPS}: SageMaker keeps no warm pool of instance groups"
        yield Violation(f"/{_WARM_POOL}", shown(config[_WARM_POOL]), expected)
