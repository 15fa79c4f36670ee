"""Introductions: proposed by a broker, answered by both sides, and the next alternate when one comes to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from matcher.domain.accounts import Actor
from matcher.domain.cases import Case, Event, Happening
from matcher.domain.introductions import DAYS, OVER, Introduction, Reply, Side, Standing
from matcher.domain.phases import OPEN, PHASES
from matcher.domain.records import Refusal, Result, Visibility
from matcher.domain.visibility import Viewer
from matcher.errors import CaseError, ConflictError, TransitionError
from matcher.services.cases.access import Desk, Seen, as_side, pairs_of, worked
from matcher.services.cases.handling import open_case
from matcher.services.cases.invitations import Invitation, invitation, invitations, no_introduction, side_of, speakers
from matcher.services.cases.results import NOTHING, write_result
from matcher.services.cases.texts import kept
from matcher.store import Database, Wanted
from matcher.store.versions import Seen as Version
from matcher.wording import Said

ALTERNATES = 50
"""How many of the best takers are looked at for the next one."""


Alternates = Callable[[str, int, Viewer, date], Sequence[str]]
"""Who else could take a left record: its id, how many, for whom and on which day → ids, the best first."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What a side answers."""

    accepted: bool
    refusal: Refusal | None = None
    reason: str = ""
    contact: str = ""
    side: Side | None = None
    """Needed where the actor speaks for both, or answers for somebody without an account."""


