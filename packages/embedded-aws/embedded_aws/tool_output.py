"""Extracts the reason from the output of a failed tool such as pip or make."""

_MOST_LINES = 4
_LONGEST_LINE = 300


def why_it_failed(output: str) -> str:
    """Return the lines that name an error, else the last lines, each cut if it is long."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "fatal"))]
    found = (errors or lines)[-_MOST_LINES:]
    shown = [line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..." for line in found]
    return "\n".join(shown)
