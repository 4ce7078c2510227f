import pytest

from parris.wording import counted, first_of


@pytest.mark.parametrize(("count", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files")])
def test_a_count_has_its_noun_in_the_right_number(count: int, text: str) -> None:
    assert counted(count, "file") == text


@pytest.mark.parametrize(
    ("names", "text"),
    [("a", "a"), ("abcde", "a, b, c, d, e"), ("abcdefg", "a, b, c, d, e and 2 more")],
)
def test_the_first_names_are_named_and_the_rest_is_counted(names: str, text: str) -> None:
    assert first_of(list(names)) == text
