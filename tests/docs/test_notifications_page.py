"""docs/notifications.md shows a message as it is sent."""

import re

from tests.architecture.definition import CLONE


def test_the_message_of_the_page_is_one_that_is_sent() -> None:
    page = (CLONE / "docs" / "notifications.md").read_text()
    (shown,) = re.findall(r"^```text\n(.+?)\n```$", page, re.MULTILINE | re.DOTALL)
    _, _, sent = (
        (CLONE / "tests" / "parris" / "messages" / "completed.txt").read_text().partition("\n")
    )
    assert shown == sent.rstrip("\n")
