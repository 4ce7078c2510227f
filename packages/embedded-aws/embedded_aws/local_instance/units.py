"""Parses the systemd unit files that a machine's service manager supports."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

_IGNORED = """
    Description Documentation Wants After Before Requires BindsTo PartOf DefaultDependencies
    Conflicts RemainAfterExit StandardInput SyslogIdentifier AccuracySec RandomizedDelaySec
    WakeSystem WantedBy RequiredBy Also Alias OOMPolicy OOMScoreAdjust DynamicUser
    StateDirectoryMode
"""
_MODELLED = """
    Type ExecStart WorkingDirectory Environment KillMode KillSignal TimeoutStopSec TimeoutSec
    SuccessAction FailureAction ConditionPathExists Unit OnCalendar OnActiveSec OnBootSec Persistent
    StandardOutput StandardError Restart RestartSec EnvironmentFile StateDirectory IPAddressDeny
"""
_SECONDS_PER_UNIT = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec"), 0.001),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604800.0),
}
_TIME_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)")


class UnitError(Exception):
    """A unit does not exist or cannot be parsed; the text is shown to the caller."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit file: each directive with all its values, in the file's order."""

    name: str
    directives: dict[str, list[str]] = field(default_factory=dict)

    def last(self, directive: str, default: str = "") -> str:
        """Return the effective value of a directive that allows only one."""
        return (self.directives.get(directive) or [default])[-1]

    def is_true(self, directive: str) -> bool:
        """Return whether a directive is on."""
        return self.last(directive).lower() in ("1", "yes", "true", "on")

    def seconds(self, directive: str, default: str) -> float:
        """Return a duration in seconds; infinity has no end."""
        return parse_seconds(self.last(directive, default))

    def commands(self) -> list[list[str]]:
        """Return the commands of ExecStart, without a leading "-" or "@"."""
        found = [shlex.split(plain_text(line)) for line in self.directives.get("ExecStart", [])]
        return [[words[0].lstrip("-@:+!"), *words[1:]] for words in found if words]

    def environment(self) -> dict[str, str]:
        """Return the variables that the unit sets by itself."""
        words = [
            word
            for line in self.directives.get("Environment", [])
            for word in shlex.split(plain_text(line))
        ]
        return dict(word.split("=", 1) for word in words if "=" in word)

    def is_restarted(self, is_good: bool) -> bool:
        """Return whether the service starts again after such an end."""
        wanted = self.last("Restart", "no")
        return wanted == "always" or wanted == ("on-success" if is_good else "on-failure")

    def is_on_console(self, directive: str) -> bool:
        """Return whether standard output or error goes to the console, as it does by default."""
        value = self.last(directive)
        if directive == "StandardError" and value in ("", "inherit"):
            return self.is_on_console("StandardOutput")
        return value not in ("journal", "null")

    def is_wanted(self) -> bool:
        """Return whether the file's conditions allow the unit to start."""
        for condition in self.directives.get("ConditionPathExists", []):
            path = plain_text(condition)
            if path.startswith("!") == Path(path.removeprefix("!")).exists():
                return False
        return True

    def not_modelled(self) -> list[str]:
        """Return the directives that this service manager does not support."""
        return sorted(set(self.directives) - {*_MODELLED.split(), *_IGNORED.split()})


def read_unit(folder: Path, name: str) -> Unit:
    """Return a unit by its file's name.

    Raises:
        UnitError: when there is no such file.
    """
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise UnitError(f"Unit {name} not found.") from error
    return parse_unit(name, text)


def parse_unit(name: str, text: str) -> Unit:
    """Return the unit that a file's text describes."""
    directives: dict[str, list[str]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if not stripped or stripped[0] in "#;[":
            continue
        directive, _, value = stripped.partition("=")
        values = directives.setdefault(directive.strip(), [])
        # An empty value resets the values before it.
        if value.strip():
            values.append(value.strip())
        else:
            values.clear()
    return Unit(name, directives)


def parse_seconds(text: str) -> float:
    """Return a duration such as 90, 5min or "1h 30m" in seconds.

    Raises:
        UnitError: when it is not a duration.
    """
    if text.strip() == "infinity":
        return float("inf")
    total, position = 0.0, 0
    while position < len(text.rstrip()):
        part = _TIME_PART.match(text, position)
        if part is None or part[2] not in _SECONDS_PER_UNIT:
            raise UnitError(f"{text!r} is not a duration")
        total += float(part[1]) * _SECONDS_PER_UNIT[part[2]]
        position = part.end()
    return total


def plain_text(text: str) -> str:
    """Return a value whose percent signs are doubled, as in unit files."""
    return text.replace("%%", "%")
