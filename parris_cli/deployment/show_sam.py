"""Shows a deployment by sam on the screen: its phases, and how many resources are done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from parris_cli import formatting
from parris_cli.deployment.sam_output import CHANGES_THE_STACK, SamOutput, SamPhase
from parris_cli.formatting import counted
from parris_cli.terminal.progress import Gauge, Progress
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from parris_cli.terminal.screen import Screen

_WORDS = {
    SamPhase.BUILDING: "the functions and their layers",
    SamPhase.UPLOADING: "what has changed since the last deployment",
    SamPhase.ROLLING_BACK: "CloudFormation undoes what it has begun",
}
_CHANGES = {"+": "new", "*": "changed", "-": "removed"}


class SamScreen:
    """Follows the output of sam.

    Args:
        screen: shows it.
        clock: seconds, by any clock that goes forward.
    """

    def __init__(self, screen: Screen, clock: Callable[[], float] = time.monotonic) -> None:
        self.output = SamOutput()
        self._screen, self._clock = screen, clock
        self._began = self._phase_began = clock()
        self._shown: SamPhase | None = None
        self._progress_shown: Progress | None = None

    @property
    def seconds(self) -> int:
        """Return for how long it has been going on."""
        return int(self._clock() - self._began)

    def follow(self, phase: SamPhase, lines: Iterable[str | None]) -> None:
        """Show a command of sam until its output ends.

        Args:
            phase: what the command begins with.
            lines: its output; None while there is none.
        """
        self.output.begin(phase)
        self._show()
        for line in lines:
            if line is not None:
                self.output.read(line)
            self._show()
        self._screen.end_status()

    def _show(self) -> None:
        phase = self.output.phase
        if phase is not self._shown:
            self._shown, self._phase_began = phase, self._clock()
            self._screen.end_status()
            message = _WORDS.get(phase) or _describe_changes(self.output)
            style = Style.WARNING if phase is SamPhase.ROLLING_BACK else Style.PHASE
            self._screen.say(message, phase, style)
        progress = self._progress(phase)
        if progress != self._progress_shown:
            self._progress_shown = progress
            self._screen.show_status(progress, self._clock())

    def _progress(self, phase: SamPhase) -> Progress:
        taken = Gauge(formatting.duration(int(self._clock() - self._phase_began)))
        if phase in CHANGES_THE_STACK and phase is not SamPhase.ROLLING_BACK:
            done, all_of_them = len(self.output.changed), len(self.output.changes)
            fraction = done / all_of_them if all_of_them else None
            resources = Gauge(str(done), str(all_of_them), fraction, "resources", is_limit=False)
            return Progress(phase, (resources, taken), self.output.latest)
        if phase is SamPhase.UPLOADING and self.output.sent_bytes:
            return Progress(phase, (Gauge(formatting.data_size(self.output.sent_bytes)), taken))
        return Progress(phase, (taken,), self.output.latest)


def _describe_changes(output: SamOutput) -> str:
    counts = {
        word: sum(sign == one for one in output.changes.values()) for sign, word in _CHANGES.items()
    }
    if output.phase is SamPhase.CREATING:
        return counted(len(output.changes), "resource")
    parts = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"resources: {parts or 'none'}"
