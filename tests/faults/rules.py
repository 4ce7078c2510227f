"""What must hold after a fault, by what it strikes and for how long: the expectations, as rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from parris.reasons import SUCCESSFUL_REASONS, EndReason
from tests.faults.calls import CLOUDFORMATION, CONTAINER, INSTANCE, SAGEMAKER, CallKey
from tests.faults.states import Blow, StateKey

# Counted from the job's submission. docs/fault-matrix.md says the same.
MACHINE_IS_OVER_AFTER = timedelta(hours=2)
"""Of any fault: the limit of half an hour, the hour of an outage, and half an hour to end. The
machine's own timer and its script's end need nothing of AWS."""
ALL_IS_OVER_AFTER = timedelta(hours=1)
"""Of a fault that passes: the limit of half an hour, and as long for retries and for the end."""
ALL_IS_REAPED_AFTER = timedelta(hours=3)
"""For what only the hourly reaper finds: two of its runs, and a cleanup."""
ALL_IS_TOLD_AFTER = timedelta(hours=27)
"""Of a fault that lasts: the hour of an outage, the day of trying to end, and two hours."""

ALL_IS_TOLD_AGAIN_AFTER = timedelta(hours=52)
"""Of a fault that lasts and a cleanup that was cut short at the end of its day: the reaper's next
look begins another one, which has a day of its own."""


class Phase(StrEnum):
    """What a run is at when a call is made."""

    VALIDATING = "validating"
    LAUNCHING = "launching"
    WATCHING = "watching"
    ENDING = "ending"
    RECORDING = "recording"
    CLEANING = "cleaning"
    TRAINING = "training"
    TELLING = "telling"


_PHASES = {
    "ValidateConfig": Phase.VALIDATING,
    "CreateStack": Phase.LAUNCHING,
    "CreateTrainingJob": Phase.LAUNCHING,
    "SubmitBatchJob": Phase.LAUNCHING,
    "StartServer": Phase.LAUNCHING,
    CLOUDFORMATION: Phase.LAUNCHING,
    "WaitForRunning": Phase.LAUNCHING,
    "PollTerminationCondition": Phase.WATCHING,
    "Wake": Phase.WATCHING,
    "TrainingStateMachine": Phase.WATCHING,
    "StopOrDeleteStack": Phase.ENDING,
    "StopTrainingJob": Phase.ENDING,
    "TerminateBatchJob": Phase.ENDING,
    "ReleaseServer": Phase.ENDING,
    "ConfirmEnded": Phase.ENDING,
    "RecordOutcome": Phase.RECORDING,
    "FindRun": Phase.CLEANING,
    "CleanupStateMachine": Phase.CLEANING,
    "ReapOrphans": Phase.CLEANING,
    INSTANCE: Phase.TRAINING,
    CONTAINER: Phase.TRAINING,
    SAGEMAKER: Phase.TRAINING,
}


_PUBLISHES = "sns:Publish"


def phase_of(row: CallKey) -> Phase:
    """Return what the run is at; KeyError for a function that this table does not have yet."""
    if row.asks == _PUBLISHES:
        return Phase.TELLING
    if row.caller == CLOUDFORMATION and ":Delete:" in row.asks:
        return Phase.ENDING
    return _PHASES[row.function or row.caller]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a fault that lasts may turn an end into, and why that is right.

    `reasons`: what the record may say beside what the run would have come to without the fault.
    `may_be_unrecorded`: the execution fails with the error itself, and there may be no record.
    `may_be_left`: resources may be left, provided that CLEANUP_FAILED was reported.
    `is_cut_short`: the execution is not the one that says how the job ended.
    `bound`: after how long all must hold, of a fault that passes.
    `lasting_bound`: of one that lasts.
    """

    why: str
    reasons: frozenset[EndReason] = frozenset()
    may_be_unrecorded: bool = False
    may_be_left: bool = False
    is_cut_short: bool = False
    bound: timedelta = ALL_IS_OVER_AFTER
    lasting_bound: timedelta = ALL_IS_TOLD_AFTER


