"""What may not be seen leaves no trace on any page: with the secrets and without, every page is the same.

Comparing whole pages covers what looking for names would miss: counts, options, placeholders, order, similar cases.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.permissions import PAGES
from matcher.domain.accounts import Role, Scope
from matcher.domain.feedback import Feedback, Judgement
from matcher.domain.records import Kind, PairKind
from matcher.store import Digests, FeedbackRows, Receipt
from matcher.wording import Said
from tests import digests
from tests.browsing import hidden, visitor
from tests.confidential import (
    HIDDEN_PROJECTS,
    HIDDEN_RESULTS,
    MARK,
    SEES_BROKERS,
    SEES_NOTHING,
    hide,
    share,
    told_of,
)
from tests.service import SAMPLE_TIME, Service, copied, over

NAMES = (*(one.title for one in HIDDEN_RESULTS[:2]), HIDDEN_PROJECTS[0].name)
"""What the restricted records are called."""
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "page_home": ("/",),
    "page_help": ("/help",),
    "page_unknown": ("/no/such/page",),
    "page_match": (
        "/match?id=ex-a001&n=100", "/match?id=ex-p001&industry=农产品加工", "/match?id=zz-a0", "/match?q=zz-p0",
        f"/match?id=ex-i01&ask={NAMES[0][:6]}", "/match?id=ex-i01&ask=zz-a0",
        f"/match?q=玉米淀粉改性{MARK}", f"/match?q={MARK}&to=funds&diverse=true", "/match?id=ex-f01&n=100",
    ),
    "page_why": (
        "/why?left=ex-a001&right=ex-i01", "/why?left=zz-p0&right=ex-f01", "/why?left=zz-a0&right=ex-i01",
    ),
    "page_compare": ("/compare?id=ex-i01&other=ex-a001&other=ex-a003", "/compare?id=ex-f01&other=ex-p001&other=zz-p0"),
    "page_letter": ("/letter?left=ex-a001&right=ex-i01", "/letter?left=zz-a0&right=ex-i01"),
    "page_screen": (
        "/screen", "/screen?id=ex-f01", "/screen?id=ex-f01&must=农产品加工&at=12", "/screen?id=zz-a0",
        f"/screen?q={MARK}",
    ),
    "page_screen_export": ("/screen/export?id=ex-f01", "/screen/export?id=zz-p0"),
    "page_shortlist": (
        "/shortlist", "/shortlist?verdict=later", "/shortlist?right=ex-f01&verdict=does_not", "/shortlist?right=zz-a0",
    ),
    "page_shortlist_export": ("/shortlist/export", "/shortlist/export?right=ex-f01&verdict=later"),
    "page_mandates": ("/screen/mandates?record=zz-a0",),
    "page_mandate": ("/screen/mandates/no-such-thing",),
    "page_digests": ("/digests",),
    "page_digest": (f"/digests/{digests.WEEK}",),
    "page_digest_settings": ("/digests/settings",),
    "page_records": (
        "/records/achievements", f"/records/achievements?q={MARK}", "/records/achievements?q=玉米", "/records/projects",
        "/records/projects?q=淀粉&industry=农产品加工", "/records/incubators?q=淀粉", "/records/funds",
    ),
    "page_record": (
        "/records/achievements/ex-a001", "/records/achievements/zz-a0", "/records/projects/zz-p0",
        "/records/projects/ex-p001", "/records/incubators/ex-i02", "/records/funds/ex-f01",
    ),
    "page_cases": ("/cases", "/cases?view=table", "/cases?record=zz-a0", "/cases?late=true&view=table"),
    "page_tasks": ("/tasks", "/tasks?when=all"),
    "page_new_case": ("/cases/new?left=zz-a0&right=ex-i01", "/cases/new?left=ex-a001&right=ex-i01"),
    "page_case": ("/cases/zz-c0",),
    "page_attachment": ("/cases/zz-c0/attachments/1",),
    "page_introductions": ("/introductions",),
    "page_carriers": ("/carriers", "/carriers?q=淀粉"),
    "page_carrier": ("/carriers/ex-i01", "/carriers/ex-i02"),
    "page_carrier_criteria": ("/carriers/ex-i01/criteria",),
    "page_carrier_grants": ("/carriers/ex-i01/grants", "/carriers/ex-i02/grants"),
    "page_carrier_evaluation": ("/carriers/ex-i01/evaluation",),
    "page_carrier_filings": ("/carriers/ex-i01/filings",),
    "page_carrier_contracts": ("/carriers/ex-i01/contracts",),
    "page_figures": ("/carriers/ex-i01/figures", "/carriers/ex-i02/figures"),
    "page_figures_form": ("/carriers/ex-i01/figures/form.xlsx?period=2026",),
    "page_bureau": ("/bureau",),
    "page_chains": ("/bureau/chains",),
    "page_ranking": ("/bureau/evaluation",),
    "page_ranking_workbook": ("/bureau/evaluation/ranking.xlsx?year=2025",),
    "page_filings": ("/bureau/filings",),
    "page_grants": ("/bureau/grants",),
    "page_reports": ("/bureau/reports",),
    "page_report": ("/bureau/reports/2026Q3",),
    "page_report_workbook": ("/bureau/reports/2026Q3/report.xlsx",),
    "page_report_print": ("/bureau/reports/2026Q3/report.html",),
    "page_new_record": ("/edit/achievements", "/edit/projects"),
    "page_edit_record": ("/edit/achievements/zz-a0", "/edit/projects/zz-p0"),
    "page_deletion": ("/delete/achievements/zz-a0", "/delete/projects/zz-p0"),
    "page_data": ("/data",),
    "page_template": ("/data/templates/achievements.xlsx",),
    "page_import": ("/data/imports/1",),
    "page_duplicates": ("/data/duplicates", "/data/duplicates?kind=projects"),
    "page_aliases": ("/data/aliases",),
    "page_account": ("/account",),
    "page_rules": ("/rules",),
    "page_admin": ("/admin",),
    "page_user": ("/admin/users/no-such-thing",),
    "page_organisations": ("/admin/organisations",),
    "page_organisation": ("/admin/organisations/org-fund",),
    "page_models": ("/admin/models",),
    "page_audit": ("/admin/audit",),
    "page_jobs": ("/data/jobs",),
    "page_job": ("/data/jobs/no-such-thing",),
    "page_job_issues": ("/data/jobs/no-such-thing/issues.csv",),
    "page_corrections": ("/data/jobs/no-such-thing/corrections.xlsx",),
}  # fmt: skip
"""What is asked of every page that is read; a new page must be named here."""
FORMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "page_word_letter": ("/letter", {"left": "zz-a0", "right": "ex-i01", "reasons": "一"}),
    "page_describe_record": ("/describe/achievements", {"text": "一"}),
}
"""What is sent to pages that answer a form and write nothing."""
DRAWN_ANEW = re.compile(r'name="(once|csrf)" value="[^"]*"|/account/tokens/[^/"]*/revoke')


@pytest.fixture(scope="module")
def homes(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Service]]:
    """The sample without secrets, with those that brokers share, and with all of them.

    Somebody of every role once knew of the secrets, and was told so in a digest.
    """
    folder = tmp_path_factory.mktemp("homes")
    found = {}
    for name, put_in in (("none", None), ("shared", share), ("all", hide)):
        installation = copied(served_home, folder / name)
        if put_in:
            put_in(installation)
        found[name] = over(installation)
        _compose(found[name])
    _judge(found["all"])
    yield found
    for service in found.values():
        service.installation.close()


def _compose(service: Service) -> None:
    """A digest for everybody: one item's reason names a secret, another is one, and so is a line."""
    reason = Said(f"曾承接相近案例：《{NAMES[0]}》", f"took a similar case: “{NAMES[0]}”")
    project = {"kind": PairKind.PROJECT_FUND, "about": Kind.PROJECTS, "left_id": "zz-p0", "right_id": "ex-f01"}
    told = [
        digests.digest(
            digests.item(1, left_id="ex-a001", right_id="ex-i01", name="成果", reason=reason),
            digests.item(2, name=NAMES[2], **project),
            lines=(digests.line(said=Said(NAMES[1], NAMES[1]), about=("achievements/zz-a1",)),),
            account_id=account.id,
        )
        for account in service.accounts.values()
    ]
    receipt = Receipt(id="r1", week=digests.WEEK, composed_at=SAMPLE_TIME, content={})
    with service.installation.database.begin() as connection:
        assert Digests(connection).add(receipt, [(one, {}) for one in told])


