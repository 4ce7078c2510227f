from pathlib import Path

import pytest

import embedded_aws.gaps
from embedded_aws.patching import wrap

GAPS = sorted(file.stem for file in Path(embedded_aws.gaps.__file__).parent.glob("[a-z]*.py"))
TESTS = Path(__file__).parent.parent


@pytest.mark.parametrize("gap", GAPS)
def test_every_gap_has_a_contract_test_of_its_name(gap: str) -> None:
    assert list(TESTS.rglob(f"test_{gap}.py"))


@pytest.mark.parametrize("gap", GAPS)
def test_every_gap_is_in_the_documentations_table(gap: str) -> None:
    text = (TESTS.parent / "docs" / "embedded-aws.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert any(gap in row.split("|")[1] for row in rows)


def test_a_name_that_moto_no_longer_has_is_an_error() -> None:
    with pytest.raises(AttributeError):
        wrap(embedded_aws.gaps, "no_such_function", lambda original: original)


def test_a_patch_is_made_once_however_often_it_is_installed() -> None:
    class Owner:
        def count(self) -> int:
            return 1

    def make(original: object) -> object:
        def count(self: Owner) -> int:
            value: int = original(self)  # type: ignore[operator]
            return value + 1

        return count

    wrap(Owner, "count", make)
    wrap(Owner, "count", make)
    assert Owner().count() == 2
