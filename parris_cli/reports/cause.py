"""The lines of the cause of a job's end, for people."""

from parris.reasons import EndReason


def cause_lines(cause: str, reason: str | None) -> list[str]:
    """Return the lines of a cause, the first of which stands behind a label.

    Those of the script's log are marked: none must look like a line of ours, and no mark of a
    traceback is wrapped. Violations of a config are our own words, which are wrapped between words.
    """
    head, *rest = cause.splitlines() or [""]
    is_own = reason == EndReason.CONFIG_REJECTED
    return [head, *(line if is_own else f"| {line}" for line in rest)]
