"""Digests as JSON for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from matcher.digest.measures import Report
from matcher.domain.digest_content import item_json, line_json
from matcher.domain.digests import Digest, DigestSettings
from matcher.services.digests.composing import Composed
from matcher.services.digests.explaining import Explained
from matcher.services.digests.reading import Again


def digest_json(digest: Digest) -> dict[str, Any]:
    """One digest with all that it says."""
    return {
        "id": digest.id,
        "account_id": digest.account_id,
        "week": str(digest.week),
        "language": digest.language.value,
        "silence": digest.silence and digest.silence.value,
        "items": [item_json(item) for item in digest.items],
        "lines": [line_json(line) for line in digest.lines],
        "receipt": digest.receipt_id,
        "composed_at": digest.composed_at.isoformat(),
    }


def composed_json(made: Composed) -> dict[str, Any]:
    """A composed week in figures."""
    digests, content = made.week.digests, made.receipt.content
    return {
        "week": str(made.receipt.week),
        "receipt": made.receipt.id,
        "written": made.written,
        "seed": content["seed"],
        "digests": sum(digest.silence is None for digest in digests),
        "silent": dict(sorted(Counter(digest.silence.value for digest in digests if digest.silence).items())),
        "items": sum(len(digest.items) for digest in digests),
        "tried_out": sum(item.exploration for digest in digests for item in digest.items),
        "on_trial": len(content["on_trial"]),
        "solutions": content["solutions"],
        "unmet": [{"kind": kind.value, "id": name, "name": said} for (kind, name), said in made.unmet.items()],
        "spread": content["spread"],
        "made_with": content["made_with"],
    }


def again_json(made: Again) -> dict[str, Any]:
    """A week that was made again."""
    return {
        "week": str(made.receipt.week),
        "receipt": made.receipt.id,
        "same": made.same,
        "digests": [digest_json(one) for one in made.week.digests],
    }


def settings_json(settings: DigestSettings) -> dict[str, Any]:
    """How somebody wants their digests."""
    return {
        "account_id": settings.account_id,
        "frequency": settings.frequency.value,
        "size": settings.size,
        "left_out": sorted(topic.value for topic in settings.left_out),
        "quiet_until": settings.quiet_until and settings.quiet_until.isoformat(),
        "version": settings.version,
    }


def explained_json(explained: Explained) -> dict[str, Any]:
    """Why a digest says what it says."""
    return {
        "digest": digest_json(explained.digest),
        "receipt": explained.receipt.id,
        "made_with": dict(explained.receipt.content["made_with"]),
        "terms": dict(explained.receipt.content["terms"]),
        "seed": explained.receipt.content["seed"],
        "passed": dict(explained.passed),
        "offers": [
            asdict(one.offer)
            | {"name": one.name, "worth": one.worth, "chosen": one.chosen, "why_not": [w.value for w in one.why_not]}
            for one in explained.offers
        ],
    }


def report_json(report: Report) -> dict[str, Any]:
    """What came of what was told."""
    return asdict(report)
