"""Adds the target `one-parameter` to a copy of this clone, as docs/adding-a-target.md says.

What is new lies in `files`; `template.blocks.yaml` has the marked blocks of template.yaml, each
below the name of the resource that it goes into. The states are copies of those of `ec2-stack`.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILES = HERE / "files"
NAME = "one-parameter"
_BLOCKS = HERE / "template.blocks.yaml"
_LAUNCH = (
    "SelectLaunchState",
    "CreateStack",
    "PutParameter",
    "claims the job's name and makes its parameter",
)
_TERMINATION = (
    "SelectTerminationState",
    "StopOrDeleteStack",
    "DeleteParameter",
    "takes the next step of the termination: save, keep, release, delete",
)
_COUNTED = ("README.md", "docs/costs.md", "docs/deploying.md")
_NUMBERS = ("four", "five", "six", "seven", "eight")
_DRAWN = {
    "    SelectLaunchState --> CreateStack: ec2-stack\n": (
        f"    SelectLaunchState --> PutParameter: {NAME}\n    PutParameter --> AwaitLaunchEvent\n"
    ),
    "    SelectTerminationState --> StopOrDeleteStack: ec2-stack\n": (
        f"    SelectTerminationState --> DeleteParameter: {NAME}\n"
        "    DeleteParameter --> ConfirmEnded\n"
    ),
}


def insert_target(clone: Path) -> None:
    """Add the target to a copy, and write what `make docs` and `make models` write."""
    shutil.copytree(FILES, clone, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    _insert_states(clone / "state_machine" / "training.asl.json", _LAUNCH, _TERMINATION)
    _insert_states(clone / "state_machine" / "cleanup.asl.json", _TERMINATION)
    template = clone / "template.yaml"
    template.write_text(with_blocks(template.read_text()))
    page = clone / "docs" / "how-it-works.md"
    page.write_text(_drawn(page.read_text()))
    for name in _COUNTED:
        page = clone / name
        page.write_text(_counted(page.read_text()))
    for program in (["docs/generate.py"], ["-m", "parris.aws.models.pick_models"]):
        subprocess.run(
            [sys.executable, *program],
            cwd=clone,
            env={"PYTHONPATH": f"{clone}:{clone / 'lambdas'}"},
            check=True,
            capture_output=True,
        )


def _insert_states(path: Path, *new: tuple[str, str, str, str]) -> None:
    definition: dict[str, Any] = json.loads(path.read_text())
    for choice, like, name, does in new:
        states = definition["States"]
        rule = states[choice]["Choices"][0]
        of_target = {"Comment": f"target {NAME}", "StringEquals": NAME, "Next": name}
        states[choice]["Choices"].append({**rule, **of_target})
        text = json.dumps(states[like]).replace(
            f"${{{like}FunctionArn}}", f"${{{name}FunctionArn}}"
        )
        state = {**json.loads(text), "Comment": f"target {NAME}: {does}."}
        definition["States"] = _with_behind(states, like, name, state)
    path.write_text(json.dumps(definition, indent=2, ensure_ascii=False) + "\n")


def _with_behind(states: dict[str, Any], like: str, name: str, state: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for known, value in states.items():
        found[known] = value
        if known == like:
            found[name] = state
    return found


def with_blocks(template: str) -> str:
    """Return the template with each block behind that of `ec2-stack` which is of its kind."""
    for where, block in re.findall(r"# in (\w+)\n((?:(?!# in ).*\n)+)", _BLOCKS.read_text()):
        begin = 0 if where == "Resources" else template.index(f"\n  {where}:\n")
        (kind,) = re.findall(rf"# target {NAME}: (\w+)\n", block)
        end = f"# end of target ec2-stack: {kind}\n"
        place = template.index(end, begin) + len(end)
        template = f"{template[:place]}{block}{template[place:]}"
    return template


def _drawn(page: str) -> str:
    for line, more in _DRAWN.items():
        assert line in page
        page = page.replace(line, line + more)
    return _with_column(page)


def _with_column(page: str) -> str:
    """Return the page with the target's column in the table of events."""
    begin = page.index("| Event |")
    end = page.index("\n\n", begin)
    head, line, *rows = page[begin:end].splitlines()
    cells = {"`launched`": "`Create`", "`machine-over`": "`Delete`"}
    rows = [f"{row} {cells.get(row.split(' | ')[0].strip('| '), '')} |" for row in rows]
    table = [f"{head} `{NAME}`: the parameter |", f"{line}---|", *rows]
    return page[:begin] + "\n".join(table) + page[end:]


def _counted(page: str) -> str:
    (known,) = (one for one in _NUMBERS if f"{one} CloudWatch alarms" in page)
    more = _NUMBERS[_NUMBERS.index(known) + 1]
    return page.replace(f"{known} CloudWatch alarms", f"{more} CloudWatch alarms")
