"""Prints the instance types that fit, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris_cli.account.session import own_session
from parris_cli.errors import RefusedError
from parris_cli.formatting import counted, money
from parris_cli.offers.find_offers import find_offers
from parris_cli.reports.print_read import Found, print_read
from parris_cli.terminal.style import Span, Style
from parris_cli.terminal.table import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from parris.payloads import Payload
    from parris_cli.offers.find_offers import Offers
    from parris_cli.offers.machine import Needs, Offer

_HEAD = ("type", "vCPU", "GiB", "accelerators", "USD/h", "spot", "zones")
_NUMBERS = frozenset({1, 2, 4, 5})
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class OffersOptions:
    """Options of `parris offers`. `most` is how many are shown."""

    needs: Needs
    most: int
    is_json: bool


def show_offers(options: OffersOptions) -> int:
    """Print the cheapest machines that fit, and return the command's exit code."""
    return print_read(lambda: _read(options), is_json=options.is_json)


def _read(options: OffersOptions) -> Found:
    return found_offers(find_offers(own_session(), options.needs, options.most))


def found_offers(found: Offers) -> Found:
    """Return what is shown of offers.

    Raises:
        RefusedError: if there are none.
    """
    if not found.offers:
        raise RefusedError(
            f"no instance type in {found.region} has all of this; ask for less, or choose another"
            " Region with AWS_REGION"
        )
    value: Payload = {
        "region": found.region,
        "count": found.count,
        "offers": [one.to_json() for one in found.offers],
    }
    return Found(value, _lines(found))


def _lines(found: Offers) -> list[Sequence[Span]]:
    head = [Span(title, Style.BOLD) for title in _HEAD]
    rows = [head, *(_cells(one) for one in found.offers)]
    shown = len(found.offers)
    many = counted(found.count, "type")
    total = many if shown == found.count else f"the cheapest {shown} of {many}"
    whole = f"a whole quote: parris estimate --instance-type {found.offers[0].machine.name}"
    return [*aligned(rows, _NUMBERS), (Span(f"{total} in {found.region}; {whole}"),)]


def _cells(offer: Offer) -> list[Span]:
    machine = offer.machine
    each = f" of {machine.gpu_memory_gib:f} GiB" if machine.gpu_memory_gib else ""
    return [
        Span(machine.name),
        Span(str(machine.vcpus)),
        Span(f"{machine.memory_gib:f}"),
        Span(f"{machine.gpus} {_without_maker(machine.gpu)}{each}" if machine.gpus else ""),
        Span(_usd(offer.on_demand_usd)),
        Span(_usd(offer.spot_usd)),
        Span("".join(zone[-1:] for zone in offer.zones)),
    ]


def _without_maker(accelerator: str) -> str:
    """Return `A10G` of `NVIDIA A10G`: with the maker, a row would not fit into 80 columns."""
    return accelerator.partition(" ")[2] or accelerator


def _usd(amount: Decimal | None) -> str:
    return "" if amount is None else money(str(round(amount, _DECIMALS)))
