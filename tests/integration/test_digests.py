"""The digests of a week over the sample: who is told what, what is never told, and what stays of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from matcher.bootstrap import Installation
from matcher.digest.receipt import again
from matcher.digest.terms import Terms
from matcher.domain.accounts import Account, Actor, Role
from matcher.domain.digests import Digest, DigestSettings, Frequency, News, Silence, Topic
from matcher.domain.records import Achievement, Kind, Outcome, PairKind, Project, Result, Visibility
from matcher.domain.visibility import Viewer
from matcher.domain.weeks import Week
from matcher.errors import ConflictError, RecordNotFoundError
from matcher.services.digests.composing import Composed
from matcher.store import Digests, Outcomes, Records
from tests.service import Service, copied, over

WEEK = Week("2026-W47")
NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
UNIVERSITY = "白音温都民族医药大学"


@pytest.fixture
def calm(service: Service) -> Service:
    """The service while the bureau wants nothing, whose figures take longer than all the rest."""
    for role in (Role.BUREAU, Role.ADMINISTRATOR):
        want(service, role, frequency=Frequency.NEVER)
    return service


def compose(installation: Installation, week: Week = WEEK, *, dry_run: bool = False, anew: bool = False) -> Composed:
    """Compose without chance: whose digest has a drawn item depends on the account's id, which is random."""
    now = datetime.combine(week.monday, NOW.timetz())
    return installation.composing.compose(week, now, terms=Terms(exploration=0, trial=0), dry_run=dry_run, anew=anew)


def told(service: Service, role: Role, week: Week = WEEK) -> Digest:
    return of(service.installation, service.accounts[role], week)


def of(installation: Installation, account: Account, week: Week = WEEK) -> Digest:
    [found] = installation.digests.of_week(week, account.id)
    return found


def send(installation: Installation, digest: Digest) -> None:
    with installation.database.begin() as connection:
        Digests(connection).mark_told(digest, {item.id for item in digest.items}, digest.composed_at)


def write(installation: Installation, *records: Achievement | Project, at: datetime = NOW) -> None:
    with installation.database.begin() as connection:
        Records(connection).upsert(records, at)


def result(record_id: str, **more: object) -> Achievement:
    usual = Achievement(
        id=record_id,
        title=f"玉米秸秆发酵新工艺{record_id}",
        summary="以玉米秸秆为原料连续发酵，已完成中试，求试制场地。",
        institution="科尔沁示例大学",
        industry=("农产品加工",),
        region="内蒙古自治区通辽市",
        trl=6,
        published_on=date(2026, 11, 10),
    )
    return replace(usual, **more)  # type: ignore[arg-type]


# --- who is told what ---


def test_each_role_is_told_what_is_its_own(service: Service) -> None:
    installation, accounts = service.installation, service.accounts
    installation.case_handling.open("ex-a003", "ex-i02", actor_of(service, accounts[Role.BROKER]), NOW)
    with installation.database.begin() as connection:
        results = [one for one in Records(connection).all(Kind.ACHIEVEMENTS) if isinstance(one, Achievement)]
        mine = [one.id for one in results if one.institution == UNIVERSITY][:3]
        rows = [
            Outcome(
                left_id=left,
                right_id=f"ex-i{number:02}",
                result=Result.REJECTED,
                decided_on=date(2026, 11, 3),
                reason="成熟度不足",
            )
            for number, left in enumerate(mine, 4)
        ]
        Outcomes(connection).upsert(rows, NOW)
    compose(installation)

    fund = told(service, Role.FUND)
    assert {(item.topic, item.kind, item.right_id) for item in fund.items} == {
        (Topic.PROJECTS, PairKind.PROJECT_FUND, "ex-f01")
    }
    assert [item.tier for item in fund.items] == sorted(item.tier for item in fund.items)
    assert fund.items[0].clause is not None
    carrier = told(service, Role.INCUBATOR)
    assert {item.right_id for item in carrier.items} == {"ex-i01"}
    assert Topic.CAPACITY in {line.topic for line in carrier.lines}
    at_work = told(service, Role.BROKER)
    assert {item.topic for item in at_work.items} <= {Topic.RESULTS, Topic.CARRIERS}
    assert ("ex-a003", "ex-i02") not in {(item.left_id, item.right_id) for item in at_work.items}
    university = told(service, Role.UNIVERSITY)
    assert university.items == ()
    said = [line.said.zh for line in university.lines if line.topic is Topic.CASES]
    assert any("未成" in one and "成熟度" not in one for one in said)
    assert any("原因：过早期 " in one for one in said)
    bureau = told(service, Role.BUREAU)
    assert {line.topic for line in bureau.lines} == {Topic.FIGURES, Topic.GAPS}
    assert len(list(installation.digests.of_week(WEEK))) == len(accounts)


