"""`parris experiments` and `parris experiments diff`: read and print, for people and programs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.experiment import EXPERIMENT_FILE, RECORD_FILE
from parris_cli.aws_errors import describe_error
from parris_cli.errors import RefusedError
from parris_cli.experiments.compare import differences
from parris_cli.experiments.location import Location, find_location
from parris_cli.experiments.read_experiments import (
    Found,
    find_experiments,
    read_experiment,
    read_experiments,
)
from parris_cli.formatting import counted
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.terminal.output import print_json, print_text
from parris_cli.terminal.screen import Screen

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
    try:
        value, lines = show(find_location(place.uri, place.deployment))
    except KeyboardInterrupt:
        raise
    except Exception as err:  # whatever it is, nothing was changed
        is_refused = isinstance(err, RefusedError) and err.reason is not None
        Screen(sys.stderr).say(message := describe_error(err))
        if place.is_json:
            print_json({"cause": message})
        return EXIT_REFUSED if is_refused else EXIT_FAILED
    if place.is_json:
        print_json(value)
    else:
        print_text("\n".join(lines))
    return EXIT_SUCCEEDED


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
        found = Found(place.prefix, stored_at, f"{place.prefix}{RECORD_FILE}" in there)
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
