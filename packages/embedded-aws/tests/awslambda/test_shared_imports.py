"""What functions have in common is imported once, before they are forked, where a user names it."""

from collections.abc import Iterator
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws_helpers.builders import ROLE_ARN, create_function, create_role, invoke, zipped

pytestmark = pytest.mark.skipif(not can_fork(), reason="functions start afresh on this system")

_IMPORTS = "def import_for_all():\n    import shared\n"
_SHARED = "import os\nPID, WORD = os.getpid(), 'first'\n"
_TELL = (
    "import os, sys\n"
    "IMPORTED = 'shared' in sys.modules\n"
    "def handle(event, context):\n"
    "    import shared\n"
    "    return [IMPORTED, shared.PID == os.getppid(), shared.WORD, os.environ['MINE']]"
)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    folder = tmp_path_factory.mktemp("aws")
    file = folder / "imports.py"
    file.write_text(_IMPORTS)
    settings = Settings(enforce_roles=False, shared_imports=file)
    with EmbeddedAws(settings, folder=folder) as running:
        create_role(running)
        create(running, "first", main__py=_TELL, shared__py=_SHARED)
        invoke(running, name="first")
        yield running


def create(aws: EmbeddedAws, name: str, layer: str = "", **files: str) -> None:
    variables = {"Environment": {"Variables": {"MINE": name}}}
    create_function(
        aws,
        "",
        **{"FunctionName": name, "Role": ROLE_ARN, "Timeout": 60, **variables},
        Code={"ZipFile": zipped(**files)},
        Layers=[layer] if layer else [],
    )


def called(aws: EmbeddedAws, name: str, **files: str) -> Any:
    create(aws, name, **files)
    return invoke(aws, name=name)


def test_functions_find_it_imported_and_have_their_own_environment(aws: EmbeddedAws) -> None:
    assert invoke(aws, name="first") == (None, [True, True, "first", "first"])
    files = {"main__py": _TELL, "shared__py": _SHARED}
    assert called(aws, "same", **files) == (None, [True, True, "first", "same"])


def test_the_very_same_module_of_a_layer_is_shared(aws: EmbeddedAws) -> None:
    layer = aws.client("lambda").publish_layer_version(
        LayerName="shared", Content={"ZipFile": zipped(python_in_shared__py=_SHARED)}
    )["LayerVersionArn"]
    found = called(aws, "with-layer", main__py=_TELL, layer=layer)
    assert found == (None, [True, True, "first", "with-layer"])


def test_a_function_with_another_module_of_that_name_has_its_own(aws: EmbeddedAws) -> None:
    other = _SHARED.replace("first", "other")
    found = called(aws, "other", main__py=_TELL, shared__py=other)
    assert found == (None, [False, False, "other", "other"])


def test_a_function_without_such_a_module_does_not_have_it(aws: EmbeddedAws) -> None:
    kind, error = called(aws, "without", main__py=_TELL)
    assert (kind, error["errorType"]) == ("Unhandled", "ModuleNotFoundError")


def test_a_function_of_another_runtime_has_its_own(aws: EmbeddedAws) -> None:
    files = {"main__py": _TELL, "shared__py": _SHARED}
    create(aws, "older", **files)
    aws.client("lambda").update_function_configuration(FunctionName="older", Runtime="python3.12")
    assert invoke(aws, name="older") == (None, [False, False, "first", "older"])
