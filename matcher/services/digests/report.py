"""What came of what was told, read from visits, feedback, cases and outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from matcher.digest.measures import Heard, Report, report
from matcher.digest.trial import BOTH
from matcher.domain.digests import Digest, Item
from matcher.domain.feedback import Judgement
from matcher.domain.records import Outcome, PairKind, Result
from matcher.domain.visibility import Viewer
from matcher.domain.weeks import Week
from matcher.store import Cases, Database, Digests, FeedbackRows, Outcomes, ToldPair, Wanted

EVERYTHING = 10_000_000
Pair = tuple[PairKind, str, str]


class _Since:
    """What happened to pairs, by when."""

    def __init__(self, database: Database) -> None:
        with database.read() as connection:
            words = FeedbackRows(connection).latest(Viewer.ENTITLED, None, EVERYTHING)
            cases = Cases(connection).page(Wanted(limit=EVERYTHING), None)
            outcomes: list[Outcome] = list(Outcomes(connection).all())
        self._said = {}
        for word in reversed(words):  # the latest counts
            self._said[word.account_id, word.kind, word.left_id, word.right_id] = word
        self._opened: dict[Pair, list[datetime]] = {}
        for case in cases:
            self._opened.setdefault(case.pair, []).append(case.opened_at)
        self._agreed = {
            (one.kind, one.left_id, one.right_id): one.decided_on for one in outcomes if one.result is Result.ACCEPTED
        }

    def heard(self, digest: Digest, item: Item, told: ToldPair, *, on_trial: bool) -> Heard:
        """An item with what came of it since it was told."""
        pair, told_at = (item.kind, item.left_id, item.right_id), told.told_at
        word = self._said.get((digest.account_id, *pair))
        verdict = word.verdict if word and word.made_at >= told_at else None
        agreed = self._agreed.get(pair)
        return Heard(
            digest_id=digest.id,
            ranker=item.ranker,
            propensity=item.propensity,
            exploration=item.exploration,
            on_trial=on_trial,
            clicked=told.clicked_at is not None,
            fits=verdict is Judgement.FITS,
            misfits=verdict is Judgement.DOES_NOT,
            case=any(opened >= told_at for opened in self._opened.get(pair, ())),
            accepted=agreed is not None and agreed >= told_at.date(),
        )


class DigestReport:
    """The use case of judging digests by what came of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, week: Week, weeks: int, seed: int) -> Report:
        """What came of the digests of so many weeks up to one."""
        heard = list(self._heard(week, weeks))
        rankers = sorted({one.ranker for one in heard if one.on_trial} - {BOTH}, reverse=True)
        return report(heard, (rankers[0], rankers[1]) if len(rankers) > 1 else None, seed)

    def _heard(self, week: Week, weeks: int) -> Iterator[Heard]:
        since = _Since(self._database)
        for back in range(weeks):
            yield from self._of_week(week.back(back), since)

    def _of_week(self, week: Week, since: _Since) -> Iterator[Heard]:
        with self._database.read() as connection:
            digests = Digests(connection)
            receipt = digests.receipt(week)
            if receipt is None:
                return
            told = {
                (one.account_id, one.kind, one.left_id, one.right_id): one for one in digests.told(week, week.back(-1))
            }
            composed = list(digests.composed(week))
        trial = set(receipt.content["on_trial"])
        for digest in composed:
            for item in digest.items:
                one = told.get((digest.account_id, item.kind, item.left_id, item.right_id))
                if one is not None:
                    yield since.heard(digest, item, one, on_trial=digest.account_id in trial)
