"""The report on a download, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.plain_text import plain_line
from parris_cli.formatting import counted, shortened

if TYPE_CHECKING:
    from parris.payloads import Json, Payload
    from parris_cli.downloads.download import Download

_MOST_SHOWN = 10


def download_lines(download: Download) -> list[str]:
    """Return how many results were downloaded, and each one that is missing or renamed."""
    have = counted(download.count, "file")
    if download.count != download.total_count:
        have = f"{download.count} of {counted(download.total_count, 'file')}"
    lines = [f"  results  {download.folder} ({have})"]
    if download.problem:
        lines.append(f"  missing  {download.problem}; all saved results are in {download.uri}")
    lines += _some(
        [f"  skipped  {_name(one.name)}: {one.why}" for one in download.skipped], "skipped"
    )
    lines += _some(
        [f"  renamed  {_name(name)} is {_name(place)}" for name, place in download.renamed],
        "renamed",
    )
    return lines


def download_to_json(download: Download) -> Payload:
    """Return the parts of a report that describe the results."""
    missing: list[Json] = [{"name": one.name, "why": one.why} for one in download.skipped]
    return {
        "results": str(download.folder) if download.folder.is_dir() else None,
        "results_uri": download.uri,
        "results_missing": missing,
        "results_renamed": dict(download.renamed),
        "results_trouble": download.problem or None,
    }


def _name(name: str) -> str:
    # A key may have 1,024 bytes; --json prints all of it.
    return shortened(plain_line(name))


def _some(lines: list[str], what: str) -> list[str]:
    more = len(lines) - _MOST_SHOWN
    return lines if more <= 0 else [*lines[:_MOST_SHOWN], f"  {what}  ... and {more} more"]
