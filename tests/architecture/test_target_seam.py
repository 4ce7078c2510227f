"""Shared code knows that there are targets, and none of them."""

import ast
import re
from pathlib import Path

from tests.architecture.definition import CLONE, LAUNCHES, TERMINATIONS, file_of

LAMBDAS = CLONE / "lambdas"
PACKAGES = [path.name for path in (LAMBDAS / "parris" / "targets").iterdir() if path.is_dir()]
# A launch and an end state belong to one target each.
HANDLERS_OF_TARGETS = {
    f"{file_of(state)}.py" for state in (*LAUNCHES.values(), *TERMINATIONS.values())
}
NAMES_OF_TARGETS = re.compile(r"ec2|ec2[-_]stack", re.IGNORECASE)
WORDS_OF_TARGETS = re.compile(
    r"(?<![a-z])(stacks?|instances?|volumes?|ami|amis|subnets?|spot)(?![a-z])", re.IGNORECASE
)

ON_EVERY_TARGET = {"INSTANCE_LOST", "stack-replacement", "spot interruption"}
"""A reason, a key of configs, and what AWS calls it when it takes back any machine that was bought
so."""

OF_THE_DEPLOYMENT = {
    "deployment_stack",
    "DeploymentStack",
    "describe_stacks",
    "stack_id",
    "StackId",
    "Stacks",
    "StackStatus",
}
"""The deployment is a stack itself, whatever its jobs run on."""

OF_OTHERS = {("parris/validation/schema.py", "instance")}
"""JSON Schema calls what is validated an instance."""


def relative(path: Path) -> str:
    return path.relative_to(LAMBDAS).as_posix()


OF_SEVERAL_TARGETS = ("parris.ec2", "parris.aws.ec2")
"""What the targets that run jobs on EC2 instances have in common. Code for all targets does not use
it."""


def is_shared(path: Path) -> bool:
    parts = path.relative_to(LAMBDAS).parts
    is_of_target = (parts[:2] == ("parris", "targets") and parts[2] in PACKAGES) or ".".join(
        parts
    ).startswith(tuple(f"{one}." for one in OF_SEVERAL_TARGETS))
    is_model = "models" in parts
    return not (is_of_target or is_model or parts[0] in HANDLERS_OF_TARGETS)


SHARED = sorted(path for path in LAMBDAS.rglob("*.py") if is_shared(path))


def code_of(path: Path) -> ast.Module:
    """The code of a file without its docstrings; comments go by themselves."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not _is_text(one)] or [ast.Pass()]  # type: ignore[attr-defined]
    return tree


def _is_text(node: ast.stmt) -> bool:
    is_constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_constant and isinstance(node.value.value, str)  # type: ignore[attr-defined]


def texts_in(tree: ast.Module) -> set[str]:
    """Every name in the code, and every text: keys of payloads, and what people read."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                found.add(name)
            case ast.Constant(value=str(text)):
                found.add(text)
    return found


def words_in(identifier: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", identifier)


def imported_by(path: Path) -> set[str]:
    """Return what a file imports, for the type checker, too."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return imported


def test_shared_code_imports_no_target() -> None:
    of_targets = tuple(f"parris.targets.{package}" for package in PACKAGES)
    found = {
        (relative(path), name)
        for path in SHARED
        for name in imported_by(path)
        if name.startswith((*of_targets, *OF_SEVERAL_TARGETS))
    }
    assert len(SHARED) > 100
    assert not found


def test_shared_code_names_no_target() -> None:
    found = {
        relative(path) for path in SHARED if NAMES_OF_TARGETS.search(ast.unparse(code_of(path)))
    }
    assert not found


def words_of_targets() -> set[tuple[str, str]]:
    """Files of the shared code, with their texts, that contain a name of one target."""
    return {
        (relative(path), one)
        for path in SHARED
        for one in texts_in(code_of(path))
        if WORDS_OF_TARGETS.search(words_in(one).replace("_", " "))
    }


def test_shared_code_has_no_words_of_one_target_for_what_it_handles() -> None:
    allowed = ON_EVERY_TARGET | OF_THE_DEPLOYMENT
    found = {
        (file, one)
        for file, one in words_of_targets() - OF_OTHERS
        if WORDS_OF_TARGETS.search(words_in(_without(one, allowed)).replace("_", " "))
    }
    assert not found


def test_every_word_that_is_allowed_is_there() -> None:
    found = words_of_targets()
    assert found >= OF_OTHERS
    for allowed in ON_EVERY_TARGET | OF_THE_DEPLOYMENT:
        assert any(allowed in one for _, one in found), allowed


def _without(text: str, allowed: set[str]) -> str:
    """Return the text without what is allowed: a part of a sentence, or the whole of a name."""
    if text in allowed:
        return ""
    for one in ON_EVERY_TARGET:
        text = text.replace(one, "")
    return text
