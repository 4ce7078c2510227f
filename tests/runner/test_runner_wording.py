import pytest
from runner_wording import counted, named


@pytest.mark.parametrize(("count", "words"), [(0, "0 files"), (1, "1 file"), (2, "2 files")])
def test_one_of_a_thing_is_counted_in_the_singular(count: int, words: str) -> None:
    assert counted(count, "file") == words


def test_each_name_is_quoted_and_cut_by_itself() -> None:
    assert named(["a, b", "größe", "line\nend", "byte\udcff"]) == (
        r"'a, b', 'größe', 'line\nend', 'byte\udcff'"
    )
    assert named(["x" * 61]) == f"'{'x' * 60}...'"
    assert named(list("abcdef")) == "'a', 'b', 'c', 'd', 'e', ..."
