"""A runner's last lines come from a script, and reach mails, reports and terminals."""

from parris.notifications.kinds import MessageKind
from parris.notifications.message import make_message
from parris.payloads import Payload
from parris.termination.exit_report import ExitReport

REPORT: Payload = {
    "is_final": True,
    "ended_by": "script",
    "exit_status": 1,
    "signal": None,
    "ended_at": "2031-05-01T12:00:00.000Z",
    "last_log_lines": ["\x1b[31mred\x1b[0m", "\x1b]8;;http://evil\x07link\u202eabc", "\x9b2Jx"],
    "results": {"complete": True},
}


def test_nothing_in_last_lines_can_steer_a_terminal() -> None:
    report = ExitReport.from_payload(REPORT)

    assert report.last_log_lines == ("red", "link\ufffdabc", "x")


def test_a_mail_overrides_no_direction_of_text() -> None:
    body = make_message(MessageKind.ENDED, "iris", "ended", ["a\u202eb\u2066c\x1bd\ne"]).body

    assert body == "a b c d\ne\n"
