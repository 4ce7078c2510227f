"""Functions start as forks of a process that has imported the runtime's packages."""

import importlib.util
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws_helpers.builders import (
    ROLE_ARN,
    create_function,
    create_role,
    invoke,
    until,
    zipped,
)

pytestmark = pytest.mark.skipif(not can_fork(), reason="functions start afresh on this system")

_TELL = "import os\ndef handle(event, context): return [os.getpid(), os.getppid()]"
_RUN = (
    "def handle(event, context):\n    found = {}\n    exec(event, found)\n    return found['said']"
)

# Python reads the locale when it starts, so a fork would not have it.
_AFRESH = {"Environment": {"Variables": {"LC_ALL": "C"}}}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("aws")) as running:
        create_role(running)
        yield running


@pytest.fixture(autouse=True)
def no_function_is_left(aws: EmbeddedAws) -> Iterator[None]:
    yield
    functions = aws.client("lambda")
    for function in functions.list_functions()["Functions"]:
        functions.delete_function(FunctionName=function["FunctionName"])


def create(aws: EmbeddedAws, code: str, **fields: Any) -> None:
    patient = {"Role": ROLE_ARN, "Timeout": 60}
    create_function(aws, code, **{**patient, **fields})


def say(aws: EmbeddedAws, text: str, **fields: Any) -> Any:
    """Run source code in a new function and return its variable `said`."""
    create(aws, _RUN, **fields)
    kind, said = invoke(aws, text, fields.get("FunctionName", "function-of-a-test"))
    assert kind is None, said
    return said


def test_functions_are_processes_of_their_own_with_one_parent(aws: EmbeddedAws) -> None:
    create(aws, _TELL, FunctionName="one")
    create(aws, _TELL, FunctionName="two")
    (_, one), (_, two) = (invoke(aws, name=name) for name in ("one", "two"))
    assert one[0] != two[0]
    assert one[1] == two[1] != os.getpid()


def test_a_fork_has_the_runtimes_packages_imported_and_nothing_of_the_embedded_aws(
    aws: EmbeddedAws,
) -> None:
    text = (
        "import sys\n"
        "said = [name in sys.modules for name in ('boto3', 'embedded_aws', 'moto')]\n"
        "said += [len(sys.modules['__main__'].__dict__) < 10]"
    )
    assert say(aws, text) == [True, False, False, True]


def test_a_fork_has_its_functions_environment_and_nothing_else(aws: EmbeddedAws) -> None:
    text = (
        "import os, subprocess\n"
        "of_child = subprocess.run(['/usr/bin/env'], capture_output=True, text=True).stdout\n"
        "names = {line.partition('=')[0] for line in of_child.splitlines()}\n"
        "at_start = open('/proc/self/environ').read()\n"
        "said = [names ^ set(os.environ) == set(), os.environ['MINE'], 'testing' in at_start,\n"
        "        'HOME' in at_start]"
    )
    variables = {"Environment": {"Variables": {"MINE": "set"}}}
    assert say(aws, text, **variables) == [True, "set", False, False]


def test_a_fork_has_a_session_a_folder_and_files_as_a_new_process_has_them(
    aws: EmbeddedAws,
) -> None:
    text = (
        "import os\n"
        "links = [f'/proc/self/fd/{number}' for number in os.listdir('/proc/self/fd')]\n"
        "kinds = [os.readlink(link).partition(':')[0] for link in links if os.path.exists(link)]\n"
        "same = [os.readlink(f'/proc/self/fd/{number}') for number in (1, 2)]\n"
        "said = [os.getsid(0) == os.getpid() == os.getpgid(0), os.getcwd(), sorted(kinds),\n"
        "        same[0] == same[1], os.environ.get('LC_ALL', 'none')]"
    )
    *forked, locale = say(aws, text, FunctionName="forked")
    *afresh, other_locale = say(aws, text, FunctionName="afresh", **_AFRESH)
    assert (locale, other_locale) == ("none", "C")
    assert forked == afresh


def test_random_numbers_of_two_forks_differ(aws: EmbeddedAws) -> None:
    code = "import random, uuid\ndef handle(e, c): return [random.random(), str(uuid.uuid4())]"
    create(aws, code, FunctionName="one")
    create(aws, code, FunctionName="two")
    one, two = (invoke(aws, name=name)[1] for name in ("one", "two"))
    assert one[0] != two[0]
    assert one[1] != two[1]


@pytest.mark.parametrize("package", ["boto3", "jmespath"])
def test_a_function_that_brings_a_package_of_the_runtime_has_its_own(
    aws: EmbeddedAws, package: str
) -> None:
    layer = aws.client("lambda").publish_layer_version(
        LayerName=package,
        Content={"ZipFile": zipped(**{f"python_in_{package}__py": "WORD = 'own'"})},
    )["LayerVersionArn"]
    code = f"def handle(event, context):\n    import {package}\n    return {package}.WORD"
    create(aws, code, Layers=[layer])
    assert invoke(aws) == (None, "own")


def test_a_function_that_brings_the_runtimes_very_package_is_a_fork(aws: EmbeddedAws) -> None:
    create(aws, _TELL, FunctionName="one")
    parent = invoke(aws, name="one")[1][1]
    spec = importlib.util.find_spec("jmespath")
    assert spec is not None and spec.origin is not None
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for path in Path(spec.origin).parent.glob("*.py"):
            opened.write(path, f"python/jmespath/{path.name}")
    layer = aws.client("lambda").publish_layer_version(
        LayerName="the-very-package", Content={"ZipFile": archive.getvalue()}
    )["LayerVersionArn"]
    create(aws, _TELL, Layers=[layer])
    assert invoke(aws)[1][1] == parent


def test_a_function_with_another_locale_starts_afresh(aws: EmbeddedAws) -> None:
    text = "import os\nsaid = [os.getppid(), os.environ['LC_ALL']]"
    assert say(aws, text, **_AFRESH) == [os.getpid(), "C"]


def test_what_a_function_has_started_ends_with_it(aws: EmbeddedAws) -> None:
    code = (
        "import subprocess, time\n"
        "def handle(event, context):\n"
        "    print(subprocess.Popen(['sleep', '600']).pid, flush=True)\n"
        "    time.sleep(600)"
    )
    create(aws, code, Timeout=5)
    assert invoke(aws)[1]["errorType"] == "Sandbox.Timedout"
    logged = aws.client("logs").filter_log_events(logGroupName="/aws/lambda/function-of-a-test")
    (pid,) = [e["message"] for e in logged["events"] if e["message"].strip().isdigit()]
    until(lambda: not Path(f"/proc/{pid.strip()}").exists())
