"""Prometheus metrics: of requests as they happen, of the state of things when they are asked for.

Several worker processes keep their figures in files of one folder; whichever is asked adds them up. The library decides
that by `PROMETHEUS_MULTIPROC_DIR` when it is imported, so that `api.workers` prepares it before the workers start.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from api.observing import Handled
from api.workers import FOLDER_VARIABLE
from matcher.services.vitals import Reading

CONTENT_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds."""


class Metrics:
    """The figures of one process's requests."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        by_route = ("route", "method")
        self._requests = Counter(
            "matcher_requests",
            "Requests by route, method and status.",
            (*by_route, "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "matcher_request_seconds",
            "Time to the end of the answer.",
            by_route,
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._running = Gauge(
            "matcher_requests_running", "Requests being served.", multiprocess_mode="livesum", registry=self._registry
        )

    def begun(self) -> None:
        """A request began."""
        self._running.inc()

    def ended(self, handled: Handled) -> None:
        """A request came to its end."""
        self._running.dec()
        self._requests.labels(handled.route, handled.method, str(handled.status)).inc()
        self._seconds.labels(handled.route, handled.method).observe(handled.seconds)

    def render(self, readings: Iterable[Reading]) -> bytes:
        """The text that Prometheus reads: the requests of all workers, and the readings of this moment."""
        registry = self._registry
        if folder := os.environ.get(FOLDER_VARIABLE):
            _forget_the_dead(Path(folder))
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
        state = CollectorRegistry()
        state.register(_State(list(readings)))
        return generate_latest(registry) + generate_latest(state)


class _State(Collector):
    """Readings as gauges."""

    def __init__(self, readings: list[Reading]) -> None:
        self._readings = sorted(readings, key=lambda each: each.name)

    def collect(self) -> Iterator[Metric]:
        """One gauge for each name."""
        for name, group in groupby(self._readings, key=lambda each: each.name):
            readings = list(group)
            gauge = GaugeMetricFamily(name, readings[0].help, labels=list(readings[0].labels))
            for each in readings:
                gauge.add_metric(list(each.labels.values()), each.value)
            yield gauge


def _forget_the_dead(folder: Path) -> None:
    """What a killed worker was serving is not being served any more."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        if not _lives(pid):
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
