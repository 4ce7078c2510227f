"""Every package that runs and tests need is pinned, so that nothing is left for pip to choose."""

import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from embedded_aws import __version__ as embedded_aws_version
from requirements.missing_pins import missing_pins
from tests.architecture.definition import CLONE

# What pyproject.toml says is supported.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SEARCH_LAYER = CLONE / "lambdas" / "search-dependencies" / "requirements.txt"
SYSTEMS = {"linux": "Linux", "darwin": "Darwin"}


def lines_of(name: str) -> list[str]:
    text = (CLONE / "requirements" / f"{name}.txt").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins_of(name: str) -> dict[str, str]:
    pins = (line.partition("==") for line in lines_of(name))
    return {canonicalize_name(package): version for package, _, version in pins}


def is_kept(required: Requirement, pins: dict[str, str]) -> bool:
    pinned = pins.get(canonicalize_name(required.name), "")
    return bool(pinned) and required.specifier.contains(pinned, prereleases=True)


@pytest.mark.parametrize("name", ["run", "test"])
def test_every_requirement_is_pinned_and_named_once(name: str) -> None:
    lines = lines_of(name)
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.]+", line) for line in lines)
    assert len({line.partition("==")[0] for line in lines}) == len(lines)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", ["run", "test"])
def test_whatever_a_pinned_package_requires_is_pinned_at_a_version_that_it_takes(
    name: str, python: str, system: str
) -> None:
    place = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_system": SYSTEMS[system],
        "extra": "",
    }
    pins = pins_of(name)
    missed = [
        f"{package} needs {required}"
        for package in pins
        for required in map(Requirement, importlib.metadata.requires(package) or [])
        if required.marker is None or required.marker.evaluate(place)
        if not is_kept(required, pins)
    ]
    assert missed == []


@pytest.mark.parametrize("name", ["run", "test"])
def test_what_is_asked_for_is_pinned_with_all_its_extras(name: str) -> None:
    asked = (CLONE / "requirements" / f"{name}.in").read_text().splitlines()
    wanted = [Requirement(line) for line in asked if line and line[0] not in "#-"]
    pins = pins_of(name)
    of_extras = [
        required
        for one in wanted
        for extra in one.extras
        for required in map(Requirement, importlib.metadata.requires(one.name) or [])
        if required.marker is not None and required.marker.evaluate({"extra": extra})
    ]
    assert [str(one) for one in [*wanted, *of_extras] if not is_kept(one, pins)] == []


def test_nothing_is_missing_of_what_is_installed() -> None:
    assert missing_pins(lines_of("test")) == []
    assert missing_pins(SEARCH_LAYER.read_text().splitlines()) == []


def test_a_pin_of_another_version_or_of_nothing_is_missing() -> None:
    missing = ["pytest==0.0.1", "no-such-package==1.0"]
    assert missing_pins(["# a comment", *missing, *lines_of("run")[:1]]) == missing


def test_what_tests_need_contains_what_runs_need_at_the_same_versions() -> None:
    assert set(lines_of("run")) <= set(lines_of("test"))


def test_the_layer_carries_the_versions_that_the_tests_run_with() -> None:
    layer = (CLONE / "lambdas" / "dependencies" / "requirements.txt").read_text().splitlines()
    wanted = {line.replace("_", "-") for line in layer if "==" in line}
    assert wanted <= set(lines_of("test"))


def test_the_search_layer_has_no_package_at_another_version_than_the_tests() -> None:
    lines = [one for one in SEARCH_LAYER.read_text().splitlines() if not one.startswith("#")]
    pins = dict(one.split("==") for one in lines)
    elsewhere = {**pins_of("wheels"), **pins_of("test")}
    assert {name: elsewhere.get(name, version) for name, version in pins.items()} == pins


@pytest.mark.parametrize("place", [".", "packages/embedded-aws"])
def test_the_ranges_of_a_package_contain_the_versions_that_the_tests_run_with(place: str) -> None:
    project = tomllib.loads((CLONE / place / "pyproject.toml").read_text())["project"]
    extras = [one for extra in project.get("optional-dependencies", {}).values() for one in extra]
    needed = [Requirement(one) for one in project["dependencies"]]
    run = {**pins_of("run"), "embedded-aws": embedded_aws_version}
    assert [str(one) for one in needed if not is_kept(one, run)] == []
    assert [one for one in extras if not is_kept(Requirement(one), pins_of("test"))] == []
