"""The pages of this package name every fault that can be injected, and only existing files."""

import re
from pathlib import Path

import pytest

from embedded_aws.fault_injection.call_faults import CallFault
from embedded_aws.fault_injection.fault import FaultKind

PACKAGE = Path(__file__).parents[1]
PAGES = [PACKAGE / "README.md", *sorted((PACKAGE / "docs").glob("*.md"))]


@pytest.mark.parametrize("kind", [*FaultKind, *CallFault])
def test_every_kind_of_fault_has_its_row(kind: str) -> None:
    assert f"\n| `{kind}` |" in (PACKAGE / "docs" / "faults.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (page.parent / target).exists(), target
    for path in re.findall(r"`(embedded_aws/[a-z_/.]+)`", text):
        assert (PACKAGE / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_no_page_mentions_users_of_this_package(page: Path) -> None:
    assert "parris" not in page.read_text().lower()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_the_python_of_a_page_is_python(page: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        compile(block, str(page), "exec")
