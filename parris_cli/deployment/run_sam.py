"""Runs `sam build` and `sam deploy`: phases on the screen, and sam's output where it failed."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

from parris_cli import formatting
from parris_cli.deployment.failed_deployment import advice
from parris_cli.deployment.sam import SamProcess, sam_environment
from parris_cli.deployment.sam_output import CHANGES_THE_STACK, TABLE_COLUMNS, SamPhase
from parris_cli.deployment.show_sam import SamScreen
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mypy_boto3_cloudformation.type_defs import StackTypeDef

    from parris_cli.terminal.screen import Screen

_MOST_LINES_SHOWN = 80
_INTERRUPTED = "interrupted; CloudFormation finishes what it has begun"


class SamRun:
    """One deployment.

    Args:
        stack_name: the stack that is deployed.
        deploy: the command of Parris that deploys it.
        find_stack: returns the stack as it is after a failure, None where it cannot be seen.
        screen: shows it.
    """

    def __init__(
        self,
        stack_name: str,
        deploy: str,
        find_stack: Callable[[], StackTypeDef | None],
        screen: Screen,
    ) -> None:
        self._stack_name, self._deploy = stack_name, deploy
        self._find_stack, self._screen = find_stack, screen
        self._shown = SamScreen(screen)

    def run(self, commands: Sequence[Sequence[str]], folder: Path) -> bool:
        """Build and deploy, and return whether that succeeded.

        Args:
            commands: of sam.
            folder: that of the project.
        """
        variables = {**sam_environment(), "COLUMNS": str(TABLE_COLUMNS), "PYTHONUNBUFFERED": "1"}
        for command in commands:
            phase = SamPhase.BUILDING if command[1] == "build" else SamPhase.UPLOADING
            process = SamProcess(command, folder, variables)
            try:
                self._shown.follow(phase, process.lines())
                status = process.status
            except KeyboardInterrupt:
                process.end()
                self._say_interrupted()
                return False
            if status != 0:
                self._say_failure(f"`sam {command[1]}` exited with {status}")
                return False
        output, taken = self._shown.output, formatting.duration(self._shown.seconds)
        count = len(output.changes)
        what = formatting.counted(count, "resource") if count else "no resource has changed"
        self._screen.say(f"{self._stack_name}: {what}, in {taken}", "deployed", Style.GOOD)
        return True

    def _say_interrupted(self) -> None:
        self._screen.end_status()
        if self._shown.output.phase not in CHANGES_THE_STACK:
            self._screen.say("interrupted; nothing was deployed")
            return
        stack = shlex.quote(self._stack_name)
        see = f"aws cloudformation describe-stacks --stack-name {stack}"
        self._screen.say(f"{_INTERRUPTED}. See how far it is:\n{see}")

    def _say_failure(self, what: str) -> None:
        """Show the cause and what to do first, then the output of sam."""
        output, screen = self._shown.output, self._screen
        cause = output.cause or f"{what} and gave no reason"
        screen.say(cause, "not deployed", Style.BAD)
        for sentence in advice(cause, self._find_stack(), self._deploy):
            screen.say(sentence, "what to do")
        left_out = len(output.lines) - _MOST_LINES_SHOWN
        more = f", without its first {left_out} lines (--verbose shows all)" if left_out > 0 else ""
        screen.say(f"{what}. Its output{more}:")
        screen.show_log_lines(output.lines[-_MOST_LINES_SHOWN:])


def run_with_its_output(commands: Sequence[Sequence[str]], folder: Path, screen: Screen) -> bool:
    """Build and deploy with sam's own output, and return whether that succeeded."""
    for command in commands:
        screen.say(f"sam {shlex.join(command[1:])}")
        try:
            done = subprocess.run(command, cwd=folder, env=sam_environment(), check=False)
        except KeyboardInterrupt:
            screen.say(_INTERRUPTED)
            return False
        if done.returncode != 0:
            screen.say(f"not deployed: `sam {command[1]}` exited with {done.returncode}, see above")
            return False
    return True
