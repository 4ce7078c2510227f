"""What strikes a run at a state: the columns of the matrix whose rows are states."""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from embedded_aws import EmbeddedAws
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.call_faults import CallFault
from embedded_aws.fault_injection.entered_state import EnteredState
from tests.faults.batch_jobs import deregister_definitions, terminate_machines
from tests.faults.calls import CallKey, CallWatcher
from tests.faults.definitions import FUNCTIONS_OF_STATES, machine_named
from tests.faults.training_jobs import delete_role, stop_training_jobs

NOTHING_THERE = "there is no machine, or nothing around it, in this state"
_JOB = re.compile(r"cell-\d{4}")


class Blow(StrEnum):
    """What strikes a run when it enters a state, or a second later where the state waits."""

    ABORTED = "aborted"
    TIMED_OUT = "timed-out"
    INSTANCE_TERMINATED = "instance-terminated"
    STACK_DELETED = "stack-deleted"
    FUNCTION_KILLED = "function-killed"


class StateKey(NamedTuple):
    """One row: a state of `TrainingStateMachine` or of `CleanupStateMachine`."""

    machine: str
    state: str

    def __str__(self) -> str:
        return f"{self.machine}/{self.state}"


def why_no_blow(row: StateKey, blow: Blow) -> str | None:
    """Return why a blow cannot strike at a state, None where it can."""
    if blow is Blow.FUNCTION_KILLED and row not in FUNCTIONS_OF_STATES:
        return "no function is at work in this state"
    return None


class StateWatcher:
    """Sees the states of all jobs, and strikes the job of a cell at its state, once."""

    def __init__(self, aws: EmbeddedAws, clock: VirtualClock, calls: CallWatcher) -> None:
        self.blows: dict[str, tuple[StateKey, Blow]] = {}
        self.struck: dict[str, str] = {}
        self._aws, self._clock, self._calls = aws, clock, calls
        self._seen: dict[str, dict[StateKey, None]] = defaultdict(dict)
        self._changing = threading.Lock()

    def __call__(self, entered: EnteredState) -> None:
        found = _JOB.search(f"{entered.execution_arn} {json.dumps(entered.execution_input)}")
        if found is None:
            return
        job, key = found[0], StateKey(machine_named(entered.machine), entered.name)
        with self._changing:
            self._seen[job][key] = None
            row, blow = self.blows.get(job, (None, Blow.ABORTED))
            if row != key or job in self.struck:
                return
            self.struck[job] = NOTHING_THERE
        if entered.waits:
            moment = self._clock.now() + timedelta(seconds=1)
            self._clock.call_at(moment, lambda: self._strike(job, blow, entered))
        else:
            self._strike(job, blow, entered)

    def states_of(self, job: str) -> tuple[StateKey, ...]:
        """Return the states that were entered for a job, in order."""
        with self._changing:
            return tuple(self._seen[job])

    def _strike(self, job: str, blow: Blow, entered: EnteredState) -> None:
        if _BLOWS[blow](self, job, entered):
            self.struck[job] = ""

    def _abort(self, job: str, entered: EnteredState) -> bool:
        steps = self._aws.client("stepfunctions")
        steps.stop_execution(executionArn=entered.execution_arn, cause="by hand")
        return True

    def _time_out(self, job: str, entered: EnteredState) -> bool:
        entered.time_out()
        return True

    def _terminate(self, job: str, entered: EnteredState) -> bool:
        ec2 = self._aws.client("ec2")
        found = ec2.describe_instances(Filters=[{"Name": "tag:parris:job", "Values": [job]}])
        ids = [
            one["InstanceId"]
            for group in found["Reservations"]
            for one in group["Instances"]
            if one["State"]["Name"] in ("pending", "running", "stopped")
        ]
        if ids:
            ec2.terminate_instances(InstanceIds=ids)
        others = (stop_training_jobs(self._aws, job), terminate_machines(self._aws, job))
        return any(others) or bool(ids)

    def _delete(self, job: str, entered: EnteredState) -> bool:
        stacks = self._aws.client("cloudformation")
        found = [
            one["StackId"]
            for one in stacks.describe_stacks()["Stacks"]
            if {"Key": "parris:job", "Value": job} in one.get("Tags", [])
        ]
        for stack_id in found:
            stacks.delete_stack(StackName=stack_id)
        others = (delete_role(self._aws, job), deregister_definitions(self._aws, job))
        return any(others) or bool(found)

    def _kill(self, job: str, entered: EnteredState) -> bool:
        function = FUNCTIONS_OF_STATES[StateKey(machine_named(entered.machine), entered.name)]
        before, killed = self._calls.strikes.get(job), list[CallKey]()

        def strike(key: CallKey, attempt: int) -> CallFault | None:
            if key.caller == function and not killed:
                killed.append(key)
                return CallFault.KILLED_BEFORE
            return before(key, attempt) if before is not None else None

        self._calls.strikes[job] = strike
        return True


_Strike = Callable[[StateWatcher, str, EnteredState], bool]
_BLOWS: dict[Blow, _Strike] = {
    Blow.ABORTED: StateWatcher._abort,
    Blow.TIMED_OUT: StateWatcher._time_out,
    Blow.INSTANCE_TERMINATED: StateWatcher._terminate,
    Blow.STACK_DELETED: StateWatcher._delete,
    Blow.FUNCTION_KILLED: StateWatcher._kill,
}
