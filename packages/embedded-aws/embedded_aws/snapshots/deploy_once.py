"""Deploys into an empty account: from a snapshot if there is one, otherwise from nothing."""

import pickle
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from moto.ec2.models import ec2_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from embedded_aws.clock_interface import Clock
from embedded_aws.context import Context
from embedded_aws.functions.early_start import note_imports
from embedded_aws.functions.invocation import function_pool, prepare_imports
from embedded_aws.metering.meter import meter_of
from embedded_aws.persistence.account_pickle import dump_account, load_account
from embedded_aws.private_files import NotPrivateError
from embedded_aws.resume_schedules import begin_all_schedules
from embedded_aws.snapshots.deployment_key import deployment_key
from embedded_aws.snapshots.file_digests import FileDigests
from embedded_aws.snapshots.snapshot_folder import (
    Snapshot,
    delete_snapshot,
    read_snapshot,
    write_snapshot,
)
from embedded_aws.snapshots.used_functions import start_used

# The deliveries of the stack's own events are over long before.
_REST_SECONDS = 10.0


def deploy_once(
    context: Context,
    folder: Path,
    template: Path,
    stack_name: str,
    parameters: Mapping[str, str],
    deploy: Callable[[], dict[str, str]],
) -> dict[str, str]:
    """Restore the deployed account, or deploy and keep a snapshot; return the stack's outputs.

    An account that anything was done in already is deployed into in any case.

    Args:
        context: the embedded AWS.
        folder: the folder of snapshots. If it cannot be used, everything is deployed.
        template: the template's file.
        stack_name: the stack's name.
        parameters: values for the template's parameters.
        deploy: deploys from nothing.
    """
    if meter_of(context).calls:
        return deploy()
    function_pool(context)  # it is needed in both cases
    digests = FileDigests(folder)
    key = deployment_key(context, template, stack_name, parameters, digests)
    digests.save()
    snapshot = read_snapshot(folder, key)
    began_at = context.clock.now()
    # A virtual clock may begin at any time: no timestamp of the account may be later than that.
    if snapshot is not None and snapshot.began_at <= began_at:
        if _restore(context, folder, snapshot, key):
            return dict(snapshot.outputs)
        delete_snapshot(folder, key)
    outputs = deploy()
    account = _dump(context)
    if account is not None:
        with suppress(OSError, NotPrivateError):
            took = context.clock.now() - began_at
            write_snapshot(folder, key, Snapshot(began_at, took, outputs, account))
    return outputs


def _restore(context: Context, folder: Path, snapshot: Snapshot, key: str) -> bool:
    """Return whether the account was restored; otherwise it is as empty as before."""
    with context.at_work("snapshot"):
        try:
            load_account(snapshot.account)
        except Exception:  # the file may contain anything
            moto_api_backend.reset()
            return False
        imports = prepare_imports(context)
    if imports is not None:
        with suppress(OSError, NotPrivateError):
            note_imports(folder, imports)
    start_used(context, folder, key)
    if context.clock.is_virtual:
        _let_pass(context.clock, snapshot.took)
    with context.at_work("snapshot"):
        begin_all_schedules()
    return True


def _let_pass(clock: Clock, duration: timedelta) -> None:
    """Advance a virtual clock by what the deployment took, as every other deployment does."""
    is_over = clock.make_event()
    clock.call_at(clock.now() + duration, is_over.set)
    clock.run_while(lambda: not is_over.is_set())


def _dump(context: Context) -> bytes | None:
    """Return the account; None while anything happens in it, or if it cannot be written."""
    if context.await_rest(_REST_SECONDS):
        return None
    with context.work.changed:  # nothing begins meanwhile
        if not context.work.is_over() or _has_more_than_a_deployment():
            return None
        try:
            return dump_account()
        except (pickle.PickleError, TypeError):
            return None


def _has_more_than_a_deployment() -> bool:
    """Return whether anything has run: its time would be wrong in another account."""
    machines: Any = stepfunctions_parser_backends
    executions = [
        one for _, _, backend in machines.iter_backends() for one in backend._get_executions()
    ]
    computing: Any = ec2_backends
    instances = [
        one for _, _, backend in computing.iter_backends() for one in backend.all_instances()
    ]
    return bool(executions or instances)
