"""What the command line says of a job beside its config: its machine and its limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from parris.durations import DURATION_FORM, parse_duration
from parris.validation.merge_configs import merge_configs
from parris.validation.semantics import (
    METHOD_KEY,
    NAME_KEY,
    OPTION_OF,
    OPTIONS_KEY,
    SCRIPT_KEY,
)

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Json, Payload

_LONGEST_NAME = 100
_ON_COMPLETE = "on-complete"


@dataclass(frozen=True, slots=True)
class JobOptions:
    """`time_limit` is a duration as it is written, `cost_limit_usd` what the job may cost."""

    instance_types: tuple[str, ...] = ()
    time_limit: str | None = None
    cost_limit_usd: Decimal | None = None

    def over(self, config: Payload) -> Payload:
        """Return what the options put over a config: a limit brings its method with it."""
        found: Payload = {}
        if self.instance_types:
            types: list[Json] = list(self.instance_types)
            found["instance-type"] = types[0] if len(types) == 1 else types
        limits = self._limits()
        if limits:
            found[OPTIONS_KEY] = limits
            found[METHOD_KEY] = _with_methods(config.get(METHOD_KEY), limits)
        return found

    def config_of(self, script: Path) -> Payload:
        """Return the whole config of a script that is given without one."""
        config: Payload = {
            NAME_KEY: name_of(script),
            SCRIPT_KEY: script.name,
            METHOD_KEY: _ON_COMPLETE,
        }
        return merge_configs(config, self.over(config))

    def _limits(self) -> Payload:
        limits: Payload = {}
        if self.time_limit is not None:
            limits["time-limit"] = self.time_limit
        if self.cost_limit_usd is not None:
            usd = self.cost_limit_usd
            limits["cost-limit"] = int(usd) if usd == int(usd) else float(usd)
        return limits


NO_OPTIONS = JobOptions()


def name_of(script: Path) -> str:
    """Return the job name that a script gives: its stem, in letters, digits and hyphens."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", script.stem).strip("-")
    return name[:_LONGEST_NAME] or "stack"


def parse_time_limit(text: str) -> str:
    """Return a time limit as a config has it.

    Raises:
        ValueError: saying what was found and what was expected.
    """
    try:
        seconds = parse_duration(text)
    except ValueError:
        raise ValueError(f"found {text!r}, expected {DURATION_FORM}") from None
    if not seconds:
        raise ValueError(f"found {text!r}, expected a time above 0, such as 90m, 2h30m or 3d")
    return text


def parse_cost_limit(text: str) -> Decimal:
    """Return a cost limit in USD.

    Raises:
        ValueError: saying what was found and what was expected.
    """
    usd = positive_usd(text)
    if usd is None or usd > 1_000_000_000:
        raise ValueError(f"found {text!r}, expected US dollars above 0, such as 20 or 7.50")
    return usd


def positive_usd(text: str) -> Decimal | None:
    """Return an amount in USD, None where the text is none or the amount is not above 0."""
    try:
        usd = Decimal(text)
    except InvalidOperation:
        return None
    return usd if usd.is_finite() and usd > 0 else None


def _with_methods(chosen: Json, limits: Payload) -> Json:
    """Return the methods of a config and those of the limits that are given beside it."""
    known = chosen if isinstance(chosen, list) else [chosen] if chosen is not None else []
    added: list[Json] = [method for method, option in OPTION_OF.items() if option in limits]
    methods = [*known, *(method for method in added if method not in known)]
    return methods if known else [_ON_COMPLETE, *methods]
