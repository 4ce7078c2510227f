"""docs/real-aws.md: each assumption names the step that decides it, and every step is there."""

import re

import pytest

from tests.architecture.definition import CLONE
from tests.smoke.steps import Step

PAGE = (CLONE / "docs" / "real-aws.md").read_text()
STEPS, ASSUMPTIONS = PAGE.split("\n## Assumptions\n")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in ASSUMPTIONS.splitlines()
    if line.startswith("| ") and not line.startswith("| Assumption")
]


def test_the_steps_of_the_page_are_those_of_the_suite_in_its_order() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \|", STEPS, re.MULTILINE) == [str(step) for step in Step]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_an_assumption_is_decided_by_a_step_and_says_what_to_change(row: tuple[str, ...]) -> None:
    assumption, step, change = row
    assert assumption and change
    assert step in [f"`{one}`" for one in Step]


def test_each_step_decides_something_but_the_one_that_chooses_the_machine() -> None:
    undecided = {str(step) for step in Step} - {step.strip("`") for _, step, _ in ROWS}
    assert undecided == {Step.MACHINE}


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`((?:lambdas|packages|tests|docs)/[a-z_/-]+\.[a-z]+)`", PAGE))),
)
def test_a_file_that_is_to_be_changed_is_there(path: str) -> None:
    assert (CLONE / path).exists()


@pytest.mark.parametrize(
    "sid",
    [
        "LaunchFromOwnTemplate",
        "LaunchTagged",
        "TagAfterLaunch",
        "FinishOwnLaunch",
        "FindAssociations",
    ],
)
def test_a_statement_of_the_stack_role_is_named_as_in_the_template(sid: str) -> None:
    assert f"Sid: {sid}\n" in (CLONE / "template.yaml").read_text()
    assert f"`{sid}`" in PAGE
