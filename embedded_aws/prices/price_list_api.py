"""The Price List Query API as a WSGI application: GetProducts of AmazonEC2."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from embedded_aws.prices.products import iterate_products

LARGEST_PAGE_PRODUCTS = 100
_TARGET = "AWSPriceListService."


class PriceListError(Exception):
    """A request that is refused, with the error code that AWS gives."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code for the answer."""
        super().__init__(message)
        self.code = code


def serve_price_list(
    environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """Answer one request."""
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
        PriceListError: for a service or a filter type that is not there.
    """
    if request.get("ServiceCode") != "AmazonEC2":
        code = request.get("ServiceCode")
        raise PriceListError("NotFoundException", f"Service {code} has no prices here")
    found = list(iterate_products(_wanted(request.get("Filters", []))))
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


def _wanted(filters: list[dict[str, str]]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for condition in filters:
        if condition["Type"] not in ("TERM_MATCH", "EQUALS"):
            raise PriceListError(
                "InvalidParameterException", f"Filter type {condition['Type']} is not modelled"
            )
        wanted[condition["Field"]] = condition["Value"]
    return wanted
