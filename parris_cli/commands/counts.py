"""Whole numbers on the command line."""


def parse_count(text: str) -> int:
    """Return a number of at least 1.

    Raises:
        ValueError: saying what was found.
    """
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise ValueError(f"found {text!r}, expected a whole number above 0")
    return int(text)
