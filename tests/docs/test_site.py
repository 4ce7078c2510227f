"""The pages of the site are complete, and what they show is understood."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from docs.commands_page import commands_page
from docs.site_links import on_page_markdown
from parris import errors
from parris.errors import ParrisError
from parris.reasons import EndReason
from parris.targets.sagemaker.errors import RoleNotReadyError
from parris_cli.command_line import make_parser

CLONE = Path(__file__).resolve().parents[2]
DOCS = CLONE / "docs"
TROUBLESHOOTING = (DOCS / "troubleshooting.md").read_text()
SCHEMA = json.loads((CLONE / "config" / "training-config.schema.json").read_text())
GUIDES = [DOCS / "first-job.md", DOCS / "troubleshooting.md", *sorted(DOCS.glob("how-to/*.md"))]
ERRORS = [
    *(one for one in vars(errors).values() if isinstance(one, type)),
    RoleNotReadyError,
]


class SiteLoader(yaml.SafeLoader):
    """Reads mkdocs.yml, whose tags name functions of Python, without calling any."""


SiteLoader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: suffix)
SITE = yaml.load((CLONE / "mkdocs.yml").read_text(), SiteLoader)


def pages_in(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    assert isinstance(nav, dict | list)
    parts = nav.values() if isinstance(nav, dict) else nav
    return [page for part in parts for page in pages_in(part)]


def test_every_page_has_its_place_in_the_site() -> None:
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.glob("**/*.md")]
    assert sorted(pages_in(SITE["nav"])) == sorted(pages)


def test_the_page_of_commands_is_what_the_parser_makes_of_it() -> None:
    assert (DOCS / "commands.md").read_text() == commands_page(make_parser()), "run `make docs`"


@pytest.mark.parametrize("reason", list(EndReason))
def test_troubleshooting_has_a_row_for_every_reason(reason: EndReason) -> None:
    assert f"\n| `{reason}` |" in TROUBLESHOOTING


@pytest.mark.parametrize("error", [one for one in ERRORS if one is not ParrisError])
def test_troubleshooting_has_a_row_for_every_error(error: type[ParrisError]) -> None:
    assert f"\n| `{error.__name__}` |" in TROUBLESHOOTING


def blocks(page: Path, language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", page.read_text(), re.DOTALL | re.M)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_the_commands_of_a_guide_are_understood(page: Path) -> None:
    text = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith(".venv/bin/parris ")]
    for line in lines:
        make_parser().parse_args(shlex.split(line)[1:])


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_the_configs_of_a_guide_are_valid(page: Path) -> None:
    configs = [*map(json.loads, blocks(page, "json")), *map(yaml.safe_load, blocks(page, "yaml"))]
    validator = Draft202012Validator(SCHEMA)
    for config in configs:
        assert [error.message for error in validator.iter_errors(config)] == []


class Named:
    """Stands for MkDocs's page, file and config, of which the hook reads two names."""

    def __init__(self, **names: object) -> None:
        self.__dict__ |= names


@pytest.mark.parametrize(
    ("link", "with_repo", "without"),
    [
        ("[a](../template.yaml)", "[a](https://x/blob/main/template.yaml)", "a"),
        ("[a](costs.md#spot-instances)", None, None),
        ("[a](https://example.com/b)", None, None),
        ("[a](#here)", None, None),
    ],
)
def test_a_link_that_leaves_the_site_leads_to_the_repository(
    link: str, with_repo: str | None, without: str | None
) -> None:
    page = Named(file=Named(src_uri="batch.md"))
    hosted = on_page_markdown(link, page, Named(repo_url="https://x"), None)
    alone = on_page_markdown(link, page, Named(repo_url=""), None)
    assert (hosted, alone) == (with_repo or link, without or link)
