"""Data classes have the same methods, whether these were compiled before or not."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE
from embedded_aws.speed import kept_methods

_PROGRAM = """
import json
from dataclasses import FrozenInstanceError, dataclass, field
from embedded_aws.speed import kept_methods, kept_modules
kept_modules._MOST_MISSING = 0
kept_modules.install()
kept_modules.keep_at_exit()
@dataclass(frozen=True, slots=True, order=True)
class Point:
    x: int
    names: list[str] = field(default_factory=list, compare=False)
@dataclass
class Other:
    x: int = 3
try:
    Point(1).x = 2
except FrozenInstanceError as error:
    refused = str(error)
said = [repr(Point(1)), Point(1) == Point(1, ["a"]), Point(1) < Point(2), refused, repr(Other()),
    hash(Point(1)) == hash(Point(1)), Other() == Other(4), Point.__init__.__qualname__]
print(json.dumps([said, len(kept_methods.new_methods())]))
"""


def classes(cache: Path) -> tuple[list[object], int]:
    """Return what the classes of a new process do, and how many methods it compiled."""
    environment = {
        **{name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        CACHE_FOLDER_VARIABLE: str(cache),
    }
    printed = subprocess.check_output([sys.executable, "-c", _PROGRAM], env=environment)
    said, compiled = json.loads(printed)
    return said, compiled


def test_the_second_process_compiles_no_method_and_has_the_same_classes(tmp_path: Path) -> None:
    first, first_compiled = classes(tmp_path)
    second, second_compiled = classes(tmp_path)
    assert first == second
    assert first[:5] == [
        "Point(x=1, names=[])",
        True,
        True,
        "cannot assign to field 'x'",
        "Other(x=3)",
    ]
    assert first_compiled > 10
    assert second_compiled == 0


def test_what_an_annotation_means_is_that_of_the_module_of_the_class() -> None:
    kept_methods.install({})
    source = "def __create_fn__(given):\n def make(x:given=given):\n  return x\n return make"
    for given in (1, 2):  # the same code with other values
        names: dict[str, object] = {}
        vars(dataclasses)["exec"](source, {}, names)
        make = names["__create_fn__"](given)  # type: ignore[operator]
        assert (make(), make.__annotations__) == (given, {"x": given})
    assert source in kept_methods.new_methods()
