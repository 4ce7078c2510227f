"""The Price List Query API as a WSGI application: GetProducts of AmazonEC2 and AmazonVPC."""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any

from embedded_aws.prices.instance_products import iterate_instance_products
from embedded_aws.prices.volume_and_address_products import (
    iterate_volume_and_address_products,
)

LARGEST_PAGE_PRODUCTS = 100
_SERVICES = ("AmazonEC2", "AmazonVPC")
_TARGET = "AWSPriceListService."


class PriceListError(Exception):
    """A refused request, with AWS's error code."""

    def __init__(self, code: str, message: str) -> None:
        """Store the code for the response."""
        super().__init__(message)
        self.code = code


def serve_price_list(
    environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """Respond to one request."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    action = environ.get("HTTP_X_AMZ_TARGET", "").removeprefix(_TARGET)
    try:
        if action != "GetProducts":
            raise PriceListError(
                "UnknownOperationException", f"{action} is not modelled by the embedded AWS"
            )
        status, answer = "200 OK", get_products(json.loads(body or b"{}"))
    except PriceListError as error:
        status, answer = "400 Bad Request", {"__type": error.code, "message": str(error)}
    encoded = json.dumps(answer).encode()
    headers = [("Content-Type", "application/x-amz-json-1.1")]
    start_response(status, [*headers, ("Content-Length", str(len(encoded)))])
    return [encoded]


def get_products(request: dict[str, Any]) -> dict[str, Any]:
    """Return one page of the products that all filters of a request match.

    Raises:
        PriceListError: for an unknown service or filter type.
    """
    service = request.get("ServiceCode")
    if service not in _SERVICES:
        raise PriceListError("NotFoundException", f"Service {service} has no prices here")
    wanted = _wanted(request.get("Filters", []))
    found = [one for one in _entries_of(service) if _is_wanted(one, wanted)]
    start = int(request.get("NextToken") or 0)
    asked = int(request.get("MaxResults") or LARGEST_PAGE_PRODUCTS)
    end = start + min(asked, LARGEST_PAGE_PRODUCTS)
    page: dict[str, Any] = {
        "FormatVersion": "aws_v1",
        "PriceList": [json.dumps(product) for product in found[start:end]],
    }
    if end < len(found):
        page["NextToken"] = str(end)
    return page


@functools.cache
def _entries_of(service: str) -> tuple[dict[str, Any], ...]:
    products = chain(iterate_instance_products(), iterate_volume_and_address_products())
    return tuple(one for one in products if one["serviceCode"] == service)


def _wanted(filters: list[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the allowed values of each attribute."""
    wanted: dict[str, tuple[str, ...]] = {}
    for condition in filters:
        match condition["Type"]:
            case "TERM_MATCH" | "EQUALS":
                wanted[condition["Field"]] = (condition["Value"],)
            case "ANY_OF":
                wanted[condition["Field"]] = tuple(condition["Value"].split(","))
            case kind:
                raise PriceListError(
                    "InvalidParameterException", f"Filter type {kind} is not modelled"
                )
    return wanted


def _is_wanted(entry: dict[str, Any], wanted: Mapping[str, tuple[str, ...]]) -> bool:
    product = entry["product"]
    known = {**product["attributes"], "sku": product["sku"]}
    known["productFamily"] = product.get("productFamily")
    return all(known.get(name) in values for name, values in wanted.items())