def _judge(service: Service) -> None:
    """Words of everybody on pairs that were seen once."""
    pairs = ((PairKind.PROJECT_FUND, "zz-p0", "ex-f01"), (PairKind.ACHIEVEMENT_INCUBATOR, "zz-a0", "ex-i01"))
    with service.installation.database.begin() as connection:
        for account in service.accounts.values():
            for pair, left, right in pairs:
                given = Feedback(
                    account_id=account.id, kind=pair, left_id=left, right_id=right, verdict=Judgement.LATER,
                    reason=MARK, made_at=SAMPLE_TIME,
                )  # fmt: skip
                FeedbackRows(connection).add(given)


def comparable(browser: TestClient, path: str) -> str:
    """A page without what is drawn anew whenever it is shown; of a workbook its sheets."""
    answer = browser.get(path, follow_redirects=False)
    told = f"{answer.status_code} {answer.headers.get('location', '')}\n"
    if "spreadsheet" in answer.headers.get("content-type", ""):
        packed = zipfile.ZipFile(io.BytesIO(answer.content))
        return told + "".join(packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/"))
    return told + DRAWN_ANEW.sub("", answer.text)


def test_every_page_that_is_read_is_asked() -> None:
    assert ADDRESSES.keys() | FORMS.keys() == {name for name, told in PAGES.items() if told.scope is Scope.READ}


def test_the_comparison_itself_notices_what_the_bureau_sees(homes: dict[str, Service]) -> None:
    """It comes first: what is kept in memory for those who see everything is there when the others ask."""
    without, with_ = (visitor(homes[name], Role.BUREAU) for name in ("none", "all"))
    asked = ("/records/achievements", "/why?left=zz-p0&right=ex-f01", "/digests/2026-W48", "/cases", "/bureau")
    assert [path for path in asked if comparable(with_, path) == comparable(without, path)] == []


@pytest.mark.parametrize(
    "path",
    [
        f"/records/achievements?q={MARK}", f"/match?q=玉米淀粉改性{MARK}", f"/match?q={MARK}&to=funds",
        "/match?id=ex-i01",
        "/why?left=zz-p0&right=ex-f01", "/compare?id=ex-i01&other=ex-a001&other=zz-a0", "/screen?id=ex-i01",
        "/carriers/ex-i01", "/carriers/ex-i02", f"/digests/{digests.WEEK}", "/cases",
    ],
)  # fmt: skip
def test_whatever_a_page_tells_that_is_hidden_stands_in_the_audit(homes: dict[str, Service], path: str) -> None:
    answer = visitor(homes["all"], Role.BUREAU).get(path)
    deed = homes["all"].installation.journal.latest(None, 1)[0]
    assert answer.status_code == 200
    assert deed.request_id == answer.headers["x-request-id"]
    assert told_of(answer.text)
    assert told_of(answer.text) <= set(deed.record_ids)


@pytest.mark.parametrize(
    ("role", "known"), [*((role, "none") for role in SEES_NOTHING), *((role, "shared") for role in SEES_BROKERS)]
)
def test_pages_are_as_if_what_somebody_may_not_see_did_not_exist(
    homes: dict[str, Service], role: Role, known: str
) -> None:
    without, with_ = (told(visitor(homes[name], role)) for name in (known, "all"))
    assert [path for path in with_ if with_[path] != without[path]] == []
    assert [path for path, text in with_.items() if text.startswith("500")] == []
    assert [path for path, text in with_.items() if any(name in text for name in NAMES)] == []
    assert sum(text.startswith("200") for text in with_.values()) > 30


def told(browser: TestClient) -> dict[str, str]:
    """Every page as this reader sees it, by its address."""
    fields = hidden(browser, "/account")
    sent = {path: browser.post(path, data={**fields, **said}) for path, said in FORMS.values()}
    return {
        **{path: comparable(browser, path) for paths in ADDRESSES.values() for path in paths},
        **{path: f"{answer.status_code}\n{DRAWN_ANEW.sub('', answer.text)}" for path, answer in sent.items()},
    }
