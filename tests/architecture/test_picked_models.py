"""The service models that the functions carry are botocore's, as far as the gateways need them."""

from pathlib import Path

from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from parris.aws.models.pick_models import FOLDER, picked_models


def test_the_models_are_those_that_make_models_writes() -> None:
    written = {
        path.relative_to(FOLDER).as_posix(): path.read_text("utf-8")
        for path in Path(FOLDER).rglob("*.json")
    }
    assert written == picked_models(), "the gateways or botocore have changed: run `make models`"


def test_every_endpoint_is_where_botocore_has_it() -> None:
    picked, whole = (
        EndpointResolver(loader.load_data("endpoints"))
        for loader in (
            Loader(extra_search_paths=[str(FOLDER)]),
            Loader(),
        )
    )
    regions = {
        region: partition["partition"]
        for partition in Loader().load_data("endpoints")["partitions"]
        for region in partition["regions"]
    }
    assert regions["us-east-1"] == "aws"
    for service in ("cloudformation", "dynamodb", "ec2", "iam", "lambda", "s3", "ssm", "states"):
        for region in (*regions, "eu-newest-7"):
            assert picked.construct_endpoint(service, region) == whole.construct_endpoint(
                service, region
            )
