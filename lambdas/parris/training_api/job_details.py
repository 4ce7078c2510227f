"""What one job shows beside its progress: the end of its log, its metrics, its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.metric_rows import metric_rows
from parris.plain_text import plain_line

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.folder import JobFolder
    from parris.payloads import Json, Payload

_LOG_LINES = 100
_MOST_METRIC_BYTES, _MOST_POINTS, _MOST_METRICS = 4 << 20, 200, 10
_MOST_FILES, LINKS_SECONDS = 1000, 900


def log_tail(folder: JobFolder, aws: Gateways) -> tuple[str, ...]:
    """Return the last lines that the script of a job has printed, without control characters."""
    stream = f"{folder.training_job_name}/{folder.job_id}"
    return tuple(plain_line(line) for line in aws.trainer_log.last_lines(stream, _LOG_LINES))


def metric_series(folder: JobFolder, aws: Gateways) -> Payload:
    """Return some of the points of each metric, evenly spread: lists of `[step, value]`."""
    if not folder.machine_prefix:
        return {}
    body = aws.bucket.read(f"{folder.output_prefix}/metrics.jsonl", _MOST_METRIC_BYTES) or b""
    series: dict[str, list[Json]] = {}
    for row in metric_rows(body):
        if row.name in series or len(series) < _MOST_METRICS:
            points = series.setdefault(row.name, [])
            step = float(len(points)) if row.step is None else float(row.step)
            points.append([step, row.value])
    return {name: _thinned(points) for name, points in series.items()}


def result_files(folder: JobFolder, aws: Gateways) -> list[Payload]:
    """Return the first files of the results, each with a URL that reads it for some minutes."""
    if not folder.machine_prefix:
        return []
    prefix = folder.results_prefix
    return [
        {
            "name": one.key.removeprefix(prefix),
            "size_bytes": one.size_bytes,
            "url": aws.bucket.download_url(one.key, LINKS_SECONDS),
        }
        for one in aws.bucket.list_below(prefix, _MOST_FILES)
    ]


def _thinned(points: list[Json]) -> list[Json]:
    if len(points) <= _MOST_POINTS:
        return points
    last = len(points) - 1
    return [points[at * last // (_MOST_POINTS - 1)] for at in range(_MOST_POINTS)]
