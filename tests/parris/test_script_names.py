"""The names that a script may not have are those of the files that machines get."""

from pathlib import Path

import pytest

from parris.validation.semantics import find_taken_script_name

MACHINE = sorted(path.name for path in Path("templates/runner").iterdir() if path.is_file())


@pytest.mark.parametrize("name", MACHINE)
def test_every_file_of_the_machine_keeps_its_name(name: str) -> None:
    assert list(find_taken_script_name({"training-script-filename": name}))


def test_a_name_of_ones_own_is_free() -> None:
    assert not list(find_taken_script_name({"training-script-filename": "train.py"}))
