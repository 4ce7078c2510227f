"""Executions that a release has started go on by its definition, but with today's code."""

import dataclasses
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from parris.entrypoint import Deps
from parris.errors import ParrisError
from parris.job import Job
from tests.builders import a_job
from tests.parris.record_payloads import PAYLOADS

NOW = "2026-11-21T00:00:00.000Z"
RELEASES = sorted(path for path in PAYLOADS.iterdir() if path.is_dir())
DEFINITION = "training.asl.json"
RECORDED = [
    path for release in RELEASES for path in sorted(release.iterdir()) if path.name != DEFINITION
]
# ValidateConfig comes first and takes the person's config, no state of ours.
HANDLERS = {
    "CreateStack": "create_stack",
    "WaitForRunning": "wait_for_running",
    "PollTerminationCondition": "poll_termination_condition",
    "StopOrDeleteStack": "stop_or_delete_stack",
    "ConfirmEnded": "confirm_ended",
    "RecordOutcome": "record_outcome",
}
CALLS = [(release, state) for release in RELEASES for state in HANDLERS]
DEFAULTED = [
    field.name
    for field in dataclasses.fields(Job)
    if field.name in a_job().to_payload()
    and (
        field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    )
]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def state_of(release: Path, name: str) -> dict[str, Any]:
    definition = json.loads((release / DEFINITION).read_text())
    state: dict[str, Any] = definition["States"][name]
    return state


def event_of(release: Path, name: str) -> dict[str, Any]:
    """Return what the release's definition hands over to the state's function."""
    before = json.loads((release / f"{name}.json").read_text())["before"]
    given: dict[str, str] = state_of(release, name)["Parameters"]["Payload"]
    found = {"$": before, "$$.State.EnteredTime": NOW}
    found |= {f"$.{key}": value for key, value in before.items()}
    return {key.removesuffix(".$"): found[path] for key, path in given.items()}


def keys_read_by(release: Path, name: str) -> set[str]:
    """Return the keys that the release's definition takes out of the function's answer."""
    paths = state_of(release, name)["ResultSelector"].values()
    return {path.split(".")[2] for path in paths if path.count(".") > 1}


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_the_job_of_a_released_payload_can_be_read(path: Path) -> None:
    recorded = json.loads(path.read_text())
    for payload in (recorded["before"], recorded.get("after", {})):
        if "job" in payload:
            assert Job.from_payload(payload["job"]).training_job_name == "recorded"


@pytest.mark.parametrize("key", DEFAULTED)
def test_a_key_with_a_default_may_be_absent(key: str) -> None:
    payload = a_job().to_payload()
    del payload[key]
    assert Job.from_payload(payload) == a_job()


@pytest.mark.parametrize(("release", "name"), CALLS, ids=lambda one: getattr(one, "name", str(one)))
def test_a_function_takes_what_a_release_hands_over_and_answers_what_it_reads(
    deps: Deps, release: Path, name: str
) -> None:
    run: Callable[..., dict[str, Any]] = import_module(HANDLERS[name]).run
    try:
        answer = run(event_of(release, name), deps)
    except ParrisError as err:
        # Nothing of the recorded job exists here. What is not understood is another error.
        assert name in ("CreateStack", "WaitForRunning"), err
        return
    assert keys_read_by(release, name) <= set(answer)
