"""`parris experiments` and `parris experiments diff`: read and print, for people and programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.experiment import EXPERIMENT_FILE, RECORD_FILE
from parris_cli.errors import RefusedError
from parris_cli.experiments.compare import differences, job_differences
from parris_cli.experiments.local_experiments import find_local_experiment, local_experiments
from parris_cli.experiments.location import Location, find_location
from parris_cli.experiments.read_experiments import (
    Found as Listed,
)
from parris_cli.experiments.read_experiments import (
    find_experiments,
    read_experiment,
    read_experiments,
)
from parris_cli.formatting import counted
from parris_cli.local_runs.find_local import wants_local_runs
from parris_cli.local_runs.local_run import HISTORY
from parris_cli.reports.print_read import Found, print_read
from parris_cli.terminal.style import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.payloads import Json, Payload
    from parris_cli.experiments.compare import Difference
    from parris_cli.experiments.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Place:
    """Options: a URI, or else a deployment, None for the only one of the account.

    With `is_embedded` the experiments are those of this machine.
    """

    uri: str | None
    deployment: str | None
    is_json: bool
    is_embedded: bool = False

    @property
    def is_local(self) -> bool:
        """Return whether the experiments of this machine are meant."""
        is_named = self.uri is not None
        return not is_named and wants_local_runs(self.deployment, is_embedded=self.is_embedded)


def list_experiments(place: Place, most: int | None) -> int:
    """Print the latest experiments, or all, and return the command's exit code."""

    def show(location: Location) -> tuple[Payload, list[str]]:
        found = find_experiments(location)
        shown = read_experiments(location, found if most is None else found[:most])
        return _listed(location.uri, shown, len(found))

    def show_local() -> tuple[Payload, list[str]]:
        found = local_experiments()
        return _listed(str(HISTORY), found if most is None else found[:most], len(found))

    return _print(place, show, show_local)


def compare_experiments(place: Place, names: tuple[str, str]) -> int:
    """Print which parameters of two experiments differ, and return the command's exit code."""

    def show(location: Location) -> tuple[Payload, list[str]]:
        one, other = (_find(location, name) for name in names)
        return _compared(differences(location, one, other), one.name, other.name)

    def show_local() -> tuple[Payload, list[str]]:
        one, other = (find_local_experiment(name) for name in names)
        return _compared(job_differences(one, other), one.name, other.name)

    return _print(place, show, show_local)


def _listed(uri: str, shown: list[Experiment], count: int) -> tuple[Payload, list[str]]:
    lines = [line for one in shown for line in one.lines()]
    lines.append(_total(uri, len(shown), count))
    value: Payload = {
        "uri": uri,
        "count": count,
        "experiments": [one.to_json() for one in shown],
    }
    return value, lines


def _compared(found: list[Difference], one: str, other: str) -> tuple[Payload, list[str]]:
    value: Payload = {
        "a": one,
        "b": other,
        "differences": [each.to_json() for each in found],
    }
    return value, _difference_lines(found, one, other)


def _print(
    place: Place,
    show: Callable[[Location], tuple[Payload, list[str]]],
    show_local: Callable[[], tuple[Payload, list[str]]],
) -> int:
    def read() -> Found:
        if place.is_local:
            value, lines = show_local()
        else:
            value, lines = show(find_location(place.uri, place.deployment))
        return Found(value, [(Span(line),) for line in lines])

    return print_read(read, is_json=place.is_json)


def _find(location: Location, name: str) -> Experiment:
    """Return the experiment of that name, or at that URI."""
    if name.startswith("s3://"):
        place = Location.at(location.s3, name)
    else:
        place = Location.at(location.s3, f"{location.uri}{name}")
    listed = location.s3.list_objects_v2(Bucket=place.bucket, Prefix=place.prefix)
    there = {one["Key"]: one["LastModified"] for one in listed.get("Contents", [])}
    stored_at = there.get(f"{place.prefix}{EXPERIMENT_FILE}")
    if stored_at is not None:
        found = Listed(place.prefix, stored_at, f"{place.prefix}{RECORD_FILE}" in there)
        experiment = read_experiment(Location(place.s3, place.bucket, location.prefix), found)
        if experiment is not None:
            return experiment
    raise RefusedError(
        f"there is no experiment {place.uri}; `parris experiments` lists those that there are"
    )


def _total(uri: str, shown: int, count: int) -> str:
    if not count:
        return f"no experiments in {uri}"
    if shown < count:
        return f"the latest {shown} of {counted(count, 'experiment')} in {uri}"
    return f"{counted(count, 'experiment')} in {uri}"


def _difference_lines(found: list[Difference], one: str, other: str) -> list[str]:
    if not found:
        return [f"{one} and {other} have the same parameters"]
    lines = [f"a  {one}", f"b  {other}"]
    for each in found:
        lines.append(f"{each.file}: {each.path}" if each.path else each.file)
        sides = zip("ab", each.values, each.has, strict=True)
        lines += [f"  {side}  {_shown(value) if has else '-'}" for side, value, has in sides]
    return lines


def _shown(value: Json) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
