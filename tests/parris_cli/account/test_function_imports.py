"""What functions import together depends on no function, its environment or its log."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from parris_cli.account import function_imports

_LAMBDAS = Path(__file__).parents[3] / "lambdas"
_OF_A_FUNCTION = ("PARRIS_", "POWERTOOLS_", "LOG", "AWS_LAMBDA_", "_HANDLER")
_PROGRAM = """
import json, os, runpy, sys

class Recording(type(os.environ)):
    def __getitem__(self, name):
        read.add(name)
        return super().__getitem__(name)

read = set()
os.environ.__class__ = Recording
runpy.run_path(sys.argv[1])["import_for_all"]()
print(json.dumps([sorted(read), sorted(sys.modules)]))
"""


def _imported() -> Any:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(function_imports.__file__)],
        env={"PATH": os.defpath, "PYTHONPATH": str(_LAMBDAS), "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)


def test_the_parts_of_the_functions_are_imported_without_what_depends_on_a_function() -> None:
    read, modules = _imported()
    assert {"parris.job", "parris.targets.ec2_stack.target", "parris.aws.gateways"} < set(modules)
    assert "aws_lambda_powertools.logging" in modules
    assert not {"parris.entrypoint", "parris.resource_entrypoint"} & set(modules)
    assert not {path.stem for path in _LAMBDAS.glob("*.py")} & set(modules)
    # The first is the same in all functions, and none has the other one.
    others = set(read) - {"AWS_LAMBDA_INITIALIZATION_TYPE", "POWERTOOLS_DEBUG"}
    assert not [name for name in others if name.startswith(_OF_A_FUNCTION)]
    assert "POWERTOOLS" not in (_LAMBDAS.parent / "template.yaml").read_text()
