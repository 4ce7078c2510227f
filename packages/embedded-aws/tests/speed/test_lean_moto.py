"""moto is imported without unused services, and used ones are available."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import moto
import pytest
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.utilities.utils import load_resource

from embedded_aws.speed.lean_moto import SERVICES_WITHOUT_RESOURCES_HERE


def _in_a_new_process(program: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


_ALL_AT_ONCE = """
import json, sys
import embedded_aws.executions, embedded_aws.gaps
embedded_aws.gaps.install_all()
said = {"loaded": list(sys.modules)}

from botocore.compat import HAS_CRT
said["has_common_runtime"] = HAS_CRT
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "awscrt": said["is_searched_for"] = True
sys.meta_path.insert(0, Finder())
try: import awscrt
except ImportError: pass

from moto.sagemaker.models import SageMakerModelBackend
said["left_out"] = SageMakerModelBackend.__name__

from moto.core.utils import get_service_model
from embedded_aws.own_clients import make_client
def is_same(name):
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = make_client(name, region_name="us-east-1", **keys)
    return client.meta.service_model.metadata is get_service_model(name).metadata
said["same_model"] = {name: is_same(name) for name in ("ec2", "dynamodb", "s3")}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said() -> Any:
    """What a new process has imported and can import, in this order."""
    return _in_a_new_process(_ALL_AT_ONCE)


def test_a_service_that_no_template_needs_is_not_imported(said: dict[str, Any]) -> None:
    assert "moto.cloudformation.parsing" in said["loaded"]
    assert not {f"moto.{name}" for name in SERVICES_WITHOUT_RESOURCES_HERE} & set(said["loaded"])


def test_a_service_that_was_left_out_can_still_be_imported(said: dict[str, Any]) -> None:
    assert "moto.sagemaker.models" not in said["loaded"]
    assert said["left_out"] == "SageMakerModelBackend"


def test_pytest_is_not_imported_for_a_clock(said: dict[str, Any]) -> None:
    assert "time_machine" in said["loaded"]
    assert "pytest" not in said["loaded"]


def test_moto_that_was_imported_before_stays_as_it_is() -> None:
    assert (
        _in_a_new_process(
            "import json, moto.cloudformation.parsing\n"
            "from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS\n"
            "import embedded_aws.executions\n"
            "print(json.dumps(type(INSTANCE_TYPE_OFFERINGS['region']).__name__))"
        )
        == "dict"
    )


@pytest.mark.parametrize("location_type", ["region", "availability-zone"])
def test_the_types_that_a_region_offers_are_those_of_moto(location_type: str) -> None:
    path = f"ec2/resources/instance_type_offerings/{location_type}/eu-west-3.json"
    expected = [{**offer, "LocationType": location_type} for offer in load_resource(path)]
    offerings = INSTANCE_TYPE_OFFERINGS[location_type]
    assert offerings["eu-west-3"] == offerings.get("eu-west-3", []) == expected
    assert expected


def test_a_region_that_moto_does_not_know_offers_nothing() -> None:
    assert INSTANCE_TYPE_OFFERINGS["region"].get("mars-north-1", []) == []
    assert "us-east-1" in INSTANCE_TYPE_OFFERINGS["region"]


def test_a_client_reads_the_model_that_the_server_has_read(said: dict[str, Any]) -> None:
    # moto changes S3's model in ways that a client would read.
    assert said["same_model"] == {"ec2": True, "dynamodb": True, "s3": False}


def test_boto3_is_imported_without_the_common_runtime_which_can_still_be_imported(
    said: dict[str, Any],
) -> None:
    assert not said["has_common_runtime"]
    assert "awscrt" not in said["loaded"]
    assert said["is_searched_for"]


@pytest.mark.parametrize("name", ["instance_types.json", "amis.json"])
def test_the_tables_of_moto_are_its_own(name: str) -> None:
    resource = f"ec2/resources/{name}"
    assert load_resource(resource) == json.loads(_text_of(resource))
    assert load_resource(resource) is not load_resource(resource)


def _text_of(resource: str) -> bytes:
    file = Path(moto.__path__[0]) / resource
    packed = file.with_name(f"{file.name}.gz")
    return gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()


def test_moto_is_lean_whichever_module_of_the_package_imports_it_first() -> None:
    loaded = _in_a_new_process(
        "import embedded_aws.executions, json, moto, sys\n"
        "from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS as offerings\n"
        "own = type(moto.__loader__).__module__ == type(json.__loader__).__module__\n"
        "print(json.dumps([type(offerings['region']).__name__, 'moto.rds' in sys.modules, own]))"
    )
    assert loaded == ["Offerings", False, True]
