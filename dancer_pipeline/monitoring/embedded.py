"""A log line that CloudWatch takes metrics from: the embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

The library for it, aws-embedded-metrics, flushes in an event loop, looks for the machine that it
runs on by network and writes to standard output or to an agent; here a line must go where all
others go, whole, and at once. What is left of the format without that is this module.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dancer_pipeline.logfile import MEASURED, LogFile
from dancer_pipeline.monitoring.catalogue import DEPLOYMENT, NAMESPACE, measure


@dataclass(frozen=True)
class Reading:
    """Metrics of one moment and one thing."""

    what: str
    """In words, for people who read the log."""
    at: datetime
    values: Mapping[str, float]
    """By the metric's name; what is not finite is left out."""
    about: Mapping[str, str] = field(default_factory=dict)
    """The value of the dimension beside `Deployment`, and what the line can be searched by."""

    def document(self, deployment: str) -> dict[str, Any]:
        """Return the members of the line."""
        values = {name: value for name, value in self.values.items() if math.isfinite(value)}
        metrics = [{"Name": name, "Unit": measure(name).unit} for name in values]
        by = {measure(name).by for name in values} - {None}
        dimensions = [[DEPLOYMENT], *([DEPLOYMENT, it] for it in sorted(map(str, by)))]
        directive = {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}
        aws = {"Timestamp": round(1000 * self.at.timestamp()), "CloudWatchMetrics": [directive]}
        return {DEPLOYMENT: deployment, **self.about, **values, "_aws": aws}


class Measurements:
    """Writes readings into the log file; without one they are not written."""

    def __init__(self, deployment: str) -> None:
        self._deployment = deployment
        self._log = logging.Logger("dancer_pipeline.monitoring")
        self._log.addHandler(LogFile())

    def write(self, reading: Reading) -> None:
        """Write one line."""
        self._log.info(reading.what, extra={MEASURED: reading.document(self._deployment)})
