"""An interrupted run of the matrix continues where it stopped."""

from pathlib import Path

from tests.faults.calls import CallKey
from tests.faults.cells import Recorded
from tests.faults.record import Record, version_of
from tests.faults.states import StateKey
from tests.faults.try_cells import Verdict

RIGHT, WRONG, SKIPPED = Verdict(), Verdict(("the execution runs on",)), Verdict(skipped="nothing")


def test_what_was_not_wrong_need_not_be_tried_again(tmp_path: Path) -> None:
    Record(tmp_path, "v1").keep({"a": RIGHT, "b": WRONG, "c": SKIPPED})
    assert Record(tmp_path, "v1").not_wrong("abcd") == {"a": RIGHT, "c": SKIPPED}


def test_the_latest_verdict_on_a_cell_counts(tmp_path: Path) -> None:
    record = Record(tmp_path, "v1")
    for verdicts in ({"a": RIGHT, "b": WRONG}, {"a": WRONG, "b": RIGHT}):
        record.keep(verdicts)
    assert record.not_wrong("ab") == {"b": RIGHT}


def test_what_another_version_did_counts_only_where_that_was_asked_for(tmp_path: Path) -> None:
    Record(tmp_path, "v1").keep({"a": RIGHT})
    later = Record(tmp_path, "v2")
    assert later.not_wrong("a") == {}
    assert later.not_wrong("a", is_any_version=True) == {"a": RIGHT}


def test_a_line_that_was_cut_off_is_a_cell_that_was_not_tried(tmp_path: Path) -> None:
    record = Record(tmp_path, "v1")
    record.keep({"a": RIGHT, "b": RIGHT})
    file = tmp_path / "verdicts.jsonl"
    file.write_text(file.read_text()[:-10])
    assert record.not_wrong("ab") == {"a": RIGHT}
    record.keep({"c": RIGHT})
    assert record.not_wrong("abc") == {"a": RIGHT, "c": RIGHT}


def test_the_rows_are_those_that_were_recorded_with_this_version(tmp_path: Path) -> None:
    recorded = {
        "completed": Recorded(
            (CallKey("Wake", "dynamodb:GetItem", 1),), (StateKey("CleanupStateMachine", "FindRun"),)
        )
    }
    Record(tmp_path, "v1").keep_rows(recorded)
    assert Record(tmp_path, "v1").rows() == recorded
    assert Record(tmp_path, "v2").rows() is None


def test_a_version_is_another_when_anything_that_is_tested_changes(tmp_path: Path) -> None:
    (tmp_path / "lambdas").mkdir()
    (tmp_path / "template.yaml").write_text("one")
    before = version_of(tmp_path)
    (tmp_path / "README.md").write_text("is not tested here")
    assert version_of(tmp_path) == before
    (tmp_path / "lambdas" / "wake.py").write_text("two")
    assert version_of(tmp_path) != before
