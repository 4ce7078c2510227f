"""Who may import whom."""

import ast
import functools
import sys
from pathlib import Path

import pytest

from tests.architecture.definition import CLONE

LAMBDAS = CLONE / "lambdas"
EMBEDDED_AWS = CLONE / "packages" / "embedded-aws" / "embedded_aws"
HANDLERS = {path.stem for path in LAMBDAS.glob("*.py")}
# The doors between Lambda and a step, and the targets, may use the gateways.
BEYOND_THE_DOMAIN = ("aws", "targets")
DOORS = ("entrypoint.py", "resource_entrypoint.py", "api_entrypoint.py")
DOOR_NAMES = tuple(door.removesuffix(".py") for door in DOORS)
AWS_LIBRARIES = {"boto3", "botocore"}


@functools.cache  # several rules read each file
def imported_by(path: Path) -> frozenset[str]:
    """The dotted names that a file imports when it runs; those for the type checker left out."""
    found: set[str] = set()
    for node in _running(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def _running(tree: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.iter_child_nodes(tree):
        is_for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not is_for_types:
            found += [node, *_running(node)]
    return found


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported_by(path)}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(CLONE)))


DOMAIN = [
    path
    for path in files(LAMBDAS / "parris")
    if path.relative_to(LAMBDAS / "parris").parts[0] not in (*BEYOND_THE_DOMAIN, *DOORS)
]


@each(DOMAIN)
def test_the_domain_imports_nothing_of_ours_but_itself(path: Path) -> None:
    ours = {name for name in imported_by(path) if name.startswith("parris.")}
    assert not {name for name in ours if name.split(".")[1] in (*BEYOND_THE_DOMAIN, *DOOR_NAMES)}
    assert not roots(path) & (AWS_LIBRARIES | HANDLERS | {"parris_cli", "embedded_aws"})


@each(DOMAIN)
def test_the_domain_asks_no_clock_and_no_environment(path: Path) -> None:
    code = ast.unparse(ast.parse(path.read_text()))
    assert "os" not in roots(path) and "time" not in roots(path)
    assert ".now(" not in code and ".today(" not in code


@each(files(LAMBDAS / "parris" / "aws"))
def test_the_gateways_import_the_domain_only(path: Path) -> None:
    forbidden = {name for name in imported_by(path) if name.startswith("parris.targets")}
    assert not forbidden
    assert not roots(path) & (HANDLERS | {"parris_cli", "embedded_aws"})


@each([path for path in files(LAMBDAS) if "aws" not in path.relative_to(LAMBDAS).parts])
def test_only_the_gateways_import_boto3(path: Path) -> None:
    assert not roots(path) & AWS_LIBRARIES


@each(files(LAMBDAS) + files(CLONE / "parris_cli") + files(EMBEDDED_AWS))
def test_nothing_imports_a_handler(path: Path) -> None:
    assert not roots(path) & HANDLERS


@each(files(EMBEDDED_AWS))
def test_the_embedded_aws_knows_nothing_of_parris(path: Path) -> None:
    assert not roots(path) & {"parris", "parris_cli", "tests"}


@each(files(CLONE / "templates"))
def test_what_goes_to_the_instance_needs_the_standard_library_only(path: Path) -> None:
    # The program of a server goes there together with the modules of the runner.
    folders = {path.parent, CLONE / "templates" / "runner"}
    beside = {other.stem for folder in folders for other in folder.glob("*.py")}
    assert roots(path) <= set(sys.stdlib_module_names) | beside


@each(files(LAMBDAS) + files(CLONE / "parris_cli"))
def test_the_product_does_not_import_its_tests(path: Path) -> None:
    assert "tests" not in roots(path)
