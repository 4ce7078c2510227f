"""Figures of a deployment in CloudWatch, written into the log, which needs no permission."""

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Parris"


def count_metrics(deployment: str, counts: Mapping[str, int]) -> None:
    """Count things that happened, each under its name, in the dimension `Deployment`.

    Args:
        deployment: whose they are.
        counts: CamelCase name to how many.
    """
    # Ephemeral: two functions of one process do not count into each other.
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension(name="Deployment", value=deployment)
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