class Introducing:
    """The use cases of introductions."""

    def __init__(
        self,
        database: Database,
        alternates: Alternates,
        new_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._alternates = alternates
        self._new_id = new_id

    def propose(
        self, case_id: str, version: Version, actor: Actor, now: datetime, message: str = "", days: int = DAYS
    ) -> Introduction:
        """Propose to bring the two sides together.

        Raises:
            TransitionError: the case is finished.
            ConflictError: one is under way, or both have accepted one.
        """
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            come = worked(desk, case_id, actor, version)
            return self._propose(desk, come.case, come.introduction, actor, now, message, days)

    def next(
        self, case_id: str, version: Version, actor: Actor, now: datetime, message: str = "", days: int = DAYS
    ) -> Introduction:
        """Open a case with the next-best taker of the left record and propose an introduction there.

        Raises:
            TransitionError: the introduction here has not come to nothing, or nobody is left.
        """
        with self._database.read() as connection:
            come = worked(Desk.of(connection), case_id, actor, version, lock=False)
            _require_over(come, now.date())
        ranked = self._alternates(come.left.id, ALTERNATES, actor.viewer, now.date())  # while others write
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            come = worked(desk, case_id, actor, version)
            _require_over(come, now.date())
            pair = (come.case.pairing, come.case.left_id, _next(desk, come, ranked))
            return self._propose(
                desk, open_case(desk, self._new_id(), pair, actor, now), None, actor, now, message, days
            )

    def answer(self, introduction_id: str, answering: Answering, actor: Actor, now: datetime) -> Invitation:
        """Accept or decline for one side. The second acceptance opens the record and writes that talks go on.

        Raises:
            RecordNotFoundError: there is no such introduction for this actor.
            NotAllowedError: the actor speaks for neither side.
            CaseError: a decline without the class of its reason, or the side must be said.
            TransitionError: it waits for no answer of that side any more.
        """
        if not answering.accepted and answering.refusal is None:
            raise CaseError(
                Said("谢绝须选择原因类别。", "Whoever declines says the class of the reason."),
                Said(f"可选：{'、'.join(one.label for one in Refusal)}。", f"One of {', '.join(Refusal)}."),
            )
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            case, invited = _invited(desk, introduction_id, actor, now.date(), lock=True)
            side = side_of(invited, answering.side, actor)
            _require_open(case)
            reply = Reply(
                side=side,
                accepted=answering.accepted,
                by=actor.id,
                at=now,
                refusal=None if answering.accepted else answering.refusal,
                reason=kept(answering.reason, "reason", least=0),
                contact=kept(answering.contact, "contact", least=0),
            )
            whole = desk.papers.introductions([case.id])[case.id]
            told = next(one for one in whole if one.id == introduction_id).answered(reply, now.date())
            opened = _answered(desk, case, told, reply, now)
            if actor.organisation and actor.organisation.id in opened:
                actor = replace(actor, opened=actor.opened | {(case.pairing.left, case.left_id)})
            return _invited(desk, introduction_id, actor, now.date())[1]

    def received(self, actor: Actor, now: datetime, limit: int = 100) -> list[Invitation]:
        """The introductions that concern the actor's organisation as a side, of the newest cases first."""
        return self._asked(actor, now, Wanted(limit=limit), lambda one: bool(one.sides))

    def waiting(self, actor: Actor, now: datetime, limit: int = 100) -> list[Invitation]:
        """Those of them that wait for an answer of the actor's side."""
        wanted = Wanted(frozenset(OPEN), limit=limit, answerable=now.date())
        return self._asked(actor, now, wanted, lambda one: bool(one.answerable))

    def _asked(
        self, actor: Actor, now: datetime, wanted: Wanted, meant: Callable[[Invitation], bool]
    ) -> list[Invitation]:
        with self._database.read() as connection:
            desk = Desk.of(connection)
            found: list[Invitation] = []
            last: Case | None = None
            while len(found) < wanted.limit and (cases := desk.cases.page(wanted, as_side(actor), last)):
                found += filter(meant, invitations(desk, cases, actor, now.date()))
                last = cases[-1]
            return found[: wanted.limit]

    def get(self, introduction_id: str, actor: Actor, now: datetime) -> Invitation:
        """One introduction. Raises RecordNotFoundError where there is none for this actor."""
        with self._database.read() as connection:
            return _invited(Desk.of(connection), introduction_id, actor, now.date())[1]

    def _propose(
        self,
        desk: Desk,
        case: Case,
        last: Introduction | None,
        actor: Actor,
        now: datetime,
        message: str,
        days: int,
    ) -> Introduction:
        _require_open(case)
        if last is not None and (standing := last.standing(now.date())) not in OVER:
            raise ConflictError(
                Said(f"该案件已有引荐（{standing.said.zh}）。", f"There is an introduction ({standing.said.en})."),
                Said("请等待答复，或在五分钟内撤销。", "Wait for the answers, or undo it within five minutes."),
            )
        if not 1 <= days <= 365:
            raise CaseError(
                Said(f"有效天数 {days} 不可用。", f"{days} days to answer cannot be."),
                Said("请填 1 至 365。", "It takes 1 to 365."),
            )
        introduction = Introduction(
            id=self._new_id(),
            case_id=case.id,
            by=actor.id,
            proposed_at=now,
            expires_on=now.date() + timedelta(days=days),
            message=kept(message, "message", least=0),
        )
        desk.papers.propose(introduction)
        desk.cases.save(case, now)
        said = {"introduction": introduction.id}
        desk.cases.log(Event(case_id=case.id, at=now, by=actor.id, what=Happening.PROPOSED, said=said))
        return introduction


def _require_over(come: Seen, day: date) -> None:
    last = come.introduction
    if last is None or last.standing(day) not in OVER:
        raise TransitionError(
            Said("现有引荐尚未被谢绝或过期。", "The introduction was neither declined nor has it expired."),
            Said("谢绝或过期后才可提出下一个。", "The next one may be proposed after that."),
        )


def _next(desk: Desk, come: Seen, ranked: Sequence[str]) -> str:
    """The best taker that is still there and with whom the left record has had no case yet."""
    pairing = come.case.pairing
    had = {one.right_id for one in desk.cases.of_record(pairing.left, come.left.id)}
    there = desk.records.existing(pairing.right, ranked)
    taker = next((one for one in ranked if one in there and one not in had), None)
    if taker is None:
        raise TransitionError(
            Said("没有其他合适的承接方。", "Nobody else is eligible."),
            Said("请用 matcher match 查看原因。", "See why with `matcher match`."),
        )
    return taker


def _require_open(case: Case) -> None:
    if not case.open:
        stage = PHASES[case.phase]
        raise TransitionError(
            Said(f"案件已{stage.zh}，不能引荐。", f"The case is {stage.en}: nobody can be introduced."),
            Said("请经办方先重新启动。", "Whoever works on it may take it up again."),
        )


def _answered(desk: Desk, case: Case, told: Introduction, reply: Reply, now: datetime) -> list[str]:
    desk.papers.update(told)
    desk.cases.save(case, now)
    both = told.standing(now.date()) is Standing.ACCEPTED
    written = write_result(desk, case, Result.IN_TALKS, now) if both else NOTHING
    opened = list(_open(desk, case, reply.by, now)) if both else []
    said = {"introduction": told.id, "side": reply.side.value, "accepted": reply.accepted, "opened": opened}
    desk.cases.log(
        Event(
            case_id=case.id,
            at=now,
            by=reply.by,
            what=Happening.REPLIED,
            said=said,
            outcome=written.outcome,
            replaced=written.replaced,
        )
    )
    return opened


def _open(desk: Desk, case: Case, by: str, now: datetime) -> Iterator[str]:
    """Open a record that is not public to the organisations of the right side: those it is new to."""
    [(left, right)] = pairs_of(desk, [case])
    if left is None or right is None or left.visibility is Visibility.PUBLIC:
        return
    for organisation in speakers(desk.organisations, right.table, right.id):
        if (left.table, left.id) not in desk.organisations.opened_to(organisation):
            desk.organisations.open_to(left.table, left.id, organisation, by, now)
            yield organisation


def _invited(
    desk: Desk, introduction_id: str, actor: Actor, day: date, *, lock: bool = False
) -> tuple[Case, Invitation]:
    introduction = desk.papers.introduction(introduction_id)
    case = desk.cases.get(introduction.case_id, lock=lock) if introduction else None
    if lock:  # somebody may have answered while we waited
        introduction = desk.papers.introduction(introduction_id)
    invited = invitation(desk, case, introduction, actor, day) if case and introduction else None
    if case is None or invited is None:
        raise no_introduction(introduction_id)
    return case, invited
