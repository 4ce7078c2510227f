import json

import pytest

from parris import errors
from parris.error_text import error_text
from parris.errors import ParrisError

OURS = [
    one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, ParrisError)
]


@pytest.mark.parametrize("error", OURS)
def test_an_error_of_ours_is_its_message_and_not_its_name(error: type[ParrisError]) -> None:
    cause = json.dumps({"errorMessage": "the name is taken", "errorType": error.__name__})
    text = error_text({"Error": error.__name__, "Cause": cause})
    assert text.endswith("the name is taken")
    assert error.__name__ not in text


def test_an_error_that_is_not_json_keeps_its_text() -> None:
    text = error_text({"Error": "States.Timeout", "Cause": "after 30 s"})
    assert text == "a step of the workflow took too long: after 30 s"
    assert error_text({"Error": "States.Timeout"}) == "a step of the workflow took too long"


def test_an_error_that_nobody_expected_is_named_at_the_end() -> None:
    cause = json.dumps({"errorMessage": "'job'", "errorType": "KeyError"})
    assert error_text({"Error": "KeyError", "Cause": cause}) == (
        "a step of the workflow failed: 'job' (KeyError)"
    )
    assert error_text({"Error": "KeyError", "Cause": "[1]"}).endswith(": [1] (KeyError)")


def test_an_error_of_ours_without_a_message_is_named() -> None:
    assert error_text({"Error": "QuotaError", "Cause": ""}) == (
        "a step of the workflow failed (QuotaError)"
    )
    assert error_text({}) == "a step of the workflow failed"
