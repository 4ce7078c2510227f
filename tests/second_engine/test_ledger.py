"""The ledger is well-formed and names cases that exist; no engine is needed."""

import json
import re
from collections import Counter

import pytest

from tests.architecture.definition import CLONE
from tests.second_engine.deployment import DEPLOYMENT_CASES
from tests.second_engine.engines import ENGINES
from tests.second_engine.ledger import LEDGER_FILE, Difference, Trait, read_ledger, unexplained
from tests.second_engine.observe import ASPECTS, differences_between
from tests.second_engine.suites import MOCK_CASES
from tests.second_engine.traits import TRAITS, without_traits

LEDGER = read_ledger()
ENTRIES: tuple[Difference | Trait, ...] = (*LEDGER.differences, *LEDGER.traits)
SEEN = {
    "end": "JobEnded SUCCEEDED",
    "path": "Poll > Completed > JobEnded",
    "attempts": "Poll(Error x2, ok) > Tell(ok)",
    "cause": "",
    "output": "{}",
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: f"{one.engine}-{one.name}")
def test_an_entry_has_the_difference_its_cause_and_its_documentation(
    entry: Difference | Trait,
) -> None:
    assert entry.engine in ENGINES
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)+", entry.name)
    assert entry.what and entry.at_fault
    assert "https://" in entry.source or ".py" in entry.source


@pytest.mark.parametrize("entry", LEDGER.differences, ids=lambda one: f"{one.engine}-{one.name}")
def test_a_difference_has_cases_that_exist_each_with_what_is_seen(entry: Difference) -> None:
    assert entry.cases
    for case, seen in entry.cases.items():
        aspects = {"seen"} if case in DEPLOYMENT_CASES else set(ASPECTS)
        assert case in (*MOCK_CASES, *DEPLOYMENT_CASES)
        assert len(seen) == 1 and set(seen) <= aspects


def test_no_case_of_an_engine_is_explained_twice() -> None:
    cases = Counter((one.engine, case) for one in LEDGER.differences for case in one.cases)
    assert [case for case, count in cases.items() if count > 1] == []


def test_every_trait_is_one_that_can_be_taken_out() -> None:
    assert {one.name for one in LEDGER.traits} == set(TRAITS)


def test_the_ledger_names_no_key_twice() -> None:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    json.loads(LEDGER_FILE.read_text(), object_pairs_hook=unique)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_has_its_pins(engine: str) -> None:
    requirements = CLONE / "requirements"
    pins = (requirements / f"second-engine-{engine}.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.]+", one) for one in pins if one[0] != "#")
    (asked,) = re.findall(
        rf"^{engine}\S*==\S+$", (requirements / f"second-engine-{engine}.in").read_text(), re.M
    )
    assert re.sub(r"\[.*\]", "", asked) in pins


@pytest.mark.parametrize("name", TRAITS)
def test_a_trait_is_taken_out_of_what_was_seen(name: str) -> None:
    failed = {**SEEN, "end": "JobFailed FAILED ERROR"}
    assert without_traits(failed, (name,)) != failed


def test_a_case_that_agrees_differs_in_nothing() -> None:
    assert differences_between(SEEN, dict(SEEN)) == {}


def test_the_first_differing_step_of_a_path_is_reported() -> None:
    found = {**SEEN, "path": "Poll > InstanceLost > JobEnded", "attempts": ""}
    assert differences_between(SEEN, found) == {"path": "InstanceLost, not Completed"}


def test_a_case_that_has_not_ended_differs() -> None:
    found = {"end": "has not ended, in Poll"}
    assert differences_between(SEEN, found) == {"end": "has not ended, in Poll"}


@pytest.mark.parametrize(
    ("known", "found", "word"),
    [
        ({}, {"a": {"end": "x"}}, "new"),
        ({"a": {"end": "x"}}, {"a": {"end": "y"}}, "changed"),
        ({"a": {"end": "x"}}, {"a": {}}, "vanished"),
    ],
)
def test_a_difference_that_is_new_changed_or_gone_is_reported(
    known: dict[str, dict[str, str]], found: dict[str, dict[str, str]], word: str
) -> None:
    (line,) = unexplained(known, found)
    assert line.startswith(f"{word}: a: ")


def test_a_difference_that_is_known_needs_no_attention() -> None:
    assert unexplained({"a": {"end": "x"}}, {"a": {"end": "x"}, "b": {}}) == []


def test_the_page_names_every_entry() -> None:
    page = (CLONE / "docs" / "second-engine.md").read_text()
    assert [one.name for one in ENTRIES if f"`{one.name}`" not in page] == []
