"""Reads metrics from the log as the runner does: by its own module, which machines get as a file.

Only lines such as `step=100 loss=0.25` are read. The expressions of a config may take long; the
runner searches with them in a process of its own.
"""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from types import ModuleType

_MODULE = PROJECT / "templates" / "runner" / "runner_metric_lines.py"


def metrics_of_line(line: str) -> tuple[int, dict[str, float]] | None:
    """Return the step and the finite metrics of a line; None if it has no step."""
    found: tuple[int, dict[str, Any]] | None = _module().read_metrics(line)
    if found is None:
        return None
    step, values = found
    return step, {name: value for name, value in values.items() if isinstance(value, float)}


@cache
def _module() -> ModuleType:
    spec = spec_from_file_location(_MODULE.stem, _MODULE)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
