"""Who may import whom."""

import ast
import functools
import sys
from pathlib import Path

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
        is_for_types = (
            isinstance(node, ast.If)
            and isinstance(node.test, ast.Name)
            and node.test.id == "TYPE_CHECKING"
        )
        if not is_for_types:
            found += [node, *_running(node)]
    return found


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported_by(path)}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def shown(paths: list[Path]) -> list[str]:
    """Return the paths as a message shows them. One test asks about all files of a rule: a test for
    each file would be thousands, which every worker collects."""
    return [str(path.relative_to(CLONE)) for path in paths]


def importing(paths: list[Path], forbidden: set[str]) -> list[str]:
    """Return the files that import one of these packages."""
    assert paths
    return shown([path for path in paths if roots(path) & forbidden])


DOMAIN = [
    path
    for path in files(LAMBDAS / "parris")
    if path.relative_to(LAMBDAS / "parris").parts[0] not in (*BEYOND_THE_DOMAIN, *DOORS)
]
PRODUCT = files(LAMBDAS) + files(CLONE / "parris_cli")


def goes_beyond(path: Path) -> bool:
    ours = {name for name in imported_by(path) if name.startswith("parris.")}
    return any(name.split(".")[1] in (*BEYOND_THE_DOMAIN, *DOOR_NAMES) for name in ours)


def test_the_domain_imports_nothing_of_ours_but_itself() -> None:
    assert shown([path for path in DOMAIN if goes_beyond(path)]) == []
    assert importing(DOMAIN, AWS_LIBRARIES | HANDLERS | {"parris_cli", "embedded_aws"}) == []


def test_the_domain_asks_no_clock_and_no_environment() -> None:
    assert importing(DOMAIN, {"os", "time"}) == []
    code = {path: ast.unparse(ast.parse(path.read_text())) for path in DOMAIN}
    asking = [path for path, text in code.items() if ".now(" in text or ".today(" in text]
    assert shown(asking) == []


def test_the_gateways_import_the_domain_only() -> None:
    gateways = files(LAMBDAS / "parris" / "aws")
    assert importing(gateways, HANDLERS | {"parris_cli", "embedded_aws"}) == []
    of_targets = [
        path
        for path in gateways
        if any(name.startswith("parris.targets") for name in imported_by(path))
    ]
    assert shown(of_targets) == []


def test_only_the_gateways_import_boto3() -> None:
    others = [path for path in files(LAMBDAS) if "aws" not in path.relative_to(LAMBDAS).parts]
    assert importing(others, AWS_LIBRARIES) == []


def test_nothing_imports_a_handler() -> None:
    assert importing(PRODUCT + files(EMBEDDED_AWS), HANDLERS) == []


def test_the_embedded_aws_knows_nothing_of_parris() -> None:
    assert importing(files(EMBEDDED_AWS), {"parris", "parris_cli", "tests"}) == []


def needs_more(path: Path) -> bool:
    # The program of a server goes there together with the modules of the runner.
    folders = {path.parent, CLONE / "templates" / "runner"}
    beside = {other.stem for folder in folders for other in folder.glob("*.py")}
    return not roots(path) <= set(sys.stdlib_module_names) | beside


def test_what_goes_to_the_instance_needs_the_standard_library_only() -> None:
    there = files(CLONE / "templates")
    assert there
    assert shown([path for path in there if needs_more(path)]) == []


def test_the_product_does_not_import_its_tests() -> None:
    assert importing(PRODUCT, {"tests"}) == []
