"""`parris schedule add`, `list` and `remove`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, message_of
from parris.time_zones import find_zone
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.errors import RefusedError
from parris_cli.formatting import counted
from parris_cli.packing.upload_code import is_there
from parris_cli.reports.print_read import Found, print_read
from parris_cli.schedules.schedule import Schedule
from parris_cli.starting.overrides import parse_overrides
from parris_cli.starting.starter import STARTED_BY_KEY
from parris_cli.terminal.style import Span

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.account.clients import Account

# As the schedule of template.yaml: a job that could not be started within an hour is left out.
_RETRIES = {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 185}


@dataclass(frozen=True, slots=True)
class AddOptions:
    """Options of `parris schedule add`. `config_key` is None for the default job."""

    name: str
    expression: str
    config_key: str | None
    timezone: str
    settings: tuple[str, ...]
    deployment: str | None
    is_replacing: bool
    is_json: bool


def add_schedule(options: AddOptions) -> int:
    """Make a schedule, and return the command's exit code."""
    return print_read(
        lambda: _added(_account(options.deployment), options), is_json=options.is_json
    )


def list_schedules(deployment: str | None, *, is_json: bool) -> int:
    """Print the schedules of a deployment, and return the command's exit code."""
    return print_read(lambda: _listed(_account(deployment)), is_json=is_json)


def remove_schedule(name: str, deployment: str | None, *, is_json: bool) -> int:
    """Delete a schedule, and return the command's exit code."""
    return print_read(lambda: _removed(_account(deployment), name), is_json=is_json)


def _account(deployment: str | None) -> Account:
    return real_account(deployment or find_deployment(""), Use.REACH)


def _added(account: Account, options: AddOptions) -> Found:
    deployment, scheduler = account.deployment, account.client("scheduler")
    if not deployment.schedule_role:
        raise RefusedError(
            f"the deployment {deployment.name} has no role for schedules; update it: parris deploy",
            reason=None,
        )
    name = f"{deployment.name}-{options.name}"
    request = {
        "Name": name,
        "Description": f"Starts jobs of {deployment.name}; made by parris schedule add",
        "ScheduleExpression": options.expression,
        "ScheduleExpressionTimezone": options.timezone,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": deployment.state_machine_arn,
            "RoleArn": deployment.schedule_role,
            "Input": json.dumps(_input(account, options)),
            "RetryPolicy": _RETRIES,
        },
    }
    is_new = _put(scheduler, request, options)
    schedule = _read(scheduler, deployment.name, name)
    value: Payload = {**schedule.to_json(), "is_new": is_new}
    lines = [
        ("added" if is_new else "replaced") + f"  {schedule.line()}",
        f"remove it: parris schedule remove {schedule.name}",
    ]
    return Found(value, [(Span(line),) for line in lines])


def _input(account: Account, options: AddOptions) -> Payload:
    """Return what the schedule starts the workflow with."""
    config: Payload = {**parse_overrides(options.settings)}
    if options.config_key is not None:
        if not is_there(account, options.config_key):
            _refuse_zone(options.config_key)
            raise RefusedError(
                f"there is no {options.config_key} in s3://{account.deployment.bucket}/. Put the"
                " config and what belongs to it there first: parris push CONFIG"
            )
        config["config-key"] = options.config_key
    return {STARTED_BY_KEY: f"schedule {options.name}", **config}


def _refuse_zone(config_key: str) -> None:
    """Raise if a time zone was written where the config belongs."""
    try:
        find_zone(config_key)
    except ValueError:
        return
    raise RefusedError(
        f"{config_key} is a time zone, not a config in the bucket; write --timezone {config_key}"
    )


def _put(scheduler: Any, request: dict[str, Any], options: AddOptions) -> bool:
    """Create or replace a schedule, and return whether it is new."""
    try:
        scheduler.create_schedule(**request)
    except ClientError as err:
        if code_of(err) == "ValidationException":
            raise RefusedError(f"EventBridge refuses the schedule: {message_of(err)}") from err
        if code_of(err) != "ConflictException":
            raise
        if not options.is_replacing:
            raise RefusedError(
                f"there is a schedule {options.name} already; --replace changes it"
            ) from err
        scheduler.update_schedule(**request)
        return False
    return True


def _listed(account: Account) -> Found:
    found = _schedules(account)
    value: Payload = {
        "deployment": account.deployment.name,
        "schedules": [one.to_json() for one in found],
    }
    lines = [one.line() for one in found]
    lines.append(f"{counted(len(found), 'schedule')} of {account.deployment.name}")
    return Found(value, [(Span(line),) for line in lines])


def _schedules(account: Account) -> list[Schedule]:
    """Return the schedules that start the workflow and have the deployment's name before theirs."""
    deployment, scheduler = account.deployment, account.client("scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(NamePrefix=f"{deployment.name}-")
    names = [
        one["Name"]
        for page in pages
        for one in page["Schedules"]
        if one["Target"]["Arn"] == deployment.state_machine_arn
    ]
    return [_read(scheduler, deployment.name, name) for name in names]


def _read(scheduler: Any, deployment: str, name: str) -> Schedule:
    found = scheduler.get_schedule(Name=name)
    return Schedule(
        deployment=deployment,
        full_name=name,
        expression=found["ScheduleExpression"],
        timezone=found.get("ScheduleExpressionTimezone", "UTC"),
        is_enabled=found.get("State") != "DISABLED",
        execution_input=found["Target"].get("Input", "{}"),
    )


def _removed(account: Account, name: str) -> Found:
    found = {one.name: one for one in _schedules(account)}
    schedule = found.get(name)
    if schedule is None:
        there = f"; there are {', '.join(found)}" if found else ""
        raise RefusedError(f"there is no schedule {name}{there}")
    if schedule.is_of_template:
        raise RefusedError(
            f"{name} belongs to the deployment; remove it with: parris deploy --set"
            " ScheduleExpression="
        )
    account.client("scheduler").delete_schedule(Name=schedule.full_name)
    lines = [f"removed  {schedule.line()}", "Jobs that it has started are not affected."]
    return Found({"removed": schedule.to_json()}, [(Span(line),) for line in lines])
