"""README and docs say what a deployment costs while nothing trains, by its template."""

from decimal import Decimal

from embedded_aws.packaging.read_template import read_template
from tests.architecture.definition import CLONE

TEMPLATE = read_template(CLONE / "template.yaml")
# us-east-1. Source: https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/lambda/pricing/
USD_PER_ALARM_AND_MONTH = Decimal("0.10")
USD_PER_GB_SECOND_ON_ARM = Decimal("0.0000133334")
USD_PER_INVOCATION = Decimal("0.0000002")
HOURS_OF_A_MONTH = 730
# Types that are billed by the hour or the month, whether anything happens or not.
BILLED_WHEN_IDLE = {
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::EIP",
    "AWS::EC2::Instance",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
}
# Seven in the clone with the second target, which runs these tests.
NUMBERS = {6: "six", 7: "seven"}


def alarms() -> int:
    types = [resource["Type"] for resource in TEMPLATE["Resources"].values()]
    billed = [one for one in types if one in BILLED_WHEN_IDLE]
    assert set(billed) == {"AWS::CloudWatch::Alarm"}
    return len(billed)


def test_nothing_is_billed_while_idle_but_the_alarms_that_the_documents_name() -> None:
    words = f"{NUMBERS[alarms()]} "
    for page, phrase in (
        ("README.md", f"{words}CloudWatch alarms ({USD_PER_ALARM_AND_MONTH} USD a"),
        ("docs/costs.md", f"{words}CloudWatch alarms ({USD_PER_ALARM_AND_MONTH} USD a"),
        ("docs/deploying.md", f"{words}CloudWatch alarms, {USD_PER_ALARM_AND_MONTH} USD a month"),
    ):
        assert phrase in (CLONE / page).read_text(), page


def test_no_table_has_capacity_that_is_paid_for() -> None:
    tables = [
        one["Properties"]
        for one in TEMPLATE["Resources"].values()
        if one["Type"] == "AWS::DynamoDB::Table"
    ]
    assert [one["BillingMode"] for one in tables] == ["PAY_PER_REQUEST"] * 3


def test_no_function_publishes_a_custom_metric() -> None:
    sources = (CLONE / "lambdas").rglob("*.py")
    wanted = ("powertools.metrics", "put_metric_data", "CloudWatchMetrics")
    assert [path for path in sources if any(word in path.read_text() for word in wanted)] == []


def test_the_reaper_by_the_hour_costs_what_the_documents_say() -> None:
    assert TEMPLATE["Parameters"]["ReaperRate"]["Default"] == "rate(1 hour)"
    memory_gb = Decimal(TEMPLATE["Globals"]["Function"]["MemorySize"]) / 1024
    assert "MemorySize" not in TEMPLATE["Resources"]["ReapOrphansFunction"]["Properties"]
    each = {seconds: memory_gb * seconds * USD_PER_GB_SECOND_ON_ARM for seconds in (1, 3)}
    cents = {
        seconds: round((usd + USD_PER_INVOCATION) * HOURS_OF_A_MONTH * 100)
        for seconds, usd in each.items()
    }
    assert set(cents.values()) <= {0, 1, 2}
    for page in (
        "README.md",
        "docs/costs.md",
        "docs/deploying.md",
        "docs/nothing-left-running.md",
    ):
        assert "one or two cents a" in (CLONE / page).read_text().replace("\n", " "), page
