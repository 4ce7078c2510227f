"""What is wrong with a config, as far as it can be checked without a deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from datetime import datetime

    from parris.payloads import Payload
    from parris.validation.violations import Violation

_SCHEMA = PROJECT / "config" / "training-config.schema.json"
# A local path becomes an S3 URI when the job is started.
_LOCAL_KEYS = frozenset({"input-data", "input-channels"})


def find_local_violations(config: Payload, now: datetime) -> list[Violation]:
    """Return the violations of the schema, and those of its limits and metrics.

    Args:
        config: a whole config, as it is before its files are uploaded.
        now: the time from which a clock time counts.
    """
    # Imported here: it takes a moment, and most configs are checked by their deployment.
    from parris.validation.clock_time import find_clock_violations
    from parris.validation.metrics import find_unsafe_metrics
    from parris.validation.schema import find_shape_violations
    from parris.validation.semantics import find_endless_goal, find_missing_options
    from parris.validation.sound_parts import sound_parts

    checked = {key: value for key, value in config.items() if key not in _LOCAL_KEYS}
    schema = cast("dict[str, Any]", json.loads(_SCHEMA.read_text()))
    violations = find_shape_violations(checked, schema)
    sound = sound_parts(checked, violations)
    return [
        *violations,
        *find_missing_options(checked),
        *find_endless_goal(checked),
        *find_clock_violations(sound, now),
        *find_unsafe_metrics(sound),
    ]
