import pytest

from parris_cli.job_names import possible_names


@pytest.mark.parametrize(
    ("job", "names"),
    [
        ("iris", ["iris"]),
        ("parris-iris", ["parris-iris", "iris"]),
        ("arn:aws:cloudformation:us-east-1:1:stack/parris-iris/0a", ["parris-iris", "iris"]),
        ("arn:aws:states:us-east-1:1:execution:m:x", ["arn:aws:states:us-east-1:1:execution:m:x"]),
        ("parris-", ["parris-"]),
    ],
)
def test_a_stack_names_its_job(job: str, names: list[str]) -> None:
    assert possible_names(job) == names
