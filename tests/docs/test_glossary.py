"""docs/glossary.md defines the terms of the project, each of them once."""

import re
from pathlib import Path

import pytest

from tests.architecture.definition import CLONE

PAGE = CLONE / "docs" / "glossary.md"
TERMS = re.findall(r"^\| (?!Term|---)([^|]+?) \|", PAGE.read_text(), re.MULTILINE)
PLACES = ("lambdas/*.py", "lambdas/parris/**/*.py", "parris_cli/**/*.py", "docs/*.md", "README.md")


def words_of(path: Path) -> str:
    """Return a file's text with names split into words and its lines joined."""
    return " ".join(re.sub(r"[_-]", " ", path.read_text()).lower().split())


@pytest.fixture(scope="module")
def project() -> str:
    files = [path for place in PLACES for path in CLONE.glob(place) if path != PAGE]
    return "\n".join(map(words_of, files))


def test_each_term_is_defined_once() -> None:
    assert len(TERMS) > 40
    assert len({term.lower() for term in TERMS}) == len(TERMS)


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_used_outside_the_glossary(term: str, project: str) -> None:
    assert re.search(rf"\b{re.escape(term.lower())}", project)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", PAGE.read_text()))
def test_a_link_of_the_glossary_leads_somewhere(target: str) -> None:
    assert (PAGE.parent / target).exists()
