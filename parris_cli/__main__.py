"""`python -m parris_cli` is the `parris` command."""

import sys

from parris_cli.main import main

if __name__ == "__main__":
    sys.exit(main())
