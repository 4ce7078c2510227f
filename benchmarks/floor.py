"""The floor of a job's transitions: those of the same path without a repeated check."""

from benchmarks.bench_aws import History


def floor_of(history: History) -> int:
    """Return the transitions of a history if each of its states had been entered once.

    The start of the execution counts as one, as in `count_transitions`. Retries do not count.
    """
    entered = {
        event["stateEnteredEventDetails"]["name"]
        for event in history
        if "stateEnteredEventDetails" in event
    }
    return 1 + len(entered)
