from datetime import UTC, datetime

from embedded_aws.metering.meter import Meter, SentEvent
from parris_cli.rehearsal.watch_end import watch_end

AT = datetime(2031, 5, 1, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:123456789012:execution:parris-training:job"


def event(arn: str, **detail: str) -> SentEvent:
    return SentEvent("aws.states", arn, detail, AT)


def test_an_execution_has_ended_after_the_event_of_its_end_and_not_before() -> None:
    meter = Meter()
    has_ended = watch_end(meter, ARN)
    assert not has_ended()
    for other in (event(ARN, status="RUNNING"), event("another", status="FAILED"), event(ARN)):
        meter.count_event(other)
        assert not has_ended()
    meter.count_event(event(ARN, status="FAILED"))
    assert has_ended()
    assert has_ended()
