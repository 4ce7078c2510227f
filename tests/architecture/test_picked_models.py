"""The service models that the functions carry are botocore's, as far as the gateways need them."""

import json
from itertools import product
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
    models = [json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*/*/service-2.json")]
    prefixes = {model["metadata"]["endpointPrefix"] for model in models}
    assert {"api.pricing", "ec2", "states"} < prefixes
    endpoints = Loader().load_data("endpoints")
    regions = [region for one in endpoints["partitions"] for region in one["regions"]]
    assert "us-east-1" in regions
    picked = EndpointResolver(json.loads((FOLDER / "endpoints.json").read_text("utf-8")))
    whole = EndpointResolver(endpoints)
    for prefix, region in product(prefixes, [*regions, "eu-newest-7"]):
        assert picked.construct_endpoint(prefix, region) == whole.construct_endpoint(prefix, region)
