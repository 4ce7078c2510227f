"""`python -m parris_cli` is the `parris` command."""

import sys

from parris_cli.main import run

if __name__ == "__main__":
    sys.exit(run())
