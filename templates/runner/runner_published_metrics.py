"""Sends the latest metrics to CloudWatch once a minute. Failures do not affect the job."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from runner_http import AwsClient, AwsError, Request, endpoint

NAMESPACE = "Parris"
_INTERVAL_SECONDS = 60.0
_LAST_SECONDS = 5.0
_LARGEST = 2.0**360
"""CloudWatch refuses values beyond it, and those that are not finite.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html"""

Values = Mapping[str, Mapping[str, object]]


class PublishedMetrics:
    """Custom metrics of CloudWatch, whose one dimension is the job.

    All runs of a job share them: each name and dimension is billed.

    Args:
        client: sends the requests.
        region: the Region of the metrics.
        job_name: the value of the dimension.
        last_values: returns the last value of each metric.
        note: called with the first problem, for the log.
    """

    def __init__(
        self,
        client: AwsClient,
        region: str,
        job_name: str,
        last_values: Callable[[], Values],
        note: Callable[[str], None],
    ) -> None:
        """Create the thread without starting it."""
        self._client = client
        self._region = region
        self._job_name = job_name
        self._last_values = last_values
        self._note = note
        self._has_noted = False
        self._sent: dict[str, Mapping[str, object]] = {}
        self._is_ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Send from now on, if there is something new."""
        self._thread = threading.Thread(target=self._send_all, daemon=True)
        self._thread.start()

    def close(self, timeout_seconds: float = _LAST_SECONDS) -> None:
        """Send the last values, for at most this long."""
        self._is_ending.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def _send_all(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._is_ending.wait(_INTERVAL_SECONDS)
            try:
                self._send()
            except AwsError as error:
                if not self._has_noted:
                    self._has_noted = True
                    self._note(f"cloudwatch-metrics: a request to CloudWatch failed: {error}")

    def _send(self) -> None:
        new = {
            name: last
            for name, last in self._last_values().items()
            if last != self._sent.get(name) and _is_accepted(last["value"])
        }
        if not new:
            return
        request = Request(
            service="monitoring",
            region=self._region,
            method="POST",
            base=endpoint("monitoring", self._region),
            path="/",
            headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
            body=urlencode(self._parameters(new)).encode("ascii"),
        )
        self._client.send(request, _LAST_SECONDS)
        self._sent.update(new)

    def _parameters(self, values: Values) -> dict[str, object]:
        parameters: dict[str, object] = {
            "Action": "PutMetricData",
            "Version": "2010-08-01",
            "Namespace": NAMESPACE,
        }
        for number, (name, last) in enumerate(values.items(), start=1):
            datum = f"MetricData.member.{number}"
            parameters[f"{datum}.MetricName"] = name
            parameters[f"{datum}.Value"] = last["value"]
            parameters[f"{datum}.Timestamp"] = last["at"]
            parameters[f"{datum}.Dimensions.member.1.Name"] = "Job"
            parameters[f"{datum}.Dimensions.member.1.Value"] = self._job_name
        return parameters


def _is_accepted(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and abs(value) <= _LARGEST
