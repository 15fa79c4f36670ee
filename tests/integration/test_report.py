"""The bureau's report on a database: sums, sources, what a viewer may see, and texts that mean mischief."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from matcher.domain.cases import Case
from matcher.domain.periods import Period
from matcher.domain.phases import Phase
from matcher.domain.records import CarrierKind, PairKind, Result, Visibility
from matcher.domain.registers import Contract, ContractKind, Submission
from matcher.domain.visibility import VIEWERS, Viewer
from matcher.errors import PolicyError
from matcher.reporting.page import page, write_page
from matcher.reporting.sections import Cell, Report, Section
from matcher.reporting.workbook import write_workbook
from matcher.store import Cases, Database, Outcomes, Records, Registers, open_database, upgrade
from matcher.wording import Language
from tests.builders import achievement, fund, incubator, outcome, project, reporting

NOW = datetime(2026, 10, 20, tzinfo=UTC)
DAY = date(2026, 10, 20)
EVIL = '=HYPERLINK("http://evil/","<script>alert(1)</script>")'


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    with opened.begin() as connection:
        Records(connection).upsert(
            [
                incubator("I1", name="甲孵化器", kind=CarrierKind.INCUBATOR, region="通辽市"),
                incubator("I2", name=EVIL, kind=CarrierKind.INCUBATOR, region="通辽市"),
                achievement("A1"),
                achievement("A2", visibility=Visibility.RESTRICTED),
                project("P1", incubator_id="I1"),
                fund("F1"),
            ],
            NOW,
        )
        taken = outcome("A1", "I1", decided_on=date(2026, 8, 1), amount=300_000.0)
        Outcomes(connection).upsert(
            [
                taken,
                replace(taken, left_id="A2", decided_on=date(2026, 8, 2), amount=7_000_000.0),
                replace(taken, right_id="I2", result=Result.REJECTED, decided_on=date(2026, 9, 1), amount=None),
                replace(taken, right_id="I2", decided_on=date(2026, 10, 1)),
                outcome(
                    "P1", "F1", kind=PairKind.PROJECT_FUND, decided_on=date(2026, 9, 30), amount=5e5, currency="USD"
                ),
            ],
            NOW,
        )
    yield opened
    opened.close()


def submit(database: Database, carrier: str, **figures: float) -> None:
    row = Submission(carrier_id=carrier, period=Period("2026Q3"), metrics=figures, submitted_on=date(2026, 10, 8))
    with database.begin() as connection:
        Registers(connection).upsert([row], NOW)


def sign(database: Database, name: str, **changes: object) -> None:
    usual: dict[str, object] = {"kind": ContractKind.LICENCE, "signed_on": date(2026, 7, 1), "amount": 1e6}
    with database.begin() as connection:
        Registers(connection).upsert([Contract(id=name, name=name, **(usual | changes))], NOW)  # type: ignore[arg-type]


def report(database: Database, viewer: Viewer = Viewer.BROKERS, period: str = "2026Q3", day: date = DAY) -> Report:
    return reporting(database).report(Period(period), viewer, day)


def section(found: Report, key: str) -> Section:
    return next(one for one in found.sections if one.key == key)


def table(found: Report, key: str) -> list[dict[str, object]]:
    one = section(found, key)
    names = [column.name.zh for column in one.columns]
    plain = [[cell.content if isinstance(cell, Cell) else cell for cell in line.cells] for line in one.lines]
    return [dict(zip(names, cells, strict=True)) for cells in plain]


def test_the_sum_is_that_of_the_lines_and_counts_who_told(database: Database) -> None:
    submit(database, "I1", 在孵企业数=41, 活动场次=3)
    submit(database, "I2", 在孵企业数=9)
    *lines, total, told = table(report(database), "incubators")

    assert [line["在孵企业数"] for line in lines] == [41, 9]
    assert (total["在孵企业数"], told["在孵企业数"]) == (50, 2)
    assert (total["活动场次"], told["活动场次"]) == (3, 1)
    assert (total["创业导师数"], told["创业导师数"]) == (None, 0)


def test_outcomes_of_the_period_are_counted_once_each_and_no_others(database: Database) -> None:
    found = table(report(database), "outcomes")
    by_id = {line["编号"]: line for line in found if line["编号"]}

    assert (by_id["I1"]["已对接"], by_id["I1"]["金额"]) == (1, 300_000)
    assert (by_id["I2"]["已对接"], by_id["I2"]["未成"]) == (0, 1)  # accepted only in the next quarter
    assert (by_id["F1"]["已对接"], by_id["F1"]["金额"]) == (1, None)  # dollars are no yuan
    assert [(line["日期"], line["币种"] and line["币种"].zh) for line in table(report(database), "cases")] == [  # type: ignore[attr-defined]
        (date(2026, 8, 1), "人民币"), (date(2026, 9, 30), "USD"),
    ]  # fmt: skip


def test_restricted_results_and_contracts_are_neither_named_nor_summed(database: Database) -> None:
    sign(database, "C1")
    sign(database, "C2", visibility=Visibility.RESTRICTED, amount=8e6)
    told = {viewer: report(database, viewer) for viewer in VIEWERS}

    for viewer in (Viewer.PUBLIC, Viewer.BROKERS):
        text = page(told[viewer], Language.ZH)
        assert "A2" not in text
        assert "C2" not in text
        assert table(told[viewer], "contracts")[-1]["合同成交额"] == 1e6
        assert next(one for one in table(told[viewer], "outcomes") if one["编号"] == "I1")["金额"] == 300_000
    assert table(told[Viewer.ENTITLED], "contracts")[-1]["合同成交额"] == 9e6
    assert next(one for one in table(told[Viewer.ENTITLED], "outcomes") if one["编号"] == "I1")["金额"] == 7_300_000


def test_cases_are_counted_where_they_stand_without_those_of_hidden_records(database: Database) -> None:
    assert table(report(database), "phases") == []
    usual = Case(
        id="", pairing=PairKind.ACHIEVEMENT_INCUBATOR, left_id="A1", right_id="I1", owner="wang",
        opened_at=NOW, changed_at=NOW,
    )  # fmt: skip
    with database.begin() as connection:
        for number, (left, right, phase) in enumerate(
            [("A1", "I1", Phase.DIG), ("A1", "I2", Phase.DIG), ("A1", "I1", Phase.LOST), ("A2", "I1", Phase.DIG)]
        ):
            Cases(connection).add(replace(usual, id=f"c{number}", left_id=left, right_id=right, phase=phase))
    [seen] = table(report(database, Viewer.BROKERS), "phases")
    [whole] = table(report(database, Viewer.ENTITLED), "phases")
    assert (seen["挖掘"], seen["终止"], seen["发现"]) == (2, 1, 0)
    assert whole["挖掘"] == 3


def test_contracts_are_counted_by_type_signed_and_registered(database: Database) -> None:
    sign(database, "C1", registered_on=date(2026, 8, 1), technology_amount=9e5)
    sign(database, "C2", amount=None)
    sign(database, "C3", kind=None, amount=2e5, currency="USD")
    sign(
        database,
        "C4",
        kind=ContractKind.SERVICE,
        signed_on=date(2026, 6, 30),
        registered_on=date(2026, 7, 1),
        technology_amount=4e5,
    )
    sign(database, "C5", signed_on=date(2026, 10, 1))
    sign(database, "C6", signed_on=None)
    found = report(database)
    lines = {line["合同类型"].zh: line for line in table(found, "contracts")}  # type: ignore[attr-defined]

    assert list(lines) == ["技术许可", "技术服务", "类型未填", "合计"]
    assert [(line["本期签订"], line["其中已登记"], line["本期登记"]) for line in lines.values()] == [
        (2, 1, 1), (0, 0, 1), (1, 0, 0), (3, 1, 2),
    ]  # fmt: skip
    assert (lines["合计"]["合同成交额"], lines["合计"]["本期登记的技术交易额"]) == (1e6, 1.3e6)
    assert section(found, "contracts").lines[-1].cells[2] == Cell(1e6, least=True)  # C2 states no amount
    assert any("1 份合同未填签订日期" in note.zh for note in section(found, "contracts").notes)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_line_names_sources_and_every_source_is_listed(database: Database, viewer: Viewer) -> None:
    submit(database, "I1", 在孵企业数=41)
    sign(database, "C1")
    found = report(database, viewer)
    keys = {f"section:{one.key}" for one in found.sections}

    for one in found.sections:
        for line in one.lines:
            assert line.refs
            assert set(line.refs) <= keys | set(found.origins)
    assert all(origin.where or ":" in ref for ref, origin in found.origins.items())
    for ref, origin in found.origins.items():
        assert not ref.startswith("rule") or (origin.where and origin.confidence)


def test_what_is_doubted_is_marked_and_still_summed(database: Database) -> None:
    with database.begin() as connection:
        row = Submission(carrier_id="I1", period=Period("2026Q2"), metrics={"在孵企业数": 14.0})
        Registers(connection).upsert([row], NOW)
    submit(database, "I1", 在孵企业数=61)
    found = report(database)
    place = [column.name.zh for column in section(found, "incubators").columns].index("在孵企业数")

    assert section(found, "incubators").lines[0].cells[place] == Cell(61.0, doubted=True)
    assert table(found, "incubators")[-2]["在孵企业数"] == 61
    [doubt] = table(found, "doubts")
    assert (doubt["本次"], doubt["以前"]) == (61, 14)


class Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_escapes_what_records_say_and_loads_nothing(database: Database, tmp_path: Path) -> None:
    submit(database, "I2", 在孵企业数=9)
    write_page(tmp_path / "r.html", report(database), Language.ZH)
    read = Reader()
    read.feed((tmp_path / "r.html").read_text(encoding="utf-8"))

    assert EVIL in read.text
    assert not [tag for tag, _ in read.tags if tag in {"script", "link", "img", "iframe", "object"}]
    links = [attrs.get("href") or "" for _, attrs in read.tags if "href" in attrs]
    assert links
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= {attrs.get("id") for _, attrs in read.tags}
    style = (tmp_path / "r.html").read_text(encoding="utf-8").split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "A4" in style
    assert ("html", {"lang": "zh-CN"}) in read.tags


def test_the_workbook_has_the_same_sections_and_no_formula(database: Database, tmp_path: Path) -> None:
    submit(database, "I2", 在孵企业数=9)
    found = report(database)
    write_workbook(tmp_path / "r.xlsx", found, Language.ZH, NOW)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")

    assert book.sheetnames == [*(one.title.zh.replace("/", " ") for one in found.sections), "来源"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    evil = [cell for cell in cells if cell.value == EVIL]
    assert evil
    assert all(cell.quotePrefix for cell in evil)
    refs = {row[0] for row in book["来源"].iter_rows(min_row=3, values_only=True)}
    assert set(found.origins) <= refs


def test_both_languages_are_told(database: Database) -> None:
    english = page(report(database), Language.EN)

    assert "Report on incubators and makerspaces, the third quarter of 2026" in english
    assert 'lang="en"' in english


CHINESE = set("（），。；：、　")


def test_english_bears_no_chinese_punctuation(database: Database, tmp_path: Path) -> None:
    submit(database, "I1", 在孵企业数=9, 孵化面积=1200)
    found = report(database)
    write_workbook(tmp_path / "r.xlsx", found, Language.EN, NOW)
    sheets = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets
    heads = [cell.value for sheet in sheets for row in sheet["A1:Z7"] for cell in row]
    english = page(found, Language.EN)

    assert "area (m²)" in heads
    assert heads[0] == found.title.en, "the workbook says what it is"
    assert "<small>(m²)</small>" in english
    assert "<h2>1. summary</h2>" in english
    sections = english[english.index("<main>") : english.index('id="origins"')]
    assert not CHINESE & set("".join(re.findall("<(?:h2|th)[ >].*?</(?:h2|th)>", sections)))


def test_a_period_that_has_not_begun_has_no_report(database: Database) -> None:
    with pytest.raises(PolicyError, match="2026-10-01"):
        report(database, period="2026Q4", day=date(2026, 9, 30))
    assert report(database, period="2026Q4", day=date(2026, 10, 1)).sections


def test_a_period_that_is_not_over_says_so_and_counts_until_today(database: Database) -> None:
    early = report(database, day=date(2026, 8, 1))

    assert any("未结束" in note.zh for note in early.notes)
    assert next(one for one in table(early, "outcomes") if one["编号"] == "I1")["已对接"] == 1
    assert not [one for one in table(early, "outcomes") if one["编号"] == "F1"]


def test_an_empty_database_makes_a_report_of_nothing(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    upgrade(opened)
    found = report(opened)
    opened.close()

    assert all(not one.lines for one in found.sections if one.key not in ("summary", "chains"))
    assert "没有记录" in page(found, Language.ZH)


def test_the_chains_count_carriers_and_projects_of_the_city_and_name_what_they_count(database: Database) -> None:
    with database.begin() as connection:
        far = incubator("I9", name="辛孵化器", kind=CarrierKind.INCUBATOR, region="赤峰市", industries=("玉米生物",))
        near = incubator("I8", name="壬孵化器", kind=CarrierKind.INCUBATOR, region="通辽市", industries=("玉米生物",))
        Records(connection).upsert([far, near], NOW)
    chains = section(report(database), "chains")
    refs = {ref for line in chains.lines for ref in line.refs}

    assert len(chains.lines) > 40
    assert "incubators:I8" in refs
    assert "incubators:I9" not in refs
    assert all(any(ref.startswith("rule:CHAIN-NODE") for ref in line.refs) for line in chains.lines)
