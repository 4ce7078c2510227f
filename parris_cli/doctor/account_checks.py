"""The user's credentials and Region, and this machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from parris.durations import duration
from parris_cli.account.session import embedded_endpoint
from parris_cli.aws_errors import describe_error
from parris_cli.doctor.finding import Finding, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

# AWS refuses requests whose signature is 5 to 15 minutes off, depending on the service.
_MOST_CLOCK_SECONDS = 240
_WITHOUT_ACCOUNT = "without an account: parris run --embedded"


def check_account(session: boto3.Session) -> Iterator[Finding]:
    """Yield what is known of Region, credentials and clock; after a bad one nothing else."""
    region = session.region_name
    if region is None:
        remedy = "export AWS_REGION=eu-west-1, or run aws configure"
        yield bad("region", "none is set", f"{remedy}; {_WITHOUT_ACCOUNT}")
        return
    yield good("region", region)
    try:
        response = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as err:
        yield bad("credentials", describe_error(err), _remedy())
        return
    place = "an embedded AWS" if embedded_endpoint() else f"account {response['Account']}"
    yield good("credentials", f"{response['Arn'].rpartition(':')[2]} in {place}")
    yield check_clock(response["ResponseMetadata"]["HTTPHeaders"].get("date"), datetime.now(UTC))


def _remedy() -> str:
    endpoint = embedded_endpoint()
    if endpoint is not None:
        return f"start the embedded AWS of {endpoint} again: parris aws up"
    return f"aws configure, or aws sso login; {_WITHOUT_ACCOUNT}"


def check_clock(aws_date: str | None, now: datetime) -> Finding:
    """Return whether this machine's clock agrees with AWS's.

    Args:
        aws_date: the header Date of a response.
        now: by the clock of this machine.
    """
    try:
        difference = abs((now - parsedate_to_datetime(aws_date or "")).total_seconds())
    except ValueError:
        return good("clock", "AWS's response has no time to compare it with")
    if difference <= _MOST_CLOCK_SECONDS:
        return good("clock", f"within {max(1, round(difference))} s of AWS's")
    return bad(
        "clock",
        f"differs from AWS's by {duration(round(difference))}; AWS refuses requests then",
        "switch on network time: sudo timedatectl set-ntp true",
    )
