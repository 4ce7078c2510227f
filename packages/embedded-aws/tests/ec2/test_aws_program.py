"""What the fork server of the `aws` command has read before it forks."""

import json
import subprocess
import sys
from pathlib import Path

from embedded_aws.local_instance import aws_program

_PROGRAM = """
import importlib.util, json, os, pathlib, sys, types
sys.modules["embedded_aws"] = package = types.ModuleType("embedded_aws")
package.__path__ = [str(pathlib.Path(sys.argv[1]).parents[1])]  # as its server has it
spec = importlib.util.spec_from_file_location("aws_program", sys.argv[1])
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
program.preload(["aws"])
from botocore import loaders, session
read = []
load_file = loaders.JSONFileLoader.load_file
loaders.JSONFileLoader.load_file = lambda self, path: read.append(path) or load_file(self, path)
path = os.environ["AWS_DATA_PATH"]
def model_of(search_path):
    loader = session.create_loader(search_path)
    before = len(read)
    found = loader.load_service_model("s3", "service-2", api_version=None)
    return loader, found, len(read) > before
elsewhere, _, reads_elsewhere = model_of(None)
first, model, reads_first = model_of(path)
second, same_model, reads_second = model_of(path)
print(json.dumps({
    "reads": [reads_elsewhere, reads_first, reads_second],
    "paths": [path in loader.search_paths for loader in (elsewhere, first, second)],
    "same": [first is second, model is same_model, model == same_model],
}))
"""


def test_one_session_finds_the_models_read_and_every_other_one_reads_its_own() -> None:
    program = str(Path(aws_program.__file__))
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM, program], capture_output=True, check=True, text=True
    )
    assert json.loads(done.stdout) == {
        "reads": [True, False, True],
        "paths": [False, True, True],
        "same": [False, False, True],
    }