def actor_of(service: Service, account: Account) -> Actor:
    found = service.installation.access.of_token(service.tokens[account.role], NOW)
    assert found is not None
    return found


def test_few_refusals_are_not_summed_up_lest_they_tell_who_gave_which_reason(calm: Service) -> None:
    with calm.installation.database.begin() as connection:
        results = [one for one in Records(connection).all(Kind.ACHIEVEMENTS) if isinstance(one, Achievement)]
        mine = next(one.id for one in results if one.institution == UNIVERSITY)
        row = Outcome(
            left_id=mine, right_id="ex-i09", result=Result.REJECTED, decided_on=date(2026, 11, 3), reason="成熟度不足"
        )
        Outcomes(connection).upsert([row], NOW)
    compose(calm.installation)
    assert "成熟度" not in str(told(calm, Role.UNIVERSITY).lines)


def test_an_item_has_the_tier_and_probability_that_search_shows(calm: Service) -> None:
    compose(calm.installation)
    answer = calm.installation.matching.screen("ex-f01", 200, Viewer.PUBLIC, NOW.date())
    shown = {match.id: (match.tier, round(match.probability, 6)) for match in answer.matches}
    items = told(calm, Role.FUND).items
    assert items
    assert all(shown[item.left_id] == (item.tier, item.probability) for item in items)


# --- who is told nothing ---


def want(service: Service, role: Role, **more: object) -> None:
    usual = {"frequency": Frequency.WEEKLY, "size": 8, "left_out": (), "quiet_until": None}
    service.installation.digests.change(service.accounts[role].id, "*", **{**usual, **more})  # type: ignore[arg-type]


def test_settings_decide_who_is_told_how_much_and_when(service: Service) -> None:
    want(service, Role.FUND, size=2)
    want(service, Role.BUREAU, left_out=(Topic.GAPS,))
    want(service, Role.INCUBATOR, frequency=Frequency.NEVER)
    want(service, Role.ADMINISTRATOR, quiet_until=WEEK.monday)
    compose(service.installation)
    assert len(told(service, Role.FUND).items) == 2
    assert {line.topic for line in told(service, Role.BUREAU).lines} == {Topic.FIGURES}
    assert told(service, Role.INCUBATOR).silence is Silence.NEVER
    assert told(service, Role.ADMINISTRATOR).silence is Silence.QUIET
    assert told(service, Role.UNIVERSITY).silence is Silence.NOTHING


def test_whoever_wants_a_digest_every_two_weeks_gets_one_every_two_weeks(calm: Service) -> None:
    want(calm, Role.FUND, frequency=Frequency.FORTNIGHTLY, size=2)
    compose(calm.installation)
    send(calm.installation, told(calm, Role.FUND))
    later, last = WEEK.back(-1), WEEK.back(-2)
    compose(calm.installation, later)
    assert told(calm, Role.FUND, later).silence is Silence.FREQUENCY
    compose(calm.installation, last)
    assert told(calm, Role.FUND, last).silence is not Silence.FREQUENCY


def test_an_account_that_is_not_active_is_told_nothing(calm: Service) -> None:
    account = calm.accounts[Role.FUND]
    calm.installation.people.change(replace(account, active=False))
    compose(calm.installation)
    digest = told(calm, Role.FUND)
    assert (digest.silence, digest.items, digest.lines) == (Silence.INACTIVE, (), ())


def test_the_same_figures_again_are_no_news_but_what_is_overdue_is(calm: Service) -> None:
    compose(calm.installation)
    carrier = told(calm, Role.INCUBATOR)
    send(calm.installation, carrier)
    want(calm, Role.INCUBATOR, left_out=(Topic.RESULTS,))
    compose(calm.installation, WEEK.back(-1))
    assert told(calm, Role.INCUBATOR, WEEK.back(-1)).silence is Silence.NOTHING


# --- nothing twice, no flood ---


def pairs(digest: Digest) -> set[tuple[str, str]]:
    return {(item.left_id, item.right_id) for item in digest.items}


