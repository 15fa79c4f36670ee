"""Opening a case and moving it: facts, stages with their exit conditions, stopping, and taking a step back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from matcher.domain.accounts import Actor
from matcher.domain.cases import Case, Event, Happening
from matcher.domain.phases import MOVES, PHASES, Move, Phase
from matcher.domain.records import Achievement, PairKind, Project, Record, Refusal, Result
from matcher.domain.visibility import visible
from matcher.errors import CaseError, MatcherError, NotAllowedError, TransitionError
from matcher.policy.facts import read
from matcher.policy.rules import Rulebook
from matcher.policy.stages import Gate, case_facts, gate
from matcher.policy.vocabulary import folded
from matcher.services.cases.access import OPENING, Desk, Seen, worked
from matcher.services.cases.results import NOTHING, Written, write_result
from matcher.services.cases.texts import kept
from matcher.store import Database
from matcher.store.versions import Seen as Version
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Deal:
    """What a case that is closed as converted came to."""

    amount: float | None = None
    currency: str = ""


NO_DEAL = Deal()


class Handling:
    """The use cases of those who work on cases."""

    def __init__(self, database: Database, book: Rulebook, new_id: Callable[[], str]) -> None:
        self._database = database
        self._book = book
        self._new_id = new_id

    def open(self, one_id: str, other_id: str, actor: Actor, now: datetime, reason: str = "") -> Case:
        """Open a case of a pair, in whichever order the two are named.

        Raises:
            NotAllowedError: the actor's role opens no cases.
            RecordNotFoundError: one of the two does not exist for this actor.
            ConflictError: the pair has an open case.
            CaseError: the two have come together already, and no reason says why there is to be another case.
        """
        reason = kept(reason, "reason", least=0)
        if actor.role not in OPENING:
            raise NotAllowedError(
                Said(f"{actor.role.said.zh}不能立案。", f"A {actor.role.said.en} account cannot open cases."),
                Said("请联系技术经纪人。", "Ask a broker to do it."),
            )
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            one, other = (_known(desk, each, actor) for each in (one_id, other_id))
            if not isinstance(one, Achievement | Project):
                one, other = other, one
            pairing = PairKind.of(one.table)
            if one.table is not pairing.left or other.table is not pairing.right:
                raise CaseError(
                    Said(f"{one_id} 与 {other_id} 不能构成一对。", f"{one_id} and {other_id} do not make a pair."),
                    Said(
                        "需一个成果和一个载体，或一个项目和一个基金。",
                        "It takes a result and a carrier, or a project and a fund.",
                    ),
                )
            if not reason:
                _require_undone(desk, pairing, one.id, other.id)
            return open_case(desk, self._new_id(), (pairing, one.id, other.id), actor, now, reason)

    def tell(self, case_id: str, version: Version, told: Mapping[str, Any], actor: Actor, now: datetime) -> Case:
        """Note facts of the case, by metric or by its Chinese name; an empty value takes one back. What is told as it
        was told before changes nothing.

        Raises:
            CaseError: a case tells no such fact, or the value cannot be read as it.
        """
        facts = {self._metric(name): value for name, value in told.items()}
        values = {name: self._value(name, value) for name, value in facts.items()}
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            case = worked(desk, case_id, actor, version).case
            values = {name: value for name, value in values.items() if value != case.facts.get(name)}
            if not values:
                return case
            merged = {name: value for name, value in {**case.facts, **values}.items() if value not in (None, [])}
            saved = desk.cases.save(replace(case, facts=merged), now)
            desk.cases.log(
                Event(case_id=case.id, at=now, by=actor.id, what=Happening.TOLD, said={"facts": dict(values)})
            )
            return saved

    def move(
        self,
        case_id: str,
        version: Version,
        move: Move,
        actor: Actor,
        now: datetime,
        deal: Deal = NO_DEAL,
        reason: str = "",
    ) -> Case:
        """Advance, go back or take up again. Closing it writes an accepted outcome with what it came to.

        Raises:
            TransitionError: the move is not allowed from there, or what is missing is named.
        """
        if move is Move.STOP:
            return self.stop(case_id, version, None, reason, actor, now)
        reason = kept(reason, "reason", least=0)
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            come = worked(desk, case_id, actor, version)
            way = passable(self.gate(desk, come.case, move, now))
            if deal != NO_DEAL and way.to is not Phase.CLOSED:
                raise CaseError(
                    Said("金额只在办结时填写。", "An amount is told only when the case is closed."),
                    Said("请去掉 --amount、--currency。", "Leave out --amount and --currency."),
                )
            said: dict[str, Any] = {"reason": reason} if reason else {}
            if way.to is not Phase.CLOSED:
                return self._moved(desk, come, way, said, actor, now)
            written = write_result(
                desk, come.case, Result.ACCEPTED, now, amount=_amount(deal.amount), currency=deal.currency.strip()
            )
            return self._moved(desk, come, way, said, actor, now, written)

    def stop(
        self, case_id: str, version: Version, refusal: Refusal | None, reason: str, actor: Actor, now: datetime
    ) -> Case:
        """Stop a case. With the class of a refusal it writes a rejected outcome; without one it was opened in error.

        Raises:
            TransitionError: it cannot be stopped from there, or the reason is missing.
        """
        reason = kept(reason, "reason", least=0)
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            come = worked(desk, case_id, actor, version)
            way = passable(self.gate(desk, come.case, Move.STOP, now, {"case_reason": reason}))
            said = {"reason": reason, "refusal": refusal.value if refusal else None}
            if refusal is None:
                return self._moved(desk, come, way, said, actor, now)
            # The class stands first, where training looks for it.
            text = f"{refusal.label}：{reason}"
            written = write_result(desk, come.case, Result.REJECTED, now, reason=text)
            return self._moved(desk, come, way, said, actor, now, written)

    def gate(self, desk: Desk, case: Case, move: Move, now: datetime, also: Mapping[str, Any] | None = None) -> Gate:
        """A move before its conditions. The case's attachments are its evidence where none is told."""
        evidence = {"case_evidence": [one.name for one in desk.papers.attachments(case.id)]}
        told = {**evidence, **case.facts, **(also or {})}
        return gate(self._book, case.phase, move, case_facts(told, self._book), now.date())

    def _moved(
        self,
        desk: Desk,
        come: Seen,
        way: Gate,
        said: Mapping[str, Any],
        actor: Actor,
        now: datetime,
        written: Written = NOTHING,
    ) -> Case:
        saved = desk.cases.save(replace(come.case, phase=way.to), now)
        told = {"move": way.move.value, "from": way.at.value, "to": way.to.value, **said}
        desk.cases.log(
            Event(
                case_id=saved.id,
                at=now,
                by=actor.id,
                what=Happening.MOVED,
                said=told,
                outcome=written.outcome,
                replaced=written.replaced,
            )
        )
        return saved

    def _metric(self, name: str) -> str:
        key = name if name in self._book.metrics else self._book.names.get(folded(name), "")
        known = [one for one in self._book.metrics if one.startswith("case_") and one != "case_reason"]
        if key not in known:
            words = "、".join(f"{one}（{self._book.metrics[one].name.zh}）" for one in known)
            raise CaseError(
                Said(f"案件没有“{name}”这一项。", f"A case tells nothing called {name}."),
                Said(f"可填：{words}。", f"It may tell {', '.join(known)}."),
            )
        return key

    def _value(self, name: str, value: Any) -> Any:
        metric = self._book.metrics[name]
        if value in (None, "", [], ()):
            return None
        found = read(value, metric.measure)
        if found is None:
            raise CaseError(
                Said(f"“{metric.name.zh}”不能是 {value}。", f"“{metric.name.en}” cannot be {value}."),
                Said("请改写后再填。", "Write it otherwise."),
            )
        if metric.words and found not in metric.words:
            raise _no_word(metric.name, str(found), metric.words)
        for text in found if isinstance(found, tuple) else (found,):
            kept(str(text), metric.name.en)
        return list(found) if isinstance(found, tuple) else found


