"""The quotas of training jobs are found by their names, page by page."""

from typing import Any

from botocore.stub import Stubber

from parris.targets.sagemaker.aws.quotas import FoundQuotas, Quota, Quotas
from tests.aws.clients import make_client

NAME = "ml.g5.xlarge for training job usage"


def a_quota(name: str, value: float = 4) -> dict[str, Any]:
    return {"QuotaName": name, "QuotaCode": "L-12345678", "Value": value}


def found_in(*pages: list[dict[str, Any]], code: str = "") -> FoundQuotas:
    client = make_client("service-quotas", region_name="us-east-1")
    with Stubber(client) as stubber:
        for number, page in enumerate(pages, start=1):
            token = {"NextToken": str(number)} if number < len(pages) else {}
            before = {"NextToken": str(number - 1)} if number > 1 else {}
            stubber.add_response(
                "list_service_quotas",
                {"Quotas": page, **token},
                {"ServiceCode": "sagemaker", "MaxResults": 100, **before},
            )
        if code:
            stubber.add_client_error("list_service_quotas", code)
        return Quotas(client).find([NAME])


def test_pages_are_read_until_all_are_found() -> None:
    found = found_in([a_quota("another")], [a_quota(NAME)], [a_quota("never read")])
    assert found == FoundQuotas({NAME: Quota("L-12345678", NAME, 4)})


def test_a_quota_that_is_in_no_page_is_missing_with_a_reason() -> None:
    assert found_in([a_quota("another")]) == FoundQuotas({}, "there is no such quota")


def test_an_error_is_a_reason_and_is_not_raised() -> None:
    assert found_in(code="AccessDeniedException") == FoundQuotas({}, "AccessDeniedException")
