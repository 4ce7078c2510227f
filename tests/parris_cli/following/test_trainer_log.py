from typing import Any, cast

from botocore.exceptions import ClientError

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


def test_what_the_live_log_never_showed_comes_from_the_whole_log() -> None:
    log = a_log(FakeLogs([["epoch", "epoch", "saved"]]))
    log.new_lines()
    assert log.missed_lines("epoch\nepoch\nepoch\nsaved\r\nlast\n") == ["epoch", "last"]


def test_a_last_line_without_an_end_is_not_lost() -> None:
    assert a_log(FakeLogs(None)).missed_lines("one\n\ntwo") == ["one", "", "two"]
    assert a_log(FakeLogs(None)).missed_lines("") == []
