"""`parris estimate`: what a job can cost at most and when it would end, without starting it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from parris.aws.translate_errors import translates_errors
from parris.errors import ConfigInvalidError, ParrisError
from parris.payloads import Payload, part_of
from parris.reasons import EndReason
from parris.timestamps import format_timestamp
from parris.validation.merge_configs import merge_configs
from parris_cli.account.connect import chosen_account
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.errors import RefusedError
from parris_cli.reports.quote import format_quote
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.job_options import NO_OPTIONS, JobOptions
from parris_cli.starting.overrides import parse_overrides
from parris_cli.terminal.output import print_json, print_text
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from pathlib import Path

    from parris_cli.account.clients import Account
    from parris_cli.starting.job_files import JobFiles

_NOTHING_STARTED = "estimate"


@dataclass(frozen=True, slots=True)
class EstimateOptions:
    """Options of `parris estimate`. `deployment` is used if `is_embedded` is false."""

    source: Path | None
    is_embedded: bool
    deployment: str
    settings: tuple[str, ...]
    is_json: bool
    job: JobOptions = NO_OPTIONS


def estimate_job(options: EstimateOptions) -> int:
    """Print the quote of a config and return the command's exit code: 2 if it has violations."""
    screen = Screen(sys.stderr)
    try:
        quote = _quote(options, screen)
    except RefusedError as err:
        screen.say(f"no estimate: {err}")
        if options.is_json:
            print_json({"reason": err.reason, "cause": str(err)})
        return EXIT_FAILED if err.reason is None else EXIT_REFUSED
    if options.is_json:
        print_json(quote)
    else:
        print_text("\n".join(format_quote(quote)))
    return EXIT_SUCCEEDED


def _quote(options: EstimateOptions, screen: Screen) -> Payload:
    overrides = parse_overrides(options.settings)
    files = find_job_files(options.source, overrides, options.job)
    reaching = chosen_account(options.deployment, screen, is_embedded=options.is_embedded)
    with reaching as account:
        try:
            if options.is_embedded:
                deploy_environment(account, files, screen)
                files = with_stand_in_image(account, files, screen)
            return quote_of(account, files)
        except ParrisError as err:
            raise RefusedError(str(err), reason=None) from err


@translates_errors
def quote_of(account: Account, files: JobFiles) -> Payload:
    """Return the quote that the deployment's own ValidateConfig makes for a config.

    Raises:
        RefusedError: with all violations of the config, or when the function failed.
    """
    bucket = account.deployment.bucket
    overrides = merge_configs(files.overrides, files.local.without_upload(bucket), keeps_nulls=True)
    event: Payload = {
        "config": merge_configs(files.config, overrides, keeps_nulls=True),
        "stands_alone": True,
        "job_id": _NOTHING_STARTED,
        "execution_arn": _NOTHING_STARTED,
        "submitted_at": format_timestamp(datetime.now(UTC)),
        "is_estimate": True,
    }
    response = account.functions.invoke(
        FunctionName=account.deployment.validate_function, Payload=json.dumps(event).encode()
    )
    result = cast("Payload", json.loads(response["Payload"].read()))
    if "FunctionError" not in response:
        return part_of(result, "quote")
    is_violation = result.get("errorType") == ConfigInvalidError.__name__
    reason = EndReason.CONFIG_REJECTED if is_violation else None
    raise RefusedError(str(result.get("errorMessage", result)), reason=reason)
