"""What one engine made of each mock case, in a form that two engines can be compared by."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any

from tests.second_engine.suites import SUITE_OF_CASE
from tests.state_machine.engine import Ran, read_case, start_cases
from tests.state_machine.histories import visits_in

NOT_ENDED = "has not ended"
_STEP = " > "
_LONGEST_CASE_SECONDS = 90.0
_POLL_SECONDS = 0.5

Observation = Mapping[str, str]
"""What was seen of one case, by aspect."""


def observe_cases(client: Any, cases: Sequence[str], at_once: int) -> dict[str, Observation]:
    """Run cases and return what was seen of each, by its name in the ledger.

    Args:
        client: of the engine.
        cases: their names in the ledger.
        at_once: how many executions run together; an engine that is overloaded times tasks out.
    """
    waiting, running = list(cases), dict[str, _Running]()
    observed: dict[str, Observation] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            name = waiting.pop(0)
            running[name] = _Running(_start(client, name), time.monotonic())
        time.sleep(_POLL_SECONDS)
        for name, one in list(running.items()):
            is_late = time.monotonic() > one.started_at + _LONGEST_CASE_SECONDS
            if is_late or not _is_running(client, one.execution_arn):
                observed[name] = observation_of(read_case(client, one.execution_arn))
                del running[name]
            if is_late:
                client.stop_execution(executionArn=one.execution_arn, cause="it takes too long")
    return {name: observed[name] for name in cases}


@dataclass(frozen=True, slots=True)
class _Running:
    """An execution, and when it was started by the monotonic clock."""

    execution_arn: str
    started_at: float


def _start(client: Any, name: str) -> str:
    suite, case = SUITE_OF_CASE[name]
    started = start_cases(client, suite.name, suite.definition, [case], suite.execution_input)
    return started[case]


def observation_of(ran: Ran) -> Observation:
    """Return what was seen of a case.

    Its aspects: `end` is the last state with status and error, `cause` the failure's own text,
    `output` the output, `path` the visited states, and `attempts` each visited task with the errors
    of its attempts.
    """
    visits = visits_in(ran.events)
    states = [visit.state for visit in visits]
    attempts = [
        f"{visit.state}({_counted(attempt.error or 'ok' for attempt in visit.attempts)})"
        for visit in visits
        if visit.attempts
    ]
    last = states[-1] if states else "no state"
    if ran.status == "RUNNING":
        return {"end": f"{NOT_ENDED}, in {last}"}
    return {
        "end": " ".join(filter(None, (last, ran.status, ran.error))),
        "cause": ran.cause,
        "output": str(ran.output),
        "path": _STEP.join(states),
        "attempts": _STEP.join(attempts),
    }


def differences_between(expected: Observation, found: Observation) -> dict[str, str]:
    """Return the first aspect that differs with what was seen of it; empty where nothing does.

    A case that ends in another way has another path and other attempts too: one aspect is enough,
    and of a path the first step that differs.
    """
    for aspect in ASPECTS:
        seen = found.get(aspect, NOT_ENDED)
        if seen != expected[aspect]:
            return {aspect: _first_other_step(expected[aspect], seen)}
    return {}


ASPECTS = ("end", "path", "attempts", "cause", "output")
"""In the order in which they are compared."""


def _first_other_step(expected: str, seen: str) -> str:
    if _STEP not in expected:
        return seen
    for wanted, found in zip_longest(expected.split(_STEP), seen.split(_STEP), fillvalue="nothing"):
        if wanted != found:
            return f"{found}, not {wanted}"
    return seen


def _counted(errors: Iterable[str]) -> str:
    """Return errors in their order; several alike are one with their count."""
    alike = [(error, len(list(same))) for error, same in groupby(errors)]
    return ", ".join(error if count == 1 else f"{error} x{count}" for error, count in alike)


def _is_running(client: Any, execution_arn: str) -> bool:
    return bool(client.describe_execution(executionArn=execution_arn)["status"] == "RUNNING")
