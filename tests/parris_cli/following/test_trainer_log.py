from typing import Any, cast

from botocore.exceptions import ClientError
from runner_lines import Lines

from parris_cli.following.trainer_log import TrainerLog


class FakeLogs:
    """Answers pages of a log stream as CloudWatch Logs does, token by token."""

    def __init__(self, pages: list[list[str]] | None) -> None:
        self.pages = pages

    def get_log_events(self, **asked: Any) -> dict[str, Any]:
        if self.pages is None:
            error = {"Error": {"Code": "ResourceNotFoundException", "Message": "no stream"}}
            raise ClientError(cast("Any", error), "GetLogEvents")
        index = int(asked.get("nextToken", "0"))
        lines = self.pages[index] if index < len(self.pages) else []
        following = min(index + 1, len(self.pages))
        return {"events": [{"message": line} for line in lines], "nextForwardToken": str(following)}


def a_log(logs: FakeLogs) -> TrainerLog:
    return TrainerLog(cast("Any", logs), "group", "job/run-1")


def test_each_line_is_read_once_while_the_log_grows() -> None:
    logs = FakeLogs([["a", "b"], ["c"]])
    log = a_log(logs)
    assert log.new_lines() == ["a", "b", "c"]
    assert log.new_lines() == []
    assert logs.pages is not None
    logs.pages.append(["d"])
    assert log.new_lines() == ["d"]


def test_a_log_that_does_not_exist_yet_has_no_lines() -> None:
    logs = FakeLogs(None)
    log = a_log(logs)
    assert log.new_lines() == []
    logs.pages = [["first"]]
    assert log.new_lines() == ["first"]


def live(*lines: str) -> TrainerLog:
    log = a_log(FakeLogs([list(lines)]))
    log.new_lines()
    return log


def test_a_blank_line_is_blank_and_is_not_shown_again() -> None:
    log = a_log(FakeLogs([["one", " ", "two"]]))
    assert log.new_lines() == ["one", "", "two"]
    assert log.missed_lines(b"one\n\ntwo\n") == []


def test_what_did_not_come_live_is_the_end_of_the_whole_log() -> None:
    whole = b"epoch\nepoch\nepoch\nsaved\r\nlast\n"
    assert live("epoch", "epoch").missed_lines(whole) == ["epoch", "saved", "last"]
    assert live().missed_lines(b"one\n\ntwo") == ["one", "", "two"]
    assert live().missed_lines(b"") == []


def test_a_log_that_came_to_its_last_line_is_whole() -> None:
    log = live("one", "parris: saved 0 results, 0 bytes")
    assert log.is_whole
    assert log.missed_lines(b"something else\n") == []


def test_skipped_lines_are_counted_and_not_shown_at_the_end() -> None:
    log = live("1", "parris: 2 lines skipped; see log.txt", "4")
    assert log.missed_lines(b"1\n2\n3\n4\n5\n") == ["5"]
    assert log.hidden_count == 2


def test_a_long_rest_is_a_count() -> None:
    log = live("1")
    whole = b"".join(b"%d\n" % number for number in range(1, 1002))
    assert log.missed_lines(whole) == []
    assert log.hidden_count == 1000


def test_long_lines_count_as_the_pieces_that_they_came_in() -> None:
    long = ("é" * 10_000).encode()
    lines = Lines().feed(long + b"\n" + b"\xbf" * 20_000 + b"\nshort\n")
    log = live(*[line.content.decode(errors="replace") for line in lines[:-1]])
    assert log.missed_lines(long + b"\n" + b"\xbf" * 20_000 + b"\nshort\n") == ["short"]


def test_a_log_that_is_another_one_is_not_shown_a_second_time() -> None:
    log = live("one", "two")
    assert log.missed_lines(b"one\nelse\nthree\n") == []
    assert log.hidden_count == 1
