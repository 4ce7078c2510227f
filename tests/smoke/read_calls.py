"""Which calls CloudFormation made with the stack role, as CloudTrail has them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_EVENTS = 500


def calls_of_role(make_client: Callable[[str], Any], role_name: str) -> Counter[str]:
    """Return the calls that are known by now and how often; CloudTrail is minutes late.

    A call that was refused has its error code behind it.
    """
    calls: Counter[str] = Counter()
    wanted = [{"AttributeKey": "EventSource", "AttributeValue": "ec2.amazonaws.com"}]
    try:
        pages = make_client("cloudtrail").get_paginator("lookup_events")
        found = pages.paginate(LookupAttributes=wanted, PaginationConfig={"MaxItems": _MOST_EVENTS})
        for page in found:
            for event in page["Events"]:
                said = json.loads(event["CloudTrailEvent"])
                issuer = said.get("userIdentity", {}).get("sessionContext", {})
                if issuer.get("sessionIssuer", {}).get("userName") == role_name:
                    error = said.get("errorCode")
                    calls[said["eventName"] + (f" ({error})" if error else "")] += 1
    except (ClientError, BotoCoreError, NotImplementedError):
        return Counter()
    return calls