def test_what_was_told_comes_again_only_when_it_changed(calm: Service) -> None:
    write(calm.installation, result("n-1"), result("n-2"))
    compose(calm.installation)
    first = told(calm, Role.INCUBATOR)
    assert {"n-1", "n-2"} <= {item.left_id for item in first.items}
    send(calm.installation, first)

    write(calm.installation, result("n-1", contact="13800000000"), result("n-2", trl=8), at=NOW + timedelta(days=1))
    compose(calm.installation, WEEK.back(-1))
    second = told(calm, Role.INCUBATOR, WEEK.back(-1))
    changed = {
        item.left_id: (item.news, item.changed)
        for item in second.items
        if (item.left_id, item.right_id) in pairs(first)
    }
    assert changed == {"n-2": (News.CHANGED, ("trl",))}
    assert calm.installation.digests.again(WEEK.back(-1)).same


def test_what_was_composed_and_never_sent_is_told_the_week_after(calm: Service) -> None:
    write(calm.installation, result("n-1"))
    compose(calm.installation)
    compose(calm.installation, WEEK.back(-1))
    assert "n-1" in {item.left_id for item in told(calm, Role.INCUBATOR, WEEK.back(-1)).items}


def test_a_bulk_import_of_old_records_floods_nobody(calm: Service) -> None:
    old = [result(f"o-{n}", published_on=date(2012, 1, 1)) for n in range(150)]
    undated = [result(f"u-{n}", published_on=None) for n in range(150)]
    write(calm.installation, *old, *undated, result("n-1"))
    calm.installation.indexer.refresh()
    compose(calm.installation)
    digest = told(calm, Role.INCUBATOR)
    imported = [item for item in digest.items if item.left_id.startswith(("o-", "u-"))]
    assert not [item for item in digest.items if item.left_id.startswith("o-")]
    assert all(item.news is News.UNSEEN for item in imported)
    assert len(imported) <= 4
    assert digest.items[0].left_id == "n-1"
    assert len(digest.items) <= DigestSettings(account_id="").size


def test_what_is_too_much_for_one_week_comes_the_week_after(calm: Service) -> None:
    want(calm, Role.INCUBATOR, size=3)
    write(calm.installation, *(result(f"n-{n}") for n in range(6)))
    compose(calm.installation)
    first = told(calm, Role.INCUBATOR)
    send(calm.installation, first)
    compose(calm.installation, WEEK.back(-1))
    second = told(calm, Role.INCUBATOR, WEEK.back(-1))
    assert {item.news for item in (*first.items, *second.items)} == {News.NEW}
    assert not pairs(first) & pairs(second)
    assert len(second.items) == 3


SAME = "玉米秸秆连续发酵工艺"


def passed(service: Service, role: Role, week: Week = WEEK) -> int:
    """How many candidates were passed over as near-duplicates."""
    part = service.installation.digests.again(week).parts[service.accounts[role].id]
    return int(part["passed"].get("twin", 0))


def test_of_near_duplicates_one_is_told_and_the_other_not_the_week_after_either(calm: Service) -> None:
    write(calm.installation, result("n-1", title=SAME), result("n-2", title=SAME))
    compose(calm.installation)
    first = told(calm, Role.INCUBATOR)
    assert len({"n-1", "n-2"} & {item.left_id for item in first.items}) == 1
    assert passed(calm, Role.INCUBATOR) >= 1
    send(calm.installation, first)
    compose(calm.installation, WEEK.back(-1))
    assert not {"n-1", "n-2"} & {item.left_id for item in told(calm, Role.INCUBATOR, WEEK.back(-1)).items}
    assert calm.installation.digests.again(WEEK).same


def test_a_near_duplicate_of_what_the_carrier_took_is_not_told_unless_they_were_decided_to_be_two(
    calm: Service,
) -> None:
    write(calm.installation, result("n-1", title=SAME, visibility=Visibility.PUBLIC), result("n-2", title=SAME))
    with calm.installation.database.begin() as connection:
        took = Outcome(left_id="n-1", right_id="ex-i01", result=Result.ACCEPTED, decided_on=date(2026, 11, 12))
        Outcomes(connection).upsert([took], NOW)
    compose(calm.installation)
    assert "n-2" not in str(told(calm, Role.INCUBATOR).items)
    calm.installation.identity.decide(
        ("n-1", "n-2"), same=False, kind=None, viewer=Viewer.ENTITLED, by="somebody", now=NOW
    )
    compose(calm.installation, anew=True)
    assert "n-2" in {item.left_id for item in told(calm, Role.INCUBATOR).items}


