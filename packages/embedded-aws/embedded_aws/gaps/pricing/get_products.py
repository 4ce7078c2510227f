"""The Price List API responds to GetProducts for EC2, VPC, SageMaker and ECS.

moto has no Price List; its server returns 404.
"""

import re
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.patching import wrap
from embedded_aws.prices.price_list_api import serve_price_list

_SIGNED_FOR_PRICING = re.compile(r"Credential=[^/]+/\d+/[^/]+/pricing/")


def install() -> None:
    """Patch where the server selects the service of a request."""
    wrap(DomainDispatcherApplication, "get_application", _make_get_application)


def _make_get_application(original: Any) -> Any:
    def get_application(self: Any, environ: dict[str, Any]) -> Any:
        if _SIGNED_FOR_PRICING.search(environ.get("HTTP_AUTHORIZATION", "")):
            return serve_price_list
        return original(self, environ)

    return get_application
