"""Service Quotas has the quotas of training jobs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings

ON_DEMAND, SPOT = "ml.g5.xlarge for training job usage", "ml.g5.xlarge for spot training job usage"
LONGEST, LONGEST_CODE = "Longest run time for a training job", "L-33A961FD"


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(training_quotas={SPOT: 0, LONGEST: 86_400})
    with EmbeddedAws(settings, folder=tmp_path / "aws") as running:
        yield running


def quotas(aws: EmbeddedAws) -> dict[str, Any]:
    """List the quotas by their names, as AWS has them: in pages."""
    client = aws.client("service-quotas")
    pages = [client.list_service_quotas(ServiceCode="sagemaker")]
    while "NextToken" in pages[-1]:
        token = pages[-1]["NextToken"]
        pages.append(client.list_service_quotas(ServiceCode="sagemaker", NextToken=token))
    assert len(pages) > 2
    return {one["QuotaName"]: one for page in pages for one in page["Quotas"]}


def test_each_type_has_a_quota_for_each_purchase_option_and_for_warm_pools(
    aws: EmbeddedAws,
) -> None:
    found = quotas(aws)
    assert found[ON_DEMAND]["Value"] == 20
    assert found[SPOT]["Value"] == 0
    assert "ml.g5.xlarge for training warm pool usage" in found
    assert len({one["QuotaCode"] for one in found.values()}) == len(found)


def test_the_longest_run_time_is_found_by_its_code(aws: EmbeddedAws) -> None:
    client = aws.client("service-quotas")
    quota = client.get_service_quota(ServiceCode="sagemaker", QuotaCode=LONGEST_CODE)["Quota"]
    assert (quota["QuotaName"], quota["Value"]) == (LONGEST, 86_400)
    assert quotas(aws)[LONGEST]["QuotaCode"] == LONGEST_CODE


def test_a_page_has_as_many_quotas_as_requested(aws: EmbeddedAws) -> None:
    client = aws.client("service-quotas")
    page = client.list_service_quotas(ServiceCode="sagemaker", MaxResults=7)
    assert len(page["Quotas"]) == 7


def test_a_code_that_the_service_does_not_have_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        aws.client("service-quotas").get_service_quota(
            ServiceCode="sagemaker", QuotaCode="L-00000000"
        )
