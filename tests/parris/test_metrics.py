"""Metrics in a runner's report, and the regular expressions that a config may have for them."""

import json
from typing import Any

import pytest

from parris.termination.metrics import MOST_METRICS, metrics_in
from parris.validation.metrics import find_unsafe_metrics

AT = "2031-05-01T12:30:00.000Z"


def read(**metrics: Any) -> Any:
    return metrics_in(json.loads(json.dumps({"metrics": metrics})))


def test_metrics_of_a_report_are_read() -> None:
    loss = {"value": 0.25, "step": 100, "at": AT}
    lost = {"value": "NaN", "step": None, "at": AT}
    assert read(loss=loss, lost=lost) == {"loss": loss, "lost": lost}


@pytest.mark.parametrize(
    "forged",
    [
        None,
        [],
        {"value": None, "step": 1, "at": AT},
        {"value": True, "step": 1, "at": AT},
        {"value": "\x1b[2J", "step": 1, "at": AT},
        {"value": 1, "step": 1, "at": "today"},
        {"value": 1, "step": 1, "at": None},
        {"value": 1, "step": 1, "at": 5},
        {"value": {"deep": 1}, "step": 1, "at": AT},
    ],
)
def test_what_is_no_metric_is_left_out(forged: Any) -> None:
    assert read(loss=forged, good={"value": 1, "step": 1, "at": AT}) == {
        "good": {"value": 1.0, "step": 1, "at": AT}
    }


def test_numbers_that_json_does_not_have_are_texts_and_steps_are_bounded() -> None:
    values = [float("nan"), float("inf"), -(10**400), 1.5]
    found = [read(x={"value": value, "step": 10**400, "at": AT})["x"] for value in values]
    assert [one["value"] for one in found] == ["NaN", "Infinity", "-Infinity", 1.5]
    assert [one["step"] for one in found] == [None] * 4


def test_names_and_their_number_are_bounded() -> None:
    metric = {"value": 1, "step": 1, "at": AT}
    many = {f"m{number}": metric for number in range(MOST_METRICS + 50)}
    assert len(read(**many)) == MOST_METRICS
    assert read(**{"a b": metric, "": metric, "n" * 65: metric, "n\n": metric}) == {}
    assert metrics_in({"metrics": ["loss"]}) == metrics_in({}) == {}


@pytest.mark.parametrize(
    "pattern",
    [
        r"val_loss: ([0-9.]+)",
        r"(?:train|valid) loss=(\d+\.\d*)",
        r"acc ([0-9]{1,3}(?:\.[0-9]+)?)%",
        r"\[(\d+)/\d+\]",
        r"([^()]*) it/s",
        r"loss[)(]? ([]0-9]+)",
    ],
)
def test_an_ordinary_expression_is_taken(pattern: str) -> None:
    assert list(find_unsafe_metrics({"metrics": {"loss": pattern}})) == []


@pytest.mark.parametrize(
    "pattern",
    [
        "no group",
        "(two) (groups)",
        "(",
        "(?P<name>x)",
        "(?=x)(y)",
        "(?i)(x)",
        r"(x)\1",
        "(a+)+",
        "((?:a*b?)*)c",
        "((?:a|b+){2,})",
        "((?:[^x]+)+)x",
        "(a++)",
        "(?>a)(b)",
        r"(\Z\z)",
        ".*" * 9 + "(x)",
        "(" + "a" * 300 + ")",
        "(a{1,99999999999})",
        "(" * 500 + ")" * 500,
        5,
    ],
)
def test_an_expression_that_is_none_or_could_take_for_ever_is_a_violation(pattern: Any) -> None:
    (violation,) = find_unsafe_metrics({"metrics": {"_note": "(", "loss": pattern}})
    assert violation.path == "/metrics/loss"
