"""A process that searches lines with the config's regular expressions, for the runner.

Python cannot interrupt a search, and nothing else of its process runs meanwhile. So one that takes
for ever is ended with its process, and the runner lives on.

Standard input has one JSON object, name to expression, then one JSON list of lines per request.
Each is answered by one JSON list of objects, name to what its group has found.
"""

from __future__ import annotations

import json
import re
import sys


def search(patterns: dict[str, re.Pattern[str]], line: str) -> dict[str, str]:
    """Return what each expression's group has found in a line."""
    found = {name: pattern.search(line) for name, pattern in patterns.items()}
    return {name: one.group(1) for name, one in found.items() if one and one.group(1)}


def main() -> None:
    """Answer until nothing is asked any more."""
    texts = json.loads(sys.stdin.readline())
    patterns = {}
    for name, text in texts.items():
        patterns[name] = re.compile(text)
    for request in sys.stdin:
        print(json.dumps([search(patterns, line) for line in json.loads(request)]), flush=True)


if __name__ == "__main__":
    main()
