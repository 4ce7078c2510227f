"""`parris experiments` and `parris experiments diff`: read and print, for people and programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.experiment import EXPERIMENT_FILE, RECORD_FILE
from parris_cli.errors import RefusedError
from parris_cli.experiments.compare import differences
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
from parris_cli.reports.print_read import Found, print_read
from parris_cli.terminal.style import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.payloads import Json, Payload
    from parris_cli.experiments.compare import Difference
    from parris_cli.experiments.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Place:
    """Options: a URI, or else a deployment, None for the only one of the account."""

    uri: str | None
    deployment: str | None
    is_json: bool


def list_experiments(place: Place, most: int | None) -> int:
    """Print the latest experiments, or all, and return the command's exit code."""

    def show(location: Location) -> tuple[Payload, list[str]]:
        found = find_experiments(location)
        shown = read_experiments(location, found if most is None else found[:most])
        lines = [line for one in shown for line in one.lines()]
        lines.append(_total(location, len(shown), len(found)))
        value: Payload = {
            "uri": location.uri,
            "count": len(found),
            "experiments": [one.to_json() for one in shown],
        }
        return value, lines

    return _print(place, show)


def compare_experiments(place: Place, names: tuple[str, str]) -> int:
    """Print which parameters of two experiments differ, and return the command's exit code."""

    def show(location: Location) -> tuple[Payload, list[str]]:
        one, other = (_find(location, name) for name in names)
        found = differences(location, one, other)
        value: Payload = {
            "a": one.name,
            "b": other.name,
            "differences": [each.to_json() for each in found],
        }
        return value, _difference_lines(found, one.name, other.name)

    return _print(place, show)


def _print(place: Place, show: Callable[[Location], tuple[Payload, list[str]]]) -> int:
    def read() -> Found:
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


def _total(location: Location, shown: int, count: int) -> str:
    if not count:
        return f"no experiments in {location.uri}"
    if shown < count:
        return f"the latest {shown} of {counted(count, 'experiment')} in {location.uri}"
    return f"{counted(count, 'experiment')} in {location.uri}"


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
