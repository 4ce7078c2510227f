"""`parris offers`: instance types that fit, with prices and zones."""

import argparse
from decimal import Decimal, InvalidOperation

from parris_cli.commands.command import Command, add_json, checked
from parris_cli.commands.counts import parse_count

_MOST = 15

_ABOUT = """\
Show the instance types that have what you need, the cheapest first: vCPUs, memory, GPUs or
other accelerators, the price per hour on demand, the lowest spot price at present, and the zones
(the last letter of their names).

AWS is asked for types, prices and zones of your Region. The price is that of the instance alone.
`parris estimate` quotes a whole job, and says whether your quota allows the type. Types that
begin with ml. are not shown.
"""

_EXAMPLES = """\
examples:
  parris offers --gpus 1 --gpu-memory 24
          machines with a GPU that has 24 GiB or more
  parris offers --gpu h100 --first 3
          the three cheapest with an H100
  parris offers --vcpus 16 --memory 64 --max-price 1 --json | jq -r '.offers[0].instance_type'
          the cheapest type of this size, for scripts

exit codes:
  0  types were found
  1  AWS did not respond, or your permissions lack a call that the message names
  2  no type has all of this, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    whole, amount = checked(_whole), checked(_amount)
    parser.add_argument("--vcpus", type=whole, default=0, metavar="N", help="at least N vCPUs")
    parser.add_argument(
        "--memory", type=amount, default=Decimal(0), metavar="GIB", help="at least so much memory"
    )
    parser.add_argument(
        "--gpus", type=whole, default=0, metavar="N", help="at least N accelerators"
    )
    parser.add_argument(
        "--gpu", default="", metavar="NAME", help="part of the accelerator's name, such as a10g"
    )
    parser.add_argument(
        "--gpu-memory",
        type=amount,
        default=Decimal(0),
        metavar="GIB",
        help="at least so much memory in each accelerator",
    )
    parser.add_argument(
        "--architecture", choices=("x86_64", "arm64"), help="of the processor (default: either)"
    )
    parser.add_argument(
        "--family", default="", metavar="NAME", help="the beginning of the type's name, such as g5."
    )
    parser.add_argument(
        "--max-price", type=amount, metavar="USD", help="at most so much per hour on demand"
    )
    parser.add_argument(
        "--first",
        type=checked(parse_count),
        default=_MOST,
        metavar="N",
        help=f"show the cheapest N (default: {_MOST})",
    )
    add_json(parser)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError(f"found {text!r}, expected a whole number")
    return int(text)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"found {text!r}, expected a number such as 24 or 0.5")
    return amount


def _call(found: argparse.Namespace) -> int:
    from parris_cli.offers.machine import Needs
    from parris_cli.offers.show_offers import OffersOptions, show_offers

    needs = Needs(
        vcpus=found.vcpus,
        memory_gib=found.memory,
        gpus=found.gpus,
        gpu=found.gpu,
        gpu_memory_gib=found.gpu_memory,
        architecture=found.architecture,
        family=found.family,
        most_usd_per_hour=found.max_price,
    )
    return show_offers(OffersOptions(needs, found.first, found.json))


OFFERS = Command(
    "offers",
    "show instance types that fit, with prices and zones",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
