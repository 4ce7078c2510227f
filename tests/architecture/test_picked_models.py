"""The service models that the functions carry are botocore's, as far as the gateways need them."""

from pathlib import Path

from parris.aws.models.pick_models import FOLDER, picked_models


def test_the_models_are_those_that_make_models_writes() -> None:
    written = {
        path.relative_to(FOLDER).as_posix(): path.read_text("utf-8")
        for path in Path(FOLDER).rglob("*.json")
    }
    assert written == picked_models(), "the gateways or botocore have changed: run `make models`"
