"""docs/security.md says what template.yaml and the policies say."""

import json
import re
from pathlib import Path

import pytest

from docs.roles_table import NO_RIGHTS, roles_table, with_roles_table
from embedded_aws.packaging.read_template import read_template
from tests.architecture.definition import CLONE

PAGE = (CLONE / "docs" / "security.md").read_text()
TEMPLATE = CLONE / "template.yaml"
POLICIES = sorted((CLONE / "docs" / "policies").glob("*.json"))


def test_the_table_is_what_the_template_makes_of_it() -> None:
    assert with_roles_table(PAGE, TEMPLATE) == PAGE, "run `make docs`"


def test_every_function_and_role_of_the_template_has_its_rows() -> None:
    rows = roles_table(TEMPLATE)
    # The state machines have roles of their own names.
    kinds = ("AWS::Serverless::Function", "AWS::IAM::Role")
    resources = read_template(TEMPLATE)["Resources"].items()
    named = [name for name, resource in resources if resource["Type"] in kinds]
    assert [name for name in named if f"| `{name}` |" not in rows] == []


def test_every_statement_of_the_template_has_its_row() -> None:
    statements = re.findall(r"^ +-? ?Sid: ", TEMPLATE.read_text(), re.MULTILINE)
    rows = [one for one in roles_table(TEMPLATE).splitlines()[2:] if NO_RIGHTS not in one]
    assert len(rows) == len(statements)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_policy_has_its_row_and_no_statement_without_a_name(path: Path) -> None:
    assert f"(policies/{path.name})" in PAGE
    statements = json.loads(path.read_text())
    names = [statement["Sid"] for statement in statements["Statement"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "path",
    [
        "docs/security.md",
        "docs/deploying.md",
        "docs/nothing-left-running.md",
        "docs/schedules.md",
        "docs/iot-button.md",
        "docs/notifications.md",
    ],
)
def test_a_link_of_the_page_leads_somewhere(path: str) -> None:
    page = CLONE / path
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target
