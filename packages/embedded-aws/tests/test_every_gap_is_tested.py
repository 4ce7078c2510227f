from pathlib import Path

import pytest

import embedded_aws.gaps

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
