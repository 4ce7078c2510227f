"""The Price List Query API as a WSGI application: GetProducts of EC2, VPC, SageMaker and ECS."""

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any

from embedded_aws.prices.fargate_products import iterate_fargate_products
from embedded_aws.prices.instance_products import iterate_instance_products
from embedded_aws.prices.training_products import iterate_training_products
from embedded_aws.prices.volume_and_address_products import (
    iterate_volume_and_address_products,
)

LARGEST_PAGE_PRODUCTS = 100
_COMPUTING, _TRAINING, _CONTAINERS = "AmazonEC2", "AmazonSageMaker", "AmazonECS"
_SERVICES = (_COMPUTING, "AmazonVPC", _TRAINING, _CONTAINERS)
_TARGET = "AWSPriceListService."
# Nearly all products are instances, and nearly all requests are for a type, or for something that
# no instance has: the others are skipped.
_INSTANCE_TYPE = "instanceType"
_BESIDE_ATTRIBUTES = ("sku", "productFamily")


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
    found = [one for one in _candidates(service, wanted) if _is_wanted(one, wanted)]
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
def _entries_of(
    service: str, instance_types: tuple[str, ...] | None = None
) -> tuple[dict[str, Any], ...]:
    if service == _TRAINING:
        return tuple(iterate_training_products())
    if service == _CONTAINERS:
        return tuple(iterate_fargate_products())
    products = chain(
        iterate_instance_products(instance_types) if service == _COMPUTING else (),
        iterate_volume_and_address_products(),
    )
    return tuple(one for one in products if one["serviceCode"] == service)


def _candidates(service: str, wanted: Mapping[str, tuple[str, ...]]) -> Iterable[Mapping[str, Any]]:
    """Return the products that match the filter which leaves the fewest, in the list's order."""
    if _INSTANCE_TYPE in wanted:
        return _entries_of(service, wanted[_INSTANCE_TYPE])
    if service == _COMPUTING and not set(wanted) <= _names_of_instances():
        return _entries_of(service, ())
    entries = _entries_of(service)
    matching = [
        sorted({at for value in values for at in _places_of(service, name).get(value, ())})
        for name, values in wanted.items()
    ]
    return [entries[at] for at in min(matching, key=len)] if matching else entries


@functools.cache
def _places_of(service: str, name: str) -> Mapping[str | None, list[int]]:
    """Return where in the list the products with each value of an attribute are."""
    places: dict[str | None, list[int]] = defaultdict(list)
    for at, entry in enumerate(_entries_of(service)):
        places[_value_of(entry, name)].append(at)
    return places


@functools.cache
def _names_of_instances() -> frozenset[str]:
    """Return what can be asked of an instance: all of them have the same attributes."""
    attributes = next(iterate_instance_products())["product"]["attributes"]
    return frozenset((*_BESIDE_ATTRIBUTES, *attributes))


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


def _is_wanted(entry: Mapping[str, Any], wanted: Mapping[str, tuple[str, ...]]) -> bool:
    return all(_value_of(entry, name) in values for name, values in wanted.items())


def _value_of(entry: Mapping[str, Any], name: str) -> str | None:
    product = entry["product"]
    place = product if name in _BESIDE_ATTRIBUTES else product["attributes"]
    value: str | None = place.get(name)
    return value
