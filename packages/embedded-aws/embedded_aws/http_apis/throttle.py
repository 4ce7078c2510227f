"""Throttling of a stage: a bucket of tokens that fills up at its rate.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
"""

from dataclasses import dataclass
from typing import Any

from embedded_aws.context import current

_SERVICE = "throttling of HTTP APIs"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_seconds: float


def takes_token(api_id: str, settings: dict[str, Any]) -> bool:
    """Return whether a request may pass.

    Args:
        api_id: the API.
        settings: the default route settings of its stage; without limits everything passes.
    """
    rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
    if rate is None or burst is None:
        return True
    now = current().clock.now().timestamp()
    buckets = current().services.setdefault(_SERVICE, {})
    assert isinstance(buckets, dict)
    bucket = buckets.setdefault(api_id, _Bucket(float(burst), now))
    passed_seconds = max(0.0, now - bucket.at_seconds)
    bucket.tokens = min(float(burst), bucket.tokens + passed_seconds * float(rate))
    bucket.at_seconds = now
    if bucket.tokens < 1:
        return False
    bucket.tokens -= 1
    return True
