"""One product with its price, in the exact shape of the Price List API."""

import csv
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"
LOCATIONS = {
    "us-east-1": "US East (N. Virginia)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "EU (Ireland)",
}
USAGE_PREFIXES = {"us-east-1": "", "us-west-2": "USW2-", "eu-west-1": "EU-"}
"""The prefix of a Region's usage types; EC2's own have no prefix in us-east-1."""

_ON_DEMAND_TERM = "JRTCKXETXF"
_RATE = "6YS6EN2CT7"


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table; lines that begin with # state its source."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if line[:1] != "#"))


def sku_of(name: str) -> str:
    """Return an SKU that is always the same for the same product."""
    return hashlib.sha256(name.encode()).hexdigest()[:16].upper()


def entry_of(
    product: dict[str, Any], usd: Decimal, *, unit: str, description: str, source_date: str
) -> dict[str, Any]:
    """Return a product with its on-demand price, as an entry of a PriceList."""
    sku = product["sku"]
    term = f"{sku}.{_ON_DEMAND_TERM}"
    rate = f"{term}.{_RATE}"
    dimension = {
        "unit": unit,
        "beginRange": "0",
        "endRange": "Inf",
        "rateCode": rate,
        "appliesTo": [],
        "description": description,
        "pricePerUnit": {"USD": f"{usd:.10f}"},
    }
    terms = {
        "priceDimensions": {rate: dimension},
        "sku": sku,
        "offerTermCode": _ON_DEMAND_TERM,
        "effectiveDate": f"{source_date}T00:00:00Z",
        "termAttributes": {},
    }
    return {
        "product": product,
        "serviceCode": product["attributes"]["servicecode"],
        "terms": {"OnDemand": {term: terms}},
        "version": source_date.replace("-", "") + "000000",
        "publicationDate": f"{source_date}T00:00:00Z",
    }
