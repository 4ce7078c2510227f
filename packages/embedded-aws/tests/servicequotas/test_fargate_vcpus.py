"""GetServiceQuota returns the account's quotas of vCPUs for Fargate."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings

ON_DEMAND, SPOT = "L-3032A538", "L-36FBB829"


def test_a_quota_is_that_of_the_settings_or_the_usual_one(tmp_path: Path) -> None:
    with EmbeddedAws(Settings(vcpu_quotas={SPOT: 6}), folder=tmp_path / "aws") as aws:
        client = aws.client("service-quotas")
        found = {
            code: client.get_service_quota(ServiceCode="fargate", QuotaCode=code)["Quota"]["Value"]
            for code in (ON_DEMAND, SPOT)
        }
        assert found == {ON_DEMAND: 256, SPOT: 6}
        with pytest.raises(ClientError, match="NoSuchResourceException"):
            client.get_service_quota(ServiceCode="ec2", QuotaCode=SPOT)
