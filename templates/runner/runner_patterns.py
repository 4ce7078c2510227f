"""A process that searches lines with the config's regular expressions, for the runner.

Python cannot interrupt a search, and no other thread of the process runs meanwhile. So a search
that takes too long is ended with this process, and the runner continues.

Standard input has one JSON object with the expressions by name, then one JSON list of lines per
request. Each response is one JSON list of objects with the matches by name.
"""

from __future__ import annotations

import json
import re
import sys


def search(patterns: dict[str, re.Pattern[str]], line: str) -> dict[str, str]:
    """Return what the group of each expression matches in a line."""
    found = {name: pattern.search(line) for name, pattern in patterns.items()}
    return {name: one.group(1) for name, one in found.items() if one and one.group(1)}


def main() -> None:
    """Respond until the input ends."""
    texts = json.loads(sys.stdin.readline())
    patterns = {}
    for name, text in texts.items():
        patterns[name] = re.compile(text)
    for request in sys.stdin:
        print(json.dumps([search(patterns, line) for line in json.loads(request)]), flush=True)


if __name__ == "__main__":
    main()