def passable(way: Gate) -> Gate:
    """The way, where nothing bars it.

    Raises:
        TransitionError: what is missing is named.
    """
    if way.open:
        return way
    lacks = [*way.missing, *(one.basis.name for one in way.verdicts if one.rejects)]
    move, stage = MOVES[way.move], PHASES[way.at]
    zh, en = "、".join(one.zh for one in lacks), ", ".join(one.en for one in lacks)
    step = Said("请先补齐：matcher case tell。", "Tell them first: `matcher case tell`.")
    if way.move is Move.STOP:
        step = Said("请写明原因。", "Give the reason.")
    raise TransitionError(
        Said(f"“{stage.zh}”尚不能{move.zh}，还缺：{zh}。", f"“{stage.en}” cannot {move.en} yet; missing: {en}."), step
    )


def _require_undone(desk: Desk, pairing: PairKind, left_id: str, right_id: str) -> None:
    """Raise CaseError where the last that was decided of the pair is that it came together."""
    decided = desk.outcomes.of(pairing, left_id, right_id)
    last = max(decided, key=lambda outcome: outcome.decided_on, default=None)
    if last and last.result is Result.ACCEPTED:
        day = last.decided_on
        raise CaseError(
            Said(f"这一对已在 {day} 对接成功。", f"The two came together on {day} already."),
            Said("仍要立案，请写明原因（reason）。", "Give the reason if there is to be a case all the same."),
        )


def open_case(
    desk: Desk, case_id: str, pair: tuple[PairKind, str, str], actor: Actor, now: datetime, reason: str = ""
) -> Case:
    """Keep a new case of a pair that the actor then works on, and why, if somebody might ask."""
    pairing, left_id, right_id = pair
    organisation = actor.organisation.id if actor.organisation else ""
    case = Case(
        id=case_id,
        pairing=pairing,
        left_id=left_id,
        right_id=right_id,
        owner=actor.id,
        organisation_id=organisation,
        opened_at=now,
        changed_at=now,
    )
    desk.cases.add(case)
    desk.cases.log(
        Event(case_id=case.id, at=now, by=actor.id, what=Happening.OPENED, said={"reason": reason} if reason else {})
    )
    return case


def _known(desk: Desk, record_id: str, actor: Actor) -> Record:
    """The record; one that the actor may not see is as unknown as one that is not there."""

    def shown(record: Record) -> bool:
        return visible(record, actor.viewer)

    found = desk.records.find(record_id, shown)
    if not shown(found):
        raise desk.records.unknown(record_id, shown)
    return found


def _amount(amount: float | None) -> float | None:
    if amount is not None and not 0 <= amount < 1e15:
        raise CaseError(
            Said(f"金额 {amount} 不可用。", f"The amount {amount} cannot be used."),
            Said("请填写不小于 0 的数。", "It is a number of 0 or more."),
        )
    return amount


def _no_word(name: Said, value: str, words: Mapping[str, Said]) -> MatcherError:
    zh = "、".join(f"{word}（{said.zh}）" for word, said in words.items())
    return CaseError(
        Said(f"“{name.zh}”没有 {value} 这一项。", f"“{name.en}” is never {value}."),
        Said(f"可选：{zh}。", f"It is one of {', '.join(words)}."),
    )
