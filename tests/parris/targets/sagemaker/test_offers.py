"""What a training job costs on each of its machines, and how long it may run."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from parris.costs.cost import affordable_seconds, spent_usd
from parris.costs.price import Price
from parris.errors import PriceUnknownError
from parris.targets.sagemaker.aws.prices import Prices
from parris.targets.sagemaker.aws.quotas import Quota
from parris.targets.sagemaker.check_quotas import LONGEST_RUN_TIME, CheckedQuotas
from parris.targets.sagemaker.check_runtime import find_runtime_violations
from parris.targets.sagemaker.offers import machines_in, offer_of, with_runtime_details
from parris.targets.sagemaker.rates import FoundRates, find_unknown_types
from parris.targets.sagemaker.read_spec import spec_in

UNKNOWN = PriceUnknownError("the price list has no price for it")
RATES = FoundRates(
    {
        "ml.m5.large": Price(Decimal("0.115"), "AWS Price List, m5", "2026-08-11"),
        "ml.g5.xlarge": Price(Decimal("1.408"), "AWS Price List, g5", "2026-09-24"),
        "ml.t3.large": UNKNOWN,
    },
    Price(Decimal("0.14"), "AWS Price List, volume", "2026-09-28"),
)
FIVE_DAYS = 432_000
QUOTAS = CheckedQuotas(
    longest_runtime=Quota("L-33A961FD", LONGEST_RUN_TIME, FIVE_DAYS),
    longest_runtime_seconds=FIVE_DAYS,
)


def offers(config: Any) -> Any:
    spec = spec_in(config)
    return [offer_of(one, spec) for one in machines_in(config, spec, RATES)]


def usd_per_hour(offer: Any) -> dict[str, str]:
    return {one.part: f"{one.usd_per_hour:f}" for one in offer.rate.components}


def test_each_type_is_an_offer_with_its_instances_and_volumes() -> None:
    found = offers(
        {"instance-type": ["ml.g5.xlarge", "ml.m5.large"], "instance-count": 2,
         "volume-size-gib": 672}
    )  # fmt: skip
    assert [one.title for one in found] == ["2 x ml.g5.xlarge", "2 x ml.m5.large"]
    # 672 hours are the shortest month.
    assert usd_per_hour(found[1]) == {"instance": "0.230", "volume": "0.2800000000"}
    assert found[1].spec["instance_type"] == "ml.m5.large"
    assert found[1].details == {"instance_type": "ml.m5.large", "instance_count": 2}
    assert spent_usd(found[1].rate, 1) == spent_usd(found[1].rate, 60)


def test_groups_are_one_offer_with_a_part_for_each() -> None:
    groups = [
        {"name": "trainers", "instance-type": "ml.g5.xlarge", "instance-count": 1},
        {"name": "loaders", "instance-type": "ml.m5.large", "instance-count": 2},
    ]
    (found,) = offers({"instance-groups": groups})
    assert found.title == "ml.g5.xlarge + 2 x ml.m5.large"
    assert found.spec["instance_type"] == ""
    assert list(usd_per_hour(found)) == [
        "instances of trainers", "instances of loaders", "volumes of trainers",
        "volumes of loaders",
    ]  # fmt: skip
    assert found.rate.components[1].usd_per_hour == Decimal("0.230")


def test_a_warm_pool_is_reserved_in_the_cost_limit_and_shown_separately() -> None:
    config: Any = {"instance-type": "ml.m5.large"}
    (cold,), (warm,) = offers(config), offers({**config, "keep-alive-seconds": "1h"})
    assert "warm_pool" not in cold.details
    pool = warm.details["warm_pool"]
    assert pool["keep_alive_seconds"] == 3600
    an_hour = Decimal(pool["most_usd"])
    assert an_hour >= cold.rate.usd_per_hour
    limit = Decimal("2.3")
    lost = affordable_seconds(cold.rate, limit) - affordable_seconds(warm.rate, limit)
    assert lost == 3600


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        ({"instance-type": "ml.m5.large"}, None),
        ({"instance-type": "ml.g5.xlarge"}, 7_200),
        ({"instance-type": "ml.m5.large", "pending-timeout-seconds": "4h"}, 14_400),
    ],
)
def test_a_job_on_accelerators_does_not_wait_for_them_for_ever(
    config: Any, seconds: int | None
) -> None:
    (found,) = offers(config)
    assert found.spec["pending_timeout_seconds"] == seconds
    assert found.boot_timeout_seconds == 3600 + (seconds or 0)


def test_a_price_that_is_unknown_is_never_zero() -> None:
    config: Any = {"instance-type": ["ml.m5.large", "ml.t3.large"]}
    assert [one.rate is None for one in offers(config)] == [False, True]
    (violation,) = RATES.violations(config)
    assert violation.path == "/instance-type/1"
    no_volume = dataclasses.replace(RATES, volume=UNKNOWN)
    assert [one.path for one in no_volume.violations({"instance-type": "ml.m5.large"})] == [
        "/volume-size-gib"
    ]
    assert len(no_volume.warnings()) == 2


def test_a_type_that_neither_has_a_price_nor_is_known_does_not_exist() -> None:
    config: Any = {"instance-type": ["ml.m5.large", "ml.t3.large"]}
    assert find_unknown_types(config, RATES, frozenset({"ml.t3.large"})) == []
    (violation,) = find_unknown_types(config, RATES, frozenset())
    assert violation.path == "/instance-type/1"


def limited(hours: float | None = None, usd: float | None = None) -> dict[str, Any]:
    methods = [] if hours is None else ["at-fixed-time"]
    methods += [] if usd is None else ["around-cost-threshold"]
    options = {"time-limit": hours, "cost-limit": usd}
    return {
        "instance-type": "ml.m5.large",
        "termination-method": methods or ["on-complete"],
        "termination-options": {key: one for key, one in options.items() if one is not None},
    }


def runtime_paths(config: Any) -> list[str]:
    found = find_runtime_violations(config, offers(config), QUOTAS, "us-east-1")
    return [one.path for one in found]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (limited(), []),
        (limited(hours=120), []),
        (limited(hours=120.01), ["/termination-options/time-limit"]),
        (limited(hours=240 / 3600), []),
        (limited(hours=239 / 3600), ["/termination-options/time-limit"]),
        (limited(usd=0.005), ["/termination-options/cost-limit"]),
        ({**limited(hours=10), "purchase-option": "spot", "max-wait": 12}, []),
        ({**limited(hours=10), "purchase-option": "spot", "max-wait": 9}, ["/max-wait"]),
    ],
)
def test_the_limits_fit_what_sagemaker_needs_and_allows(config: Any, expected: list[str]) -> None:
    assert runtime_paths(config) == expected


def test_a_limit_above_the_quota_names_the_quota_and_how_to_raise_it() -> None:
    config = limited(hours=200)
    (violation,) = find_runtime_violations(config, offers(config), QUOTAS, "us-east-1")
    assert 'this account\'s quota "Longest run time for a training job"' in violation.expected
    assert "--quota-code L-33A961FD --desired-value 720000" in violation.expected


@pytest.mark.parametrize(
    ("config", "seconds", "reason"),
    [
        (limited(hours=10), 36_000 - 120 - 600, "the limits of the job"),
        (limited(), FIVE_DAYS, "the quota of the account: 432000 s"),
    ],
)
def test_the_quote_says_what_decides_on_the_longest_run_time(
    config: Any, seconds: int, reason: str
) -> None:
    (found,) = with_runtime_details(config, offers(config), QUOTAS)
    assert found.details["max_runtime_seconds"] == seconds
    assert found.details["max_runtime_from"] == reason
    # SageMaker ends every training job then, saves, and uploads.
    assert found.longest_seconds == FIVE_DAYS + 120 + 600


def test_a_price_of_the_config_goes_over_the_list_and_includes_an_unknown_volume() -> None:
    config: Any = {"instance-type": "ml.t3.large", "hourly-price-usd": 0.5, "instance-count": 2}
    found = FoundRates.read(Prices(None, "us-gov-west-1"), config)
    spec = spec_in(config)
    (machine,) = machines_in(config, spec, found)
    assert machine.rate is not None
    assert machine.rate.usd_per_hour == 1
    assert found.violations(config) == []
    (warning,) = found.warnings()
    assert "assuming that hourly-price-usd includes it" in warning
