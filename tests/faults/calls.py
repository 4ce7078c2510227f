"""The calls that a job's run makes, each by who makes it, what it asks for and the how-manieth."""

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from embedded_aws.fault_injection.aws_call import AwsCall
from embedded_aws.fault_injection.call_faults import CallFault

MACHINES = ("TrainingStateMachine", "CleanupStateMachine")
SWEEP_MACHINE = "SweepStateMachine"
"""Runs the jobs of a sweep: its cells are those of sweep_cells.py."""
ENGINE = (*MACHINES, SWEEP_MACHINE)
INSTANCE, CLOUDFORMATION = "Instance", "CloudFormation"
CONTAINER = "Container"
"""The bootstrap and the runner in a container of AWS Batch."""
SAGEMAKER = "SageMaker"
"""What SageMaker does with the role of a training job."""
NO_FUNCTIONS = (*ENGINE, INSTANCE, CONTAINER, CLOUDFORMATION, SAGEMAKER)
_JOB = re.compile(r"cell-\d{4}")
_INSTANCE_ID = re.compile(r"i-[0-9a-f]{17}")
_TASK_ID = re.compile(r"[0-9a-f]{32}")
_TASK_FOLDER = re.compile(rf"AROA\w+(?::|%3A)({_TASK_ID.pattern})")
_FUNCTION = re.compile(r"([A-Z][A-Za-z]+)Function")
_INVOKES = "lambda:Invoke:"
# So that a cell can be named to a shell as it is.
_UNQUOTED = str.maketrans("(", ":", ")")
_READS = ("Get", "Describe", "List", "Head")


@dataclass(frozen=True, slots=True, order=True)
class CallKey:
    """One row: `caller` is a function, a state machine, an instance or one of AWS's services."""

    caller: str
    asks: str
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that `str` has written."""
        caller, asks, number = text.split("/")
        return cls(caller, asks, int(number))

    @property
    def is_read(self) -> bool:
        """Return whether the call changes nothing."""
        return self.asks.partition(":")[2].startswith(_READS)

    @property
    def function(self) -> str | None:
        """Return the function that calls, or is invoked by this call."""
        if self.asks.startswith(_INVOKES):
            return self.asks.removeprefix(_INVOKES)
        return None if self.caller in NO_FUNCTIONS else self.caller

    def __str__(self) -> str:
        return f"{self.caller}/{self.asks}/{self.number}"


Strike = Callable[[CallKey, int], CallFault | None]
"""What goes wrong with a call, by its key and the number of the try, from 1 on."""


class CallWatcher:
    """Sees all calls of all jobs: numbers them, keeps them, and lets those of a cell go wrong.

    A job is known by its name, `cell-` and four digits; other jobs' calls are never struck.
    """

    def __init__(self) -> None:
        self.strikes: dict[str, Strike] = {}
        self.struck: Counter[str] = Counter()
        self._seen: dict[str, dict[CallKey, None]] = defaultdict(dict)
        self._numbers: Counter[tuple[str, str, str]] = Counter()
        self._tries: Counter[str] = Counter()
        self._keys: dict[str, CallKey] = {}
        self._owners: dict[str, str] = {}
        self._changing = threading.Lock()

    def __call__(self, call: AwsCall) -> CallFault | None:
        with self._changing:
            job = self._job_of(call)
            if job is None:
                return None
            key = self._key_of(job, call)
            self._tries[call.call_id] += 1
            self._seen[job][key] = None
            strike = self.strikes.get(job)
            fault = strike(key, self._tries[call.call_id]) if strike is not None else None
            self.struck[job] += fault is not None
            return fault

    def calls_of(self, job: str) -> tuple[CallKey, ...]:
        """Return the calls of a job, in the order in which they came first."""
        with self._changing:
            return tuple(self._seen[job])

    def _job_of(self, call: AwsCall) -> str | None:
        # The event first: who is at work for one job may ask about the stack of another.
        text = f"{call.event} {call.request}"
        found = _JOB.search(text)
        # The caller of a job on a server is its attempt, which begins with the server's id.
        named = f"{text} {call.caller}"
        ids = {*_INSTANCE_ID.findall(named), *_TASK_FOLDER.findall(text)}
        if caller_of(call) in (INSTANCE, CONTAINER):
            ids.add(call.caller)
        if found is not None:
            # Calls that name an instance or a task together with a job are about the job's.
            self._owners.update(dict.fromkeys(ids, found[0]))
            return found[0]
        return next((self._owners[one] for one in ids if one in self._owners), None)

    def _key_of(self, job: str, call: AwsCall) -> CallKey:
        if call.call_id not in self._keys:
            caller, asks = caller_of(call), _asks_of(call)
            self._numbers[job, caller, asks] += 1
            self._keys[call.call_id] = CallKey(caller, asks, self._numbers[job, caller, asks])
        return self._keys[call.call_id]


def caller_of(call: AwsCall) -> str:
    """Return the caller, by the names of the template."""
    if call.caller == "StepFunctions":
        return next((name for name in ENGINE if name in call.role), call.role)
    if _INSTANCE_ID.match(call.caller):
        return INSTANCE
    if _TASK_ID.fullmatch(call.caller):
        return CONTAINER
    function = _FUNCTION.search(call.caller)
    return function[1] if function is not None else call.caller


def _asks_of(call: AwsCall) -> str:
    asks = f"{call.service}:{call.operation}"
    function = _FUNCTION.search(call.request) if call.operation == "Invoke" else None
    if function is not None:
        return f"{_INVOKES}{function[1]}"
    return asks.translate(_UNQUOTED)


def rows_of(calls: Mapping[CallKey, None] | tuple[CallKey, ...]) -> tuple[CallKey, ...]:
    """Return the first, the second and the last call of each kind: those between are like it."""
    lasts: dict[tuple[str, str], int] = {}
    for key in calls:
        lasts[key.caller, key.asks] = max(lasts.get((key.caller, key.asks), 0), key.number)
    return tuple(key for key in calls if key.number in (1, 2, lasts[key.caller, key.asks]))
