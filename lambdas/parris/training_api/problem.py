"""Problem details of HTTP responses, as RFC 9457 has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Payload

_TYPES = "https://parris.invalid/problems/"


class Problem(Exception):
    """Why a request has no result.

    Args:
        status: the status of the response.
        name: names the kind of the problem, in its type.
        title: describes the kind.
        detail: describes this problem.
        extra: further members of the response.
    """

    def __init__(
        self, status: int, name: str, title: str, detail: str, extra: Payload | None = None
    ) -> None:
        """Keep what the response says."""
        super().__init__(f"{title}: {detail}")
        self.status = status
        self._name = name
        self._title = title
        self.detail = detail
        self._extra = extra or {}

    def to_payload(self) -> Payload:
        """Return the problem as JSON."""
        return {
            "type": f"{_TYPES}{self._name}",
            "title": self._title,
            "status": self.status,
            "detail": self.detail,
            **self._extra,
        }


def not_found(detail: str) -> Problem:
    """Return the problem of a thing that does not exist."""
    return Problem(404, "not-found", "There is no such thing", detail)


def unreadable(detail: str) -> Problem:
    """Return the problem of a request that cannot be read."""
    return Problem(400, "unreadable", "The request cannot be read", detail)


def busy(detail: str, job_id: str) -> Problem:
    """Return the problem of a kind of task that trains already."""
    return Problem(409, "busy", "A training is running", detail, {"job_id": job_id})


def violation(path: str, message: str) -> Payload:
    """Return a violation outside the data set, which has no rows."""
    return {"path": path, "row": None, "column": None, "message": message}


def invalid(violations: list[Payload], count: int) -> Problem:
    """Return the problem of a request with violations.

    Args:
        violations: those that are listed.
        count: how many there are.
    """
    detail = f"{count} found; {len(violations)} listed" if count > len(violations) else ""
    return Problem(
        422,
        "invalid",
        "The request has violations",
        detail or f"{count} found",
        {"violations": list(violations), "violation_count": count},
    )
