"""Reads what `sam build` and `sam deploy` print: the phase, the resources, and what failed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

TABLE_COLUMNS = 2000
"""How wide sam's tables are to be, as COLUMNS: each resource and its reason then take one line."""


class SamPhase(StrEnum):
    """What sam, or CloudFormation for it, does."""

    BUILDING = "building"
    UPLOADING = "uploading"
    CREATING = "creating"
    UPDATING = "updating"
    ROLLING_BACK = "rolling back"


CHANGES_THE_STACK = frozenset({SamPhase.CREATING, SamPhase.UPDATING, SamPhase.ROLLING_BACK})


@dataclass(frozen=True, slots=True)
class FailedResource:
    """A resource that CloudFormation could not create, update or delete, and its reason."""

    name: str
    kind: str
    status: str
    reason: str

    def __str__(self) -> str:
        """Return what failed, and why."""
        done = {"CREATE": "created", "UPDATE": "updated", "DELETE": "deleted"}
        verb = done.get(self.status.partition("_")[0], "changed")
        return f"{self.name} ({self.kind}) could not be {verb}: {self.reason}"


_STACK = "AWS::CloudFormation::Stack"
_CHANGE = re.compile(r"(?P<sign>[+*-]) (?:Add|Modify|Delete) +(?P<name>\S+) +(?P<kind>\S+)")
_EVENT = re.compile(
    r"(?P<status>[A-Z]+(?:_[A-Z]+)*_(?:IN_PROGRESS|COMPLETE|FAILED)) +"
    r"(?P<kind>(?:AWS|Custom|Alexa)::\S+) +(?P<name>\S+)(?: +(?P<reason>.*))?"
)
_UPLOAD = re.compile(r"Uploading to (?P<name>\S+) +(?P<sent>\d+) / (?P<size>\d+)")
_CONTINUATION = re.compile(r" {4,}\S")
_CHANGES_FOLLOW = "CloudFormation stack changeset"
_CHANGE_SET_MADE = "Changeset created successfully"
# CloudFormation gives up on whatever else it was doing when one resource has failed.
_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled")
_RULE = re.compile(r"[-=]{8,}")
_SKIPPED = "File with same data already exists"


@dataclass(slots=True)
class SamOutput:
    """What sam has printed so far.

    `changes` are the signs (+, *, -) of the resources that change, by name; `changed` are those
    that are done; `latest` is the last resource of which there was news.
    """

    phase: SamPhase = SamPhase.BUILDING
    changes: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    latest: str = ""
    failures: list[FailedResource] = field(default_factory=list)
    error: str = ""
    lines: list[str] = field(default_factory=list)
    _sent: dict[str, int] = field(default_factory=dict)
    _is_reason_open: bool = False

    @property
    def sent_bytes(self) -> int:
        """Return how much has been uploaded."""
        return sum(self._sent.values())

    @property
    def cause(self) -> str:
        """Return why the deployment failed, empty where sam does not say."""
        own = [one for one in self.failures if not one.reason.startswith(_CONSEQUENCES)]
        return str((own or self.failures)[0]) if self.failures else self.error

    def begin(self, phase: SamPhase) -> None:
        """Note that the next command of sam begins."""
        self.phase = phase

    def read(self, line: str) -> None:
        """Take one line of sam's output."""
        text = line.rstrip()
        if upload := _UPLOAD.match(text.strip()):
            self._sent[upload["name"]] = int(upload["sent"])
            return  # a line for each piece of a file
        self._keep(text)
        if self._is_reason_open and _CONTINUATION.match(text):
            last = self.failures[-1]
            reason = f"{last.reason} {text.strip()}"
            self.failures[-1] = FailedResource(last.name, last.kind, last.status, reason)
            return
        self._is_reason_open = False
        if event := _EVENT.match(text):
            self._take_event(event)
        elif change := _CHANGE.match(text):
            self.changes[change["name"]] = change["sign"]
        elif text.startswith(_CHANGES_FOLLOW):
            self.changes.clear()
        elif text.startswith(_CHANGE_SET_MADE):
            is_new = set(self.changes.values()) == {"+"}
            self.phase = SamPhase.CREATING if is_new else SamPhase.UPDATING
        elif text.startswith("Error: "):
            self.error = text.removeprefix("Error: ")

    def _keep(self, text: str) -> None:
        # Rules as wide as the tables say nothing, and neither do the blanks of their columns.
        if text.strip() and not _RULE.fullmatch(text.strip()) and _SKIPPED not in text:
            self.lines.append(re.sub(r"(?<=\S) {3,}", "  ", text))

    def _take_event(self, event: re.Match[str]) -> None:
        status, kind, name = event["status"], event["kind"], event["name"]
        if kind == _STACK:
            if "ROLLBACK_IN_PROGRESS" in status:
                self.phase = SamPhase.ROLLING_BACK
            return
        self.latest = name
        if status.endswith("_FAILED"):
            reason = (event["reason"] or "").strip()
            self.failures.append(FailedResource(name, kind, status, reason))
            self._is_reason_open = True
        elif status.endswith("_COMPLETE") and name in self.changes:
            self.changed.add(name)
