"""The violations of a config, as a response of the training API lists them."""

import pytest

from parris.errors import ConfigInvalidError
from parris.payloads import Payload
from parris.training_api.config_check import violations_in, with_own_name
from parris.training_api.problem import violation
from parris.validation.violations import Violation, refuse


def refusal_of(*violations: Violation) -> ConfigInvalidError:
    with pytest.raises(ConfigInvalidError) as refused:
        refuse(violations)
    return refused.value


def test_each_violation_has_its_path_and_its_message() -> None:
    refused = refusal_of(
        Violation("/instance-type", '"x. y"', "a type: t3.micro"),
        Violation("/", "null", "an object"),
    )
    assert violations_in(refused) == (
        [
            violation("/config/instance-type", 'found "x. y", expected a type: t3.micro'),
            violation("/config/", "found null, expected an object"),
        ],
        2,
    )


def test_those_that_are_not_listed_are_counted() -> None:
    listed, count = violations_in(refusal_of(*[Violation("/tags", "1", "2")] * 54))
    assert (len(listed), count) == (50, 54)


def test_a_message_without_a_list_is_a_violation() -> None:
    refused = ConfigInvalidError("x.py changed after validation; start the job again")
    assert violations_in(refused) == ([violation("/config", str(refused))], 1)


def test_a_job_that_waits_gets_a_name_of_its_own_unless_its_request_has_one() -> None:
    config: Payload = {"training-job-name": "reviews"}
    assert with_own_name({}, config, "text-0123456789abcdef") == {
        "training-job-name": "reviews-89abcdef"
    }
    longest: Payload = {"training-job-name": "n" * 100}
    assert len(str(with_own_name({}, longest, "text-01234567")["training-job-name"])) == 100
    assert with_own_name(config, longest, "text-01234567") == config