def test_what_was_taken_and_is_hidden_from_a_reader_keeps_nothing_out_of_their_digest(calm: Service) -> None:
    hidden = result("n-1", title=SAME, visibility=Visibility.RESTRICTED)
    write(calm.installation, hidden, result("n-2", title=SAME))
    with calm.installation.database.begin() as connection:
        took = Outcome(left_id="n-1", right_id="ex-i01", result=Result.ACCEPTED, decided_on=date(2026, 11, 12))
        Outcomes(connection).upsert([took], NOW)
    compose(calm.installation)
    assert "n-2" in {item.left_id for item in told(calm, Role.INCUBATOR).items}


# --- what may not be seen ---


def test_what_a_reader_may_not_see_leaves_no_trace_in_their_digest(served_home: Path, tmp_path: Path) -> None:
    hidden = [
        result(f"zz-{n}", title="玉米秸秆绝密发酵", visibility=seen)
        for n, seen in enumerate([Visibility.RESTRICTED, Visibility.RESTRICTED])
    ]
    secret = Project(id="zz-p", name="绝密项目", summary="绝密", visibility=Visibility.BROKERS, incubator_id="ex-i05")
    services = [over(copied(served_home, tmp_path / name)) for name in ("without", "with")]
    write(services[1].installation, *hidden, secret)
    found = []
    for service in services:
        compose(service.installation)
        digests = [told(service, role) for role in (Role.INCUBATOR, Role.FUND, Role.BROKER, Role.UNIVERSITY)]
        found.append([[replace(item, id="") for item in digest.items] for digest in digests])
        assert "绝密" not in str(digests)
        service.installation.close()
    assert found[0] == found[1]


def test_a_record_that_was_opened_to_somebody_may_be_told_to_them_alone(calm: Service) -> None:
    write(calm.installation, result("zz-1", visibility=Visibility.RESTRICTED))
    calm.installation.people.open_to(Kind.ACHIEVEMENTS, "zz-1", "org-carrier", "somebody", NOW)
    compose(calm.installation)
    assert "zz-1" in {item.left_id for item in told(calm, Role.INCUBATOR).items}
    others = [one for one in calm.installation.digests.of_week(WEEK) if one != told(calm, Role.INCUBATOR)]
    assert "zz-1" not in str(others)


# --- the receipt ---


def test_a_week_is_composed_once_whole_or_not_at_all(service: Service) -> None:
    installation = service.installation
    tried = compose(installation, dry_run=True)
    with pytest.raises(RecordNotFoundError):
        installation.digests.of_week(WEEK)
    made = compose(installation)
    assert made.week.digests == tried.week.digests
    with pytest.raises(ConflictError, match="composed already"):
        compose(installation)
    compose(installation, anew=True)
    send(installation, told(service, Role.FUND))
    with pytest.raises(ConflictError, match="was told"):
        compose(installation, anew=True)


def test_a_past_digest_is_made_again_whatever_became_of_the_records(calm: Service) -> None:
    installation = calm.installation
    write(installation, result("n-1"))
    compose(installation)
    kept = installation.digests.of_week(WEEK)
    write(installation, result("n-1", title="改名", trl=1), *(result(f"n-{n}") for n in range(2, 9)))
    made = installation.digests.again(WEEK)
    assert made.same
    assert list(made.week.digests) == kept
    assert "n-1" in str(kept)

    with installation.database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["n-1"])
    assert installation.digests.again(WEEK).same
    assert "玉米秸秆发酵新工艺n-1" not in str(installation.digests.of_week(WEEK))
    assert "玉米秸秆发酵新工艺n-1" not in str(installation.digests.again(WEEK).parts)


def test_receipts_from_before_changes_were_named_are_made_again_too(calm: Service) -> None:
    compose(calm.installation)
    made = calm.installation.digests.again(WEEK)
    older = {
        name: {**part, "tellings": [_without(one) for one in part["tellings"]]} for name, part in made.parts.items()
    }
    again_ = again(WEEK, made.receipt.id, made.receipt.composed_at, made.receipt.content, older)
    assert list(again_.digests) == list(made.week.digests)


def _without(telling: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in telling.items() if name != "changed"}


@pytest.mark.parametrize("change", ["terms", "offers", "tellings"])
def test_a_receipt_that_was_tampered_with_makes_another_digest(calm: Service, change: str) -> None:
    compose(calm.installation)
    made = calm.installation.digests.again(WEEK)
    content, parts = dict(made.receipt.content), {name: dict(part) for name, part in made.parts.items()}
    mine = parts[calm.accounts[Role.FUND].id]
    if change == "terms":
        content["terms"] = {**content["terms"], "unseen": 1, "enough_unseen": 1}
    elif change == "offers":
        mine["offers"] = [row for at, row in enumerate(mine["offers"]) if at not in mine["solved"]["serving"]]
    else:
        mine["tellings"] = [{**one, "name": "别的"} for one in mine["tellings"]]
    other = again(WEEK, made.receipt.id, made.receipt.composed_at, content, parts)
    assert list(other.digests) != list(made.week.digests)


