"""How each case of the mock file is to end."""

from dataclasses import dataclass

COMPLETED = "Completed"


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a case ends, past which state of a reason, with which error and text in its cause."""

    last: str
    past: str | None = None
    error: str | None = None
    cause: str = ""


def ended(past: str = COMPLETED) -> Expected:
    """Return the end of a job that ended as its owner asked."""
    return Expected("JobEnded", past)


def failed(past: str, error: str, cause: str) -> Expected:
    """Return the end of a job that ended in another way."""
    return Expected("JobFailed", past, error, cause)


EXPECTED: dict[str, Expected] = {
    "Completed": ended(),
    "TimeLimit": ended("TimeLimit"),
    "CostLimit": ended("CostLimit"),
    "StoppedEarly": ended("StoppedEarly"),
    "ClockTime": ended("ClockTime"),
    "MetricReached": ended("MetricReached"),
    "NoImprovement": ended("NoImprovement"),
    "ScriptFailed": failed("ScriptFailed", "SCRIPT_FAILED", "exited with status 3"),
    "NoProgress": failed("NoProgress", "NO_PROGRESS", "printed no line for 3 min 20 s"),
    "InstanceLost": failed("InstanceLost", "INSTANCE_LOST", "without an exit report"),
    "UnlistedReason": failed("InstanceLost", "INSTANCE_LOST", "does not know"),
    "BootstrapFailed": failed("LaunchFailed", "LAUNCH_FAILED", "never started"),
    "Superseded": failed("Superseded", "SUPERSEDED", "replaced by"),
    "SupersededBeforeLaunch": failed("Superseded", "SUPERSEDED", "arn:aws:states:"),
    "Aborted": failed("Aborted", "ABORTED", "a stop was requested"),
    "NoCapacity": failed("NoCapacity", "NO_CAPACITY", "InsufficientInstanceCapacity"),
    "NoCapacityAtOnce": failed("NoCapacity", "NO_CAPACITY", "parris-iris is ROLLBACK_COMPLETE: We"),
    "NextTypeTried": ended(),
    "TurnCame": ended(),
    "SecondAttemptCompleted": ended("StartNextAttempt"),
    "NoAttemptLeft": failed("ShouldRetryAttempt", "INSTANCE_LOST", "no further attempt: the attem"),
    "StoppedBetweenAttempts": failed("Aborted", "ABORTED", "attempt 2 was not"),
    "JobNameTaken": failed("LaunchFailed", "LAUNCH_FAILED", "choose another training-job-name"),
    "StackFailed": failed("LaunchFailed", "LAUNCH_FAILED", "does not exist"),
    "UnlistedStatus": failed("LaunchFailed", "LAUNCH_FAILED", "no cause was recorded"),
    "ConfigRejected": Expected("ConfigRejected", None, "CONFIG_REJECTED", "2 violations in the"),
    "ConfigRejectedUntold": Expected(
        "ConfigRejected", "NotifyConfigRejected", "CONFIG_REJECTED", "2 violations in the"
    ),
    "ValidationDenied": Expected(
        "ValidationFailed",
        "NameError",
        "LAUNCH_FAILED",
        "the config could not be checked: AccessDenied: not auth",
    ),
    "ValidationUnreachable": Expected(
        "ValidationFailed", "NotifyValidationFailed", "LAUNCH_FAILED", "Function not found: "
    ),
    "OutageOfAws": ended(),
    "OutageOfFunction": ended(),
    "OutageOfLambda": ended(),
    "OutageOfSandbox": ended(),
    "OutageTooLong": failed(
        "InstanceLost", "INSTANCE_LOST", "a step of the workflow took too long: "
    ),
    "LookDenied": failed("InstanceLost", "INSTANCE_LOST", "a role lacks a permission: "),
    "SleepDenied": ended(),
    "SleepRetried": ended(),
    "EventsLost": ended("AwaitEndEvent"),
    "EventsBeforeSleep": ended("AwaitEndEvent"),
    "CannotSleep": ended("WaitBeforeConfirm"),
    "TroubledLaunch": ended(),
    "LaunchSeenAgain": ended(),
    "LaunchPolledUnseen": ended(),
    "LaunchUnseen": failed("LaunchFailed", "LAUNCH_FAILED", "AWS throttled a call "),
    "TroubledEnd": ended(),
    "CannotEnd": Expected("CleanupFailed", COMPLETED, "CLEANUP_FAILED", 'be confirmed: ["arn:aws:'),
    "CannotConfirm": Expected(
        "CleanupFailed",
        "CannotConfirm",
        "CLEANUP_FAILED",
        "the last checks failed: a role lacks a permission: ",
    ),
    "NobodyToNotify": ended(),
    "NearLimit": ended("NotifyNearLimit"),
    "NearLimitUntold": ended("NotifyNearLimit"),
    "MachineSilent": ended("NotifySilence"),
    "MachineSilentUntold": ended("NotifySilence"),
    "EndUntold": ended("NotifyEnd"),
    "OutcomeUnrecorded": Expected(
        "OutcomeUnrecorded",
        "NameRecordingError",
        "CLEANUP_FAILED",
        "the end could not be recorded: AccessDenied: ",
    ),
    "RecorderUnreachable": Expected(
        "OutcomeUnrecorded", COMPLETED, "CLEANUP_FAILED", "Function not found: "
    ),
}

DIFFERENCES: dict[str, str] = {
    case: "the timeout is a TaskTimedOut event here; TaskFailed is accepted too"
    for case in ("TimeLimit", "EventsLost", "OutageOfAws", "OutageTooLong", "TroubledLaunch")
}
"""Where a case may differ on AWS's image, as docs/stepfunctions-local.md lists it."""
