"""The repository is whole, and names no machine but the reader's own."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from tests.architecture.definition import CLONE

MADE_BY_TOOLS = {
    *(".git", ".venv", ".aws-sam", ".snapshots", "__pycache__", "results", "build", "dist"),
}
ONE_PERSONS_FOLDERS = re.compile(r"(?<![\w.$}/-])/(?:tmp|work|home/\w+|Users/\w+)(?:/|\b)")
REGISTRY_HOSTS = re.compile(
    r"--(?:extra-)?index-url|--find-links|files\.pythonhosted|registry\.npm"
)


def texts() -> Iterator[tuple[Path, str]]:
    for folder, folders, names in os.walk(CLONE):
        folders[:] = sorted(name for name in folders if not _is_made(name))
        for path in (Path(folder) / name for name in sorted(names) if not _is_made(name)):
            if path.is_file():
                yield path, path.read_text(encoding="utf-8", errors="ignore")


def _is_made(name: str) -> bool:
    return (
        name in MADE_BY_TOOLS
        or name.startswith(".venv")
        or name.endswith(("_cache", ".egg-info", ".hypothesis"))
    )


@pytest.mark.parametrize("pattern", [ONE_PERSONS_FOLDERS, REGISTRY_HOSTS], ids=["folder", "host"])
def test_no_file_names_a_folder_or_a_host_of_one_persons_machine(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(CLONE)}: {match.group()}"
        for path, text in texts()
        for match in pattern.finditer(text)
        if path != Path(__file__)
    ]
    assert found == []


def test_continuous_integration_calls_make_test_and_nothing_else() -> None:
    lines = (CLONE / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]


def test_make_lint_checks_every_file_that_is_a_shell_script() -> None:
    lint = re.search(r"\tfind .*(?=-exec \S*shellcheck)", _commands_of("lint"), re.DOTALL)
    assert lint is not None
    found = subprocess.run(
        ["sh", "-c", f"{lint[0]} -print"], cwd=CLONE, capture_output=True, text=True, check=True
    )
    is_script = re.compile(r"#!.*\b(?:ba|da|z)?sh\n")
    scripts = {f"./{path.relative_to(CLONE)}" for path, text in texts() if is_script.match(text)}
    assert len(scripts) > 2
    assert set(found.stdout.split()) == scripts


def _commands_of(target: str) -> str:
    lines = (CLONE / "Makefile").read_text().partition(f"\n{target}:")[2].splitlines(keepends=True)
    recipe = takewhile(lambda line: line.startswith("\t"), lines[1:])
    return "".join(recipe).replace("\t@", "\t")


def test_sam_reads_every_section_of_samconfig() -> None:
    sections = tomllib.loads((CLONE / "samconfig.toml").read_text())["default"]
    # `sam delete` has no section: it reads that of `sam deploy`.
    assert set(sections) == {"global", "build", "validate", "deploy"}


def test_decisions_are_numbered_one_after_the_other() -> None:
    pages = sorted((CLONE / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for number, page in enumerate(pages, start=1):
        assert page.read_text().startswith(f"# {number}. ")
