"""What an upload would change in the training bucket."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris_cli.experiments.compare import flattened
from parris_cli.formatting import counted, data_size, shortened

if TYPE_CHECKING:
    from parris.payloads import Json, Payload
    from parris_cli.account.clients import Account

_LONGEST_VALUE = 60
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One object of the bucket. `before` is None if it is not there yet."""

    key: str
    before: bytes | None
    after: bytes

    @property
    def kind(self) -> str:
        """Return `new`, `changed` or `same`."""
        if self.before is None:
            return "new"
        return "same" if self.before == self.after else "changed"

    def lines(self) -> list[str]:
        """Return what changes, for people: the object, and below it its parts."""
        name = self.key.rpartition("/")[2]
        if self.kind == "new":
            return [f"{name} ({data_size(len(self.after))})"]
        if self.kind == "same":
            return [name]
        parts = _changed_values(self.before or b"", self.after)
        if parts is None:
            return [f"{name}: {_changed_lines(self.before or b'', self.after)}"]
        return [name, *(f"  {part}" for part in parts)]

    def to_json(self) -> Payload:
        """Return it for programs."""
        return {"key": self.key, "change": self.kind, "size_bytes": len(self.after)}


def find_change(account: Account, key: str, after: bytes) -> Change:
    """Return what an upload of these bytes changes."""
    try:
        found = account.s3.get_object(Bucket=account.deployment.bucket, Key=key)
    except ClientError as err:
        if code_of(err) not in ("NoSuchKey", "404"):
            raise
        return Change(key, None, after)
    return Change(key, found["Body"].read(), after)


def _changed_values(before: bytes, after: bytes) -> list[str] | None:
    """Return the values of two configs that differ, None if these are no JSON objects."""
    try:
        old, new = json.loads(before), json.loads(after)
    except ValueError:
        return None
    if not isinstance(old, dict) or not isinstance(new, dict):
        return None
    values, others = flattened(old), flattened(new)
    paths = sorted({*values, *others})
    return [
        f"{path}: {_shown(values.get(path, _MISSING))} -> {_shown(others.get(path, _MISSING))}"
        for path in paths
        if values.get(path, _MISSING) != others.get(path, _MISSING)
    ] or ["the same values, written otherwise"]


def _shown(value: Json | object) -> str:
    if value is _MISSING:
        return "-"
    return shortened(json.dumps(value, ensure_ascii=False), _LONGEST_VALUE)


def _changed_lines(before: bytes, after: bytes) -> str:
    try:
        old, new = before.decode().splitlines(), after.decode().splitlines()
    except UnicodeDecodeError:
        return f"{data_size(len(before))} -> {data_size(len(after))}"
    changes = [line[0] for line in difflib.ndiff(old, new)]
    return f"{counted(changes.count('+'), 'line')} added, {changes.count('-')} removed"