# --- over HTTP ---


def test_a_result_is_told_with_its_institution_and_people_who_are_kept_nowhere_but_in_their_record(
    calm: Service,
) -> None:
    write(calm.installation, result("n-1", inventors=("王示例", "李示例")))
    compose(calm.installation)
    items = calm.get(Role.INCUBATOR, f"/digests/{WEEK}").json()["items"]
    shown = next(item for item in items if item["left_id"] == "n-1")
    assert (shown["institution"], shown["inventors"]) == ("科尔沁示例大学", ["王示例", "李示例"])
    assert "王示例" not in str(told(calm, Role.INCUBATOR))
    assert "王示例" not in str(calm.installation.digests.again(WEEK).parts)
    write(calm.installation, result("n-1"), at=NOW + timedelta(hours=1))
    assert "王示例" not in calm.get(Role.INCUBATOR, f"/digests/{WEEK}").text


def test_one_reads_ones_own_digests_without_what_was_hidden_since(calm: Service) -> None:
    write(calm.installation, result("n-1"))
    compose(calm.installation)
    compose(calm.installation, WEEK.back(1))
    page = calm.get(Role.INCUBATOR, "/digests?limit=1").json()
    assert [one["week"] for one in page["items"]] == [WEEK]
    assert [one["week"] for one in calm.get(Role.INCUBATOR, f"/digests?cursor={page['next']}").json()["items"]] == [
        WEEK.back(1)
    ]
    assert "n-1" in calm.get(Role.INCUBATOR, f"/digests/{WEEK}").text
    write(calm.installation, result("n-1", visibility=Visibility.RESTRICTED), at=NOW + timedelta(hours=1))
    assert "n-1" not in calm.get(Role.INCUBATOR, f"/digests/{WEEK}").text
    assert calm.get(Role.UNIVERSITY, f"/digests/{WEEK}").status_code == 404
    assert calm.get(Role.UNIVERSITY, "/digests").json()["items"] == []
    assert calm.get(Role.FUND, "/digests/2026-W54").status_code == 422


def test_settings_are_changed_over_the_version_that_was_read(service: Service) -> None:
    seen = service.get(Role.FUND, "/digests/settings")
    wanted = {"frequency": "monthly", "size": 5, "left_out": ["figures", "gaps"], "quiet_until": "2026-12-31"}
    tag = {"If-Match": seen.headers["ETag"]}
    changed = service.call(Role.FUND, "PUT", "/digests/settings", json=wanted, headers=tag)
    assert changed.json() == wanted
    assert service.get(Role.FUND, "/digests/settings").json() == wanted
    assert service.call(Role.FUND, "PUT", "/digests/settings", json=wanted, headers=tag).status_code == 409
    too_many = service.call(Role.FUND, "PUT", "/digests/settings", json={"size": 21}, headers={"If-Match": "*"})
    assert too_many.status_code == 422
    assert service.get(Role.BROKER, "/digests/settings").json()["frequency"] == "weekly"


def test_staff_see_how_many_were_told_and_why_others_were_not(service: Service) -> None:
    compose(service.installation)
    [counted] = service.get(Role.BUREAU, "/digests/counts").json()["items"]
    assert counted["week"] == WEEK
    assert counted["digests"] + sum(counted["silent"].values()) == len(Role)
    assert service.get(Role.BROKER, "/digests/counts").status_code == 403


def test_composing_is_a_job_that_does_a_week_once(calm: Service) -> None:
    asked = calm.post(Role.BUREAU, "/jobs", {"kind": "digest", "week": WEEK})
    assert asked.status_code == 202
    calm.installation.worker(threading.Event()).once()
    assert calm.get(Role.BUREAU, f"/jobs/{asked.json()['id']}").json()["result"]["written"] is True
    again = calm.post(Role.BUREAU, "/jobs", {"kind": "digest", "week": WEEK})
    calm.installation.worker(threading.Event()).once()
    assert calm.get(Role.BUREAU, f"/jobs/{again.json()['id']}").json()["result"]["written"] is False
    assert calm.post(Role.BUREAU, "/jobs", {"kind": "digest", "week": "2026-W54"}).status_code == 422
