"""`make smoke`: Parris in a real account, for some twenty minutes and some five cents."""

import os
import signal
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tests.smoke.smoke import SmokeError, SmokeOptions, check_account, new_stack_name, run_smoke


def main() -> int:
    """Run the suite and return its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_account(os.environ.get("PARRIS_SMOKE_ACCOUNT"), _make_client)
        run_smoke(_options(), _make_client, _say)
    except KeyboardInterrupt:
        _say("interrupted")
        return 1
    except (SmokeError, BotoCoreError, ClientError, AssertionError) as err:
        _say(f"FAILED: {err}")
        return 1
    _say("all is well")
    return 0


def _options() -> SmokeOptions:
    given = os.environ.get("PARRIS_SMOKE_INSTANCE_TYPE")
    name = new_stack_name()
    return SmokeOptions(name, instance_types=(given,)) if given else SmokeOptions(name)


def _make_client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


def _say(text: str) -> None:
    print(f"smoke  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
