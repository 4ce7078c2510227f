"""A scheduled action runs at its time, once, and not in an AWS that has closed."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.context import current
from embedded_aws_helpers.builders import DEADLINE_SECONDS, until

SETTINGS = Settings(stack_create_seconds=0, stack_delete_seconds=0)
SOON = timedelta(seconds=0.2)


def test_an_action_runs_at_its_time_for_the_embedded_aws(aws: EmbeddedAws) -> None:
    timestamp = aws.context.clock.now() + SOON
    ran: list[tuple[datetime, object]] = []

    aws.context.clock.call_at(timestamp, lambda: ran.append((datetime.now(UTC), current())))

    until(lambda: ran)
    assert ran[0][0] >= timestamp
    assert ran[0][1] is aws.context


def test_actions_run_in_the_order_of_their_times(aws: EmbeddedAws) -> None:
    now = aws.context.clock.now()
    ran: list[str] = []
    both = threading.Barrier(2)

    def note(name: str) -> None:
        ran.append(name)
        both.wait(DEADLINE_SECONDS)

    aws.context.clock.call_at(now + 2 * SOON, lambda: ran.append("later"))
    aws.context.clock.call_at(now + SOON, lambda: note("sooner"))
    both.wait(DEADLINE_SECONDS)

    until(lambda: len(ran) == 2)
    assert ran == ["sooner", "later"]


def test_a_past_time_means_at_once(aws: EmbeddedAws) -> None:
    has_run = threading.Event()
    aws.context.clock.call_at(datetime(2020, 1, 1, tzinfo=UTC), has_run.set)
    assert has_run.wait(DEADLINE_SECONDS)


def test_a_cancelled_action_does_not_run(aws: EmbeddedAws) -> None:
    now, ran = aws.context.clock.now(), []
    has_come_later = threading.Event()
    cancel = aws.context.clock.call_at(now + SOON, lambda: ran.append("cancelled"))
    aws.context.clock.call_at(now + 2 * SOON, has_come_later.set)

    cancel()
    cancel()

    assert has_come_later.wait(DEADLINE_SECONDS)
    assert not ran


def test_nothing_runs_once_the_embedded_aws_closes(tmp_path: Path) -> None:
    has_run, has_come_later = threading.Event(), threading.Event()
    with EmbeddedAws(SETTINGS, folder=tmp_path / "first") as aws:
        soon = aws.context.clock.now() + SOON
        aws.context.clock.call_at(soon, has_run.set)
    with EmbeddedAws(SETTINGS, folder=tmp_path / "second") as aws:
        aws.context.clock.call_at(soon + SOON, has_come_later.set)
        assert has_come_later.wait(DEADLINE_SECONDS)
    assert not has_run.is_set()
