"""`parris push`: shows what would change in the training bucket, asks, and uploads it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.folder import CONTROLLED_FOLDERS
from parris.validation.experiments import TRAINING_CONFIG_KEY
from parris.validation.merge_configs import merge_configs
from parris.validation.semantics import SCRIPT_KEY
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import describe_error
from parris_cli.errors import RefusedError
from parris_cli.pushing.changes import Change, find_change
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.overrides import parse_overrides
from parris_cli.starting.start_job import id_prefix
from parris_cli.terminal.output import print_json, print_text
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.starting.job_files import JobFiles
    from parris_cli.starting.job_options import JobOptions

_TEAM = "team"
# Other programs own them, or only functions write to them.
_RESERVED = CONTROLLED_FOLDERS | {"experiments", "sweeps", "servers", "inputs"}


@dataclass(frozen=True, slots=True)
class PushOptions:
    """Options of `parris push`. `folder` is None for one with the job's name in `team/`."""

    source: Path
    folder: str | None
    settings: tuple[str, ...]
    job: JobOptions
    deployment: str | None
    is_agreed: bool
    is_dry_run: bool
    is_json: bool


def push(options: PushOptions) -> int:
    """Upload a config and its files, and return the command's exit code."""
    screen = Screen(sys.stderr)
    try:
        files = find_job_files(options.source, parse_overrides(options.settings), options.job)
        folder = options.folder or f"{_TEAM}/{id_prefix(files.training_job_name)}"
        _check_folder(folder)
        account = real_account(options.deployment or find_deployment(""), Use.REACH)
        return _push(account, files, folder, options, screen)
    except KeyboardInterrupt:
        raise
    except Exception as err:  # whatever it is, the user learns what is uploaded
        is_refused = isinstance(err, RefusedError) and err.reason is not None
        screen.say(f"not pushed: {(message := describe_error(err))}")
        if options.is_json:
            print_json({"cause": message})
        return EXIT_REFUSED if is_refused else EXIT_FAILED


def _check_folder(folder: str) -> None:
    parts = folder.split("/")
    if parts[0] in _RESERVED or not all(parts) or ".." in parts:
        raise RefusedError(
            f"--to {folder}: expected a folder of the bucket such as {_TEAM}/iris, without a slash"
            f" at its ends and outside {', '.join(sorted(_RESERVED))}"
        )


def _push(
    account: Account, files: JobFiles, folder: str, options: PushOptions, screen: Screen
) -> int:
    local = files.local
    local.describe(screen)
    # The config comes last: whatever it names is there when a schedule reads it.
    changes = [
        find_change(account, key, path.read_bytes())
        for key, path in _named_files(files, folder).items()
    ]
    config = _config(files, folder, account.deployment.bucket)
    config_key = f"{folder}/{files.source.stem}.json"
    changes.append(find_change(account, config_key, _as_json(config)))
    uri = f"s3://{account.deployment.bucket}/{folder}/"
    screen.say(uri, "to")
    for change in changes:
        screen.say("\n".join(change.lines()), change.kind)
    is_needed = any(change.kind != "same" for change in changes)
    is_wanted = is_needed and not options.is_dry_run
    if is_wanted and not options.is_agreed:
        is_wanted = _is_agreed(changes)
    if is_wanted:
        local.upload(account)
        for change in changes:
            _upload(account, change)
    value: Payload = {
        "config_key": config_key,
        "uri": uri,
        "is_uploaded": is_wanted,
        "objects": [change.to_json() for change in changes],
    }
    if options.is_json:
        print_json(value)
    else:
        print_text("\n".join(_report(config_key, is_needed=is_needed, is_uploaded=is_wanted)))
    return EXIT_SUCCEEDED


def _named_files(files: JobFiles, folder: str) -> dict[str, Path]:
    """Return the files that the config names, by the keys that they get."""
    named = {}
    if files.script is not None:
        named[f"{folder}/{files.script.name}"] = files.script
    if files.training_config is not None:
        # In a folder of its own: it may have the name of the config.
        named[f"{folder}/config/{files.training_config.name}"] = files.training_config
    return named


def _config(files: JobFiles, folder: str, bucket: str) -> Payload:
    """Return the config with the keys of what is uploaded with it."""
    keys: Payload = dict(files.local.with_digests(bucket))
    if files.script is not None:
        keys[SCRIPT_KEY] = f"{folder}/{files.script.name}"
    if files.training_config is not None:
        keys[TRAINING_CONFIG_KEY] = f"{folder}/config/{files.training_config.name}"
    # A null removes what the team's config sets, so it stays.
    merged = merge_configs(files.config, files.overrides, keeps_nulls=True)
    return {**merged, **keys}


def _as_json(config: Payload) -> bytes:
    return (json.dumps(config, indent=2) + "\n").encode()


def _is_agreed(changes: list[Change]) -> bool:
    if not sys.stdin or not sys.stdin.isatty():
        raise RefusedError("nobody can be asked here; to upload without a question, add --yes")
    count = sum(change.kind != "same" for change in changes)
    print(f"Upload {count} of {len(changes)} files? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _upload(account: Account, change: Change) -> None:
    if change.kind != "same":
        account.s3.put_object(Bucket=account.deployment.bucket, Key=change.key, Body=change.after)


def _report(config_key: str, *, is_needed: bool, is_uploaded: bool) -> list[str]:
    if is_needed and not is_uploaded:
        return ["nothing was uploaded"]
    return [
        f"{'pushed' if is_uploaded else 'unchanged'}  {config_key}",
        f"  every night:  parris schedule add NAME 04:00 {config_key}",
        f'  now:          the execution input {{"config-key": "{config_key}"}}',
    ]
