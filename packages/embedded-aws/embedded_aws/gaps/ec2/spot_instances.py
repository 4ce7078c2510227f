"""A spot instance has its market options and its maximum price, and cannot be stopped.

moto reads market options only from RunInstances, not from a launch template. It accepts every
maximum price, and stops one-time spot instances, which EC2 refuses.
"""

import secrets
import threading
from decimal import Decimal
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.responses.instances import InstanceResponse

from embedded_aws.context import current
from embedded_aws.patching import wrap
from embedded_aws.permissions.service_linked_roles import make_spot_role
from embedded_aws.prices.spot_prices import spot_price_at

_request = threading.local()


class SpotMaxPriceTooLowError(EC2ClientError):
    """The maximum price is below the present spot price."""

    def __init__(self, bid: Decimal, price: Decimal) -> None:
        """Use EC2's message."""
        super().__init__(
            "SpotMaxPriceTooLow",
            f"Your Spot request price of {bid} is lower than the minimum required Spot request"
            f" fulfillment price of {price}.",
        )


class UnmodelledSpotOptionsError(EC2ClientError):
    """Options of the spot market that are not modelled."""

    def __init__(self, what: str) -> None:
        """Name them."""
        super().__init__("UnsupportedOperation", f"The embedded AWS does not model {what}.")


class OneTimeSpotInstanceError(EC2ClientError):
    """A one-time spot instance cannot be stopped, only terminated."""

    def __init__(self, instance_id: str) -> None:
        """Use EC2's message."""
        super().__init__(
            "UnsupportedOperation",
            f"You can't stop the Spot Instance '{instance_id}' because it is associated with a"
            " one-time Spot Instance request. You can only stop Spot Instances associated with"
            " persistent Spot Instance requests.",
        )


def install() -> None:
    """Patch the launch and the stop of instances."""
    wrap(InstanceResponse, "run_instances", _make_read_request)
    wrap(InstanceBackend, "run_instances", _make_run_instances)
    wrap(Instance, "stop", _make_stop)


def market_of(backend: Any, named: dict[str, Any]) -> dict[str, Any]:
    """Return the market options of the request, or else of its launch template."""
    market: dict[str, Any] = getattr(_request, "market", {})
    if not market and named.get("launch_template"):
        data = backend._get_template_from_args(named["launch_template"]).data
        market = data.get("InstanceMarketOptions") or {}
    return market


def _make_read_request(original: Any) -> Any:
    # moto passes only the type of the market on.
    def run_instances(self: Any) -> Any:
        _request.market = self._get_param("InstanceMarketOptions", {})
        try:
            return original(self)
        finally:
            _request.market = {}

    return run_instances


def _make_run_instances(original: Any) -> Any:
    def run_instances(self: Any, *arguments: Any, **named: Any) -> Any:
        market = market_of(self, named)
        if market.get("MarketType") != "spot":
            return original(self, *arguments, **named)
        options = market.get("SpotOptions") or {}
        _refuse_unmodelled(options)
        _refuse_low_bid(options, str(named.get("instance_type")), self.region_name)
        make_spot_role()
        named["instance_market_options"] = market
        reservation = original(self, *arguments, **named)
        for instance in reservation.instances:
            instance.spot_instance_request_id = f"sir-{secrets.token_hex(4)}"
        return reservation

    return run_instances


def _make_stop(original: Any) -> Any:
    def stop(self: Any) -> Any:
        if self.lifecycle == "spot":
            raise OneTimeSpotInstanceError(self.id)
        return original(self)

    return stop


def _refuse_unmodelled(options: dict[str, Any]) -> None:
    kind = options.get("SpotInstanceType", "one-time")
    behaviour = options.get("InstanceInterruptionBehavior", "terminate")
    if (kind, behaviour) != ("one-time", "terminate"):
        raise UnmodelledSpotOptionsError(f"spot instances that are {kind} and {behaviour}")


def _refuse_low_bid(options: dict[str, Any], instance_type: str, region: str) -> None:
    bid = options.get("MaxPrice")
    price = spot_price_at(instance_type, region, current().clock.now())
    if bid and price is not None and Decimal(str(bid)) < price:
        raise SpotMaxPriceTooLowError(Decimal(str(bid)), price)
