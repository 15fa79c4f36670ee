"""Whoever asks learns all that names them, and is taken out of it everywhere; their namesakes stay."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.feedback import Feedback, Judgement
from matcher.domain.identity import Decision
from matcher.domain.periods import Period
from matcher.domain.records import IdentityKind, Kind, PairKind, Source
from matcher.domain.registers import Submission
from matcher.domain.subjects import ERASED, Mention, Subject
from matcher.errors import StoreError
from matcher.services.subjects import StoredSubjects, SubjectRights
from matcher.store import Controls, Database, Decisions, Records, Registers, dump
from matcher.store.feedback import FeedbackRows
from matcher.store.mandates import mandates
from matcher.wording import Said
from tests.builders import achievement, incubator

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LATER = datetime(2026, 11, 21, tzinfo=UTC)
MAIL = "zhang@example.org"


@pytest.fixture
def rights(database: Database) -> SubjectRights:
    """Over a database that names 张三 in every place that can."""
    source = Source("成果.csv", 7)
    named = achievement(
        inventors=("李四", "张三（负责人）", "张三丰"),
        contact=f"张三 13800001234 {MAIL}",
        summary="张三团队研制。",
        extra={"备注": f"找 {MAIL.upper()}"},
        source=source,
    )
    other = achievement("A2", inventors=("张三丰",), contact="张三丰 139")
    with database.begin() as connection:
        Records(connection).upsert([named, other, incubator()], NOW)
        for by, note in (("张三", "首次"), ("王五", "张三更正")):
            said = Submission(carrier_id="I1", period=Period("2026Q3"), metrics={"x": 1.0}, submitted_by=by, note=note)
            Registers(connection).upsert([said], NOW)
        Decisions(connection).put([Decision(IdentityKind.INSTITUTION, "甲", "乙", True, "张三", NOW)], NOW)
        for owner in ("张三", "王五"):
            Controls(connection).add(
                Control(
                    wish=Wish.EXCLUDE,
                    asker_kind=Kind.ACHIEVEMENTS,
                    asker="A1",
                    aim=Aim.RECORD,
                    target="I1",
                    made_on=date(2026, 11, 20),
                    owner=owner,
                )
            )
    return SubjectRights(database, [StoredSubjects(database)])


def everything(database: Database) -> str:
    with database.read() as connection:
        return "\n".join(line for name in dump.tables() for line in dump.lines(connection, name))


def test_everything_that_names_somebody_is_told(rights: SubjectRights) -> None:
    found = {each.id: each.certain for each in rights.export("张三")}
    assert found == {
        "achievements/A1/inventors": True,
        "achievements/A1/contact": True,
        "achievements/A1/summary": False,
        "achievements/A2/inventors": False,
        "achievements/A2/contact": False,
        "periods/I1|2026Q3/note": False,
        "history/1/submitted_by": True,
        "identities/institution|甲|乙/decided_by": True,
        "controls/1/owner": True,
    }


def test_an_address_is_certain_in_any_text_and_case(rights: SubjectRights) -> None:
    found = rights.export(MAIL.title())
    assert [(each.field, each.certain, each.origin) for each in found] == [
        ("contact", True, "成果.csv:7"),
        ("extra", True, "成果.csv:7"),
    ]
    assert rights.export("hang@example.org")[0].certain is False
    assert all(not each.certain for each in rights.export("zhang@example.or"))


def test_a_list_comes_first_and_changes_nothing(rights: SubjectRights, database: Database) -> None:
    before = everything(database)
    done = rights.erase("张三", (), LATER, dry_run=True)
    assert (len(done.erased), len(done.left), done.origins[-1]) == (5, 4, "成果.csv:7")
    assert everything(database) == before


def test_the_person_is_gone_everywhere_and_the_namesake_stays(rights: SubjectRights, database: Database) -> None:
    with database.read() as connection:
        revision = Records(connection).revision()
    also = ("achievements/A1/summary", "periods/I1|2026Q3/note")
    rights.erase("张三", also, LATER, dry_run=False)
    left = everything(database)
    assert left.replace("张三丰", "").count("张三") == 0
    assert "13800001234" not in left
    with database.read() as connection:
        stored = Records(connection)
        record = stored.many(Kind.ACHIEVEMENTS, ["A1"])["A1"]
        assert record == achievement(
            inventors=("李四", "张三丰"),
            contact="",
            summary=f"{ERASED}团队研制。",
            extra={"备注": f"找 {MAIL.upper()}"},
            source=Source("成果.csv", 7),
        )
        assert stored.many(Kind.ACHIEVEMENTS, ["A2"])["A2"] == achievement(
            "A2", inventors=("张三丰",), contact="张三丰 139"
        )
        assert [each.id for each in stored.changed_since(Kind.ACHIEVEMENTS, revision)] == ["A1"]
        assert [each.owner for each in Controls(connection).all()] == ["王五"]
        assert [each.decided_by for each in Decisions(connection).all()] == [""]
    assert {each.id for each in rights.export("张三")} == {
        "achievements/A1/inventors",
        "achievements/A2/inventors",
        "achievements/A2/contact",
    }


def test_the_content_that_is_left_counts_as_known(rights: SubjectRights, database: Database) -> None:
    rights.erase("张三", (), LATER, dry_run=False)
    with database.begin() as connection:
        stored = Records(connection)
        assert stored.upsert(list(stored.all(Kind.ACHIEVEMENTS)), LATER).unchanged == 2


def test_all_ports_are_cleared_in_one_transaction(rights: SubjectRights, database: Database) -> None:
    class Broken:
        def mentions(self, subject: Subject) -> list[Mention]:
            return [Mention("accounts", "x1", "name", subject.who, certain=True)]

        def erase(self, subject: Subject, places: object, now: datetime) -> int:
            raise StoreError(Said("坏", "broken"), Said("", ""))

    both, before = SubjectRights(database, [StoredSubjects(database), Broken()]), everything(database)
    assert "accounts/x1/name" in {each.id for each in both.export("张三")}
    with pytest.raises(StoreError, match="broken"):
        both.erase("张三", (), LATER, dry_run=False)
    assert everything(database) == before


@pytest.mark.parametrize(("who", "also"), [("张", ()), (" ", ()), ("张三", ("achievements/A9/contact",))])
def test_a_text_too_short_and_an_unknown_place_are_refused(
    rights: SubjectRights, who: str, also: tuple[str, ...]
) -> None:
    with pytest.raises(StoreError):
        rights.erase(who, also, LATER, dry_run=False)


def test_what_people_wrote_for_themselves_and_to_each_other_is_told_and_blotted(database: Database) -> None:
    given = Feedback(
        id=0, account_id="a1", kind=PairKind.ACHIEVEMENT_INCUBATOR, left_id="A1", right_id="I1",
        verdict=Judgement.DOES_NOT, reason="张三不同意", made_at=NOW,
    )  # fmt: skip
    with database.begin() as connection:
        kept = FeedbackRows(connection).add(given)
        connection.execute(
            sa.insert(mandates).values(
                id="m1", owner="a1", organisation_id="", name="给张三看", record_kind="", record_id="", text="玉米",
                to="incubators", must=[], ban=[], k=3, diverse=False, made_at=NOW, changed_at=NOW, version=1,
            )
        )  # fmt: skip
    subjects = StoredSubjects(database)
    found = {each.id for each in subjects.mentions(Subject("张三"))}
    assert found == {f"feedback/{kept.id}/reason", "mandates/m1/name"}
    assert subjects.erase(Subject("张三"), found, LATER) == 2
    assert list(subjects.mentions(Subject("张三"))) == []
    assert f"给{ERASED}看" in everything(database)
