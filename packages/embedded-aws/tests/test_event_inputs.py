import pytest

from embedded_aws.event_inputs import fill_template

PATHS = {"word": "$.detail.word", "count": "$.detail.count"}
EVENT = {"detail": {"word": 'a "b"', "count": 2}}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ('{"w": <word>, "n": <count>}', '{"w": "a \\"b\\"", "n": 2}'),
        ('"said <word> <count> times"', '"said a \\"b\\" 2 times"'),
        ('{"w": "<other>"}', '{"w": "<other>"}'),
    ],
    ids=["as values", "within a string", "unknown"],
)
def test_a_template_is_filled_from_the_event(template: str, filled: str) -> None:
    assert fill_template(template, PATHS, EVENT) == filled
