"""NumPy and Optuna are in a layer of one function alone, which stays below Lambda's limit."""

import importlib.metadata
from pathlib import Path

from tests.architecture.definition import read_template
from tests.architecture.test_import_law import LAMBDAS, files, roots

SEARCH = LAMBDAS / "parris" / "sweeps" / "search"
LAYERS = {
    "DependenciesLayer": LAMBDAS / "dependencies" / "requirements.txt",
    "SearchLayer": LAMBDAS / "search-dependencies" / "requirements.txt",
}
ONLY_THERE = {"numpy", "optuna"}
# A function with all of its layers, unpacked.
LIMIT_BYTES = 250 * 1024 * 1024


def unpacked_bytes(requirements: Path) -> int:
    """Return the size of the packages, as this environment has them.

    The layer's wheels for arm64 differ from them by a few megabytes.
    """
    lines = [line for line in requirements.read_text().splitlines() if "==" in line]
    names = [line.partition("==")[0] for line in lines]
    places = [
        Path(str(file.locate()))
        for name in names
        for file in importlib.metadata.files(name) or ()
        if file.suffix != ".pyc"
    ]
    return sum(place.stat().st_size for place in places if place.is_file())


def test_the_search_function_with_its_layers_is_far_below_the_limit() -> None:
    layers = {name: unpacked_bytes(file) for name, file in LAYERS.items()}
    code = sum(file.stat().st_size for file in files(LAMBDAS))
    assert layers["SearchLayer"] > 30_000_000  # it was measured
    assert code + sum(layers.values()) < LIMIT_BYTES * 0.6


def test_only_the_search_imports_numpy_and_optuna() -> None:
    importers = {file for file in files(LAMBDAS) if roots(file) & ONLY_THERE}
    assert importers
    assert {file.parent for file in importers} == {SEARCH}


def test_only_the_search_function_has_the_layer() -> None:
    functions = {
        name: one["Properties"].get("Layers", [])
        for name, one in read_template()["Resources"].items()
        if one["Type"] == "AWS::Serverless::Function"
    }
    having = [name for name, layers in functions.items() if "SearchLayer" in layers]
    assert having == ["SuggestTrialFunction"]