RULES: Mapping[Phase, Rule] = {
    Phase.VALIDATING: Rule(
        "nothing was created yet: the run is refused and its execution says why",
        may_be_unrecorded=True,
    ),
    Phase.LAUNCHING: Rule(
        "what cannot be launched, or not be seen to run, is ended and called so",
        frozenset({EndReason.LAUNCH_FAILED}),
    ),
    Phase.WATCHING: Rule(
        "who cannot be watched for an hour is ended; a wake that never comes is made up for by the"
        " next look",
        frozenset({EndReason.INSTANCE_LOST}),
    ),
    Phase.ENDING: Rule(
        "what cannot be ended, or confirmed as ended, is CLEANUP_FAILED: a notification is sent",
        frozenset({EndReason.CLEANUP_FAILED}),
        may_be_left=True,
    ),
    Phase.RECORDING: Rule(
        "all has ended; that nothing could be written down is what the execution fails with",
        may_be_unrecorded=True,
    ),
    Phase.CLEANING: Rule(
        "who cannot see whether a run lives touches nothing; the reaper and a person are left",
        frozenset({EndReason.CLEANUP_FAILED}),
        may_be_unrecorded=True,
        may_be_left=True,
    ),
    Phase.TRAINING: Rule(
        "a machine that cannot fetch its job goes off, one that cannot save is kept",
        frozenset({EndReason.LAUNCH_FAILED, EndReason.INSTANCE_LOST, EndReason.SCRIPT_FAILED}),
        may_be_left=True,
    ),
    Phase.TELLING: Rule("telling neither stops an end nor changes it"),
}
PASSING = Rule("AWS was asked again, so that nothing has changed")
FAILS_CLOSED = Rule(
    "a launch with an unknown status is ended rather than guessed at: no training is lost yet",
    frozenset({EndReason.LAUNCH_FAILED}),
)


_BEFORE_A_JOB = frozenset(
    {
        "ValidateConfig",
        "ReadViolations",
        "NotifyConfigRejected",
        "ConfigRejected",
        "IsErrorFromFunction",
        "ReadError",
        "NameError",
        "NotifyValidationFailed",
        "ValidationFailed",
    }
)
_OF_BLOWS: Mapping[Blow, Rule] = {
    Blow.FUNCTION_KILLED: Rule("the function was asked again, so that nothing has changed"),
    Blow.INSTANCE_TERMINATED: Rule(
        "who loses its machine before its script was done is called so",
        frozenset({EndReason.INSTANCE_LOST, EndReason.LAUNCH_FAILED}),
    ),
    Blow.STACK_DELETED: Rule(
        "who loses its stack before its script was done is called so",
        frozenset({EndReason.INSTANCE_LOST, EndReason.LAUNCH_FAILED}),
    ),
}
_ROLE_DELETED = Rule(
    "who loses its role can upload nothing, and the record says why",
    frozenset({EndReason.LAUNCH_FAILED, EndReason.SCRIPT_FAILED}),
)
_DEFINITION_DELETED = Rule("a Batch job that was submitted needs its definition no more")
_HOST_TERMINATED = Rule(
    "a job that loses its machine is called so, before its container runs too",
    frozenset({EndReason.INSTANCE_LOST, EndReason.LAUNCH_FAILED, EndReason.NO_CAPACITY}),
)
_SERVER_TERMINATED = Rule(
    "a job that loses its server is called so; without a server it is refused",
    frozenset({EndReason.INSTANCE_LOST, EndReason.LAUNCH_FAILED}),
    may_be_unrecorded=True,
)
_OF_TARGETS: Mapping[tuple[str, Blow], Rule] = {
    ("sagemaker", Blow.STACK_DELETED): _ROLE_DELETED,
    ("batch", Blow.STACK_DELETED): _DEFINITION_DELETED,
    ("batch", Blow.INSTANCE_TERMINATED): _HOST_TERMINATED,
    ("ec2-server", Blow.INSTANCE_TERMINATED): _SERVER_TERMINATED,
}
_CUT_SHORT = Rule(
    "the cleanup ends what the run cannot; a reason that was decided on is kept",
    frozenset({EndReason.ABORTED, *SUCCESSFUL_REASONS}),
    is_cut_short=True,
)
_CUT_SHORT_BEFORE_A_JOB = Rule("nothing was created yet", may_be_unrecorded=True, is_cut_short=True)
_CLEANUP_CUT_SHORT = Rule(
    "a cleanup that is cut short is the reaper's to begin again",
    frozenset({EndReason.ABORTED}),
    is_cut_short=True,
    bound=ALL_IS_REAPED_AFTER,
    lasting_bound=ALL_IS_TOLD_AGAIN_AFTER,
)


def rule_of_blow(row: StateKey, blow: Blow, target: str) -> Rule:
    """Return what a blow at a state may change."""
    if (target, blow) in _OF_TARGETS:
        return _OF_TARGETS[target, blow]
    if blow in _OF_BLOWS:
        return _OF_BLOWS[blow]
    if row.machine == "CleanupStateMachine":
        return _CLEANUP_CUT_SHORT
    return _CUT_SHORT_BEFORE_A_JOB if row.state in _BEFORE_A_JOB else _CUT_SHORT


def succeeds(reason: str | None) -> bool:
    """Return whether an execution that ends for this reason ends in Succeed."""
    return reason in SUCCESSFUL_REASONS
