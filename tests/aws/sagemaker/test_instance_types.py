"""The instance types that the API model of SageMaker lists."""

from parris.targets.sagemaker.aws.instance_types import InstanceTypes
from tests.aws.clients import make_client


def test_the_api_model_lists_the_types_of_training() -> None:
    known = InstanceTypes(make_client("sagemaker", region_name="us-east-1")).known()
    assert {"ml.m5.large", "ml.p4d.24xlarge"} < known
