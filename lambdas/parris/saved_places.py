"""Where a target's service has saved results and log, if that is not the machine's own folder.

A target lists them as `saved` and `log` in its part of the record; the command downloads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in, part_of, parts_in
from parris.resource import LogPlace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.payloads import Payload

_SAVED, _LOG, _S3 = "saved", "log", "s3://"


@dataclass(frozen=True, slots=True)
class SavedPlace:
    """Files under an S3 URI that ends with a slash, and their folder among the results.

    `folder` is empty for the results themselves.
    """

    folder: str
    uri: str

    @property
    def bucket(self) -> str:
        """Return the bucket's name."""
        return self.uri.removeprefix(_S3).partition("/")[0]

    @property
    def prefix(self) -> str:
        """Return what the keys begin with."""
        return self.uri.removeprefix(_S3).partition("/")[2]


def saved_payload(places: Iterable[SavedPlace], log: LogPlace | None = None) -> Payload:
    """Return the places as a part of a target's details."""
    saved: Payload = {_SAVED: [{"folder": one.folder, "uri": one.uri} for one in places]}
    if log is not None:
        saved[_LOG] = {"group": log.group, "stream_prefix": log.stream_prefix}
    return saved


def saved_places_in(details: Payload) -> tuple[SavedPlace, ...]:
    """Return the places that a target's details list; none if it saves to the machine's folder."""
    found = (
        SavedPlace(maybe_text_in(one, "folder") or "", maybe_text_in(one, "uri") or "")
        for one in parts_in(details, _SAVED)
    )
    return tuple(one for one in found if one.uri.startswith(_S3) and one.uri.endswith("/"))


def log_place_in(details: Payload) -> LogPlace | None:
    """Return where the log is that a target's details name; None where a runner writes it."""
    found = part_of(details, _LOG)
    group, prefix = maybe_text_in(found, "group"), maybe_text_in(found, "stream_prefix")
    return LogPlace(group, prefix) if group and prefix else None
