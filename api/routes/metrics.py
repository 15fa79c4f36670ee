"""Figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.guard import GuardedRoute
from api.metrics import CONTENT_TYPE, Metrics
from api.parts import Parts

router = APIRouter(tags=["operations"], route_class=GuardedRoute)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def read_metrics(request: Request, parts: Parts) -> Response:
    """Requests, times, jobs, records and the lag of the index, for a token with the scope `metrics`."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.render(parts.vitals.readings()), media_type=CONTENT_TYPE)
