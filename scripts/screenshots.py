"""The pictures of the documentation, taken of a copy of the demo: `python -m scripts.screenshots .demo docs/images`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.cases import Audience
from matcher.domain.phases import Move
from matcher.domain.weeks import Week
from matcher.services.delivery.letter import Written
from matcher.settings import Settings
from matcher.store.versions import ANY
from tests.casework import EVERYTHING
from tests.chromium import PHONE, browsing, serving, visiting

DESK = {"width": 1280, "height": 800}
LIGHT = {"color_scheme": "light"}
PATIENCE = 180_000
"""Milliseconds: the first question waits for the encoder."""
ROLES = ("broker", "fund", "incubator", "bureau")
PAIR = ("ex-a003", "ex-i02")
DEALS: Mapping[tuple[str, str], int] = {
    ("ex-a015", "ex-i02"): 0,
    ("ex-a022", "ex-i05"): 0,
    ("ex-p019", "ex-f01"): 1,
    ("ex-a009", "ex-i01"): 2,
    ("ex-p041", "ex-f03"): 3,
    ("ex-p064", "ex-f02"): 5,
}
"""Other cases of the broker, and how many stages each is on."""
LIST = """编号,成果名称,完成单位,行业,成熟度,负责老师
XY-01,甜菜粕膳食纤维湿法超微粉碎,青石滩农产品加工研究所,玉米生物,六级,沈遥
XY-02,,青石滩农产品加工研究所,玉米生物,4,沈遥
XY-03,风机叶片回收料制轻质墙板,云岭材料学院,新材料,5,贺川
XY-04,羊绒分梳在线检测相机,云岭材料学院,高端装备,很成熟,贺川
"""
"""A list as people keep it: a row without its name, a stage in words, a column of their own."""


def tell(parts: Installation, actor: Actor, now: datetime) -> str:
    """Give the broker something to do; the case to be pictured."""
    day = timedelta(days=1)
    for (left, right), stages in DEALS.items():
        case = parts.case_handling.open(left, right, actor, now - 40 * day)
        parts.case_handling.tell(case.id, ANY, EVERYTHING, actor, now - 39 * day)
        for stage in range(stages):
            parts.case_handling.move(case.id, ANY, Move.ADVANCE, actor, now - (36 - 6 * stage) * day)
    case = parts.case_handling.open(*PAIR, actor, now - 9 * day)
    first = {name: EVERYTHING[name] for name in ("case_lead", "case_owner_contact", "case_confidentiality", "case_trl")}
    parts.case_handling.tell(case.id, ANY, first, actor, now - 8 * day)
    parts.case_handling.move(case.id, ANY, Move.ADVANCE, actor, now - 6 * day)
    parts.case_papers.note(case.id, "对方可提供蒸汽和中试车间，先看样品。", Audience.SHARED, actor, now - 2 * day)
    parts.case_papers.plan(case.id, "补交酶解工艺的检测报告", (now + 5 * day).date(), actor, now - 2 * day)
    return case.id


def taken(page: Page, target: Path) -> None:
    """A picture of what the window shows, with a palette: pages have few colours."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target)
    with Image.open(target) as picture:
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            target, optimize=True
        )


def preview(page: Page) -> None:
    """Hand the list in, and wait for what it would do."""
    page.locator("input[type=file]").set_input_files(
        {"name": "成果清单.csv", "mimeType": "text/csv", "buffer": LIST.encode("gb18030")}
    )
    page.get_by_role("button", name="上传并预览").click()
    page.locator("section.card").wait_for()


def letter(parts: Installation, week: str, browser: Browser, target: Path, now: datetime) -> None:
    """The fund's letter of a week."""
    [digest] = parts.digests.of_week(Week(week), "fund@example.org")
    written = parts.preview.of(digest, now)
    if not isinstance(written, Written):
        raise SystemExit(f"no letter of {week}: {written}")
    page = browser.new_page(viewport={"width": 700, "height": 800}, color_scheme="light")
    page.set_content(written.letter.html)
    taken(page, target)


def pictures(parts: Installation, out: Path, now: datetime) -> None:
    """All of them."""
    people = {role: parts.people.by_email(f"{role}@example.org") for role in ROLES}
    broker = parts.access.of_account(people["broker"].id)
    if broker is None:
        raise SystemExit("the demo has no broker; run `make demo`")
    case = tell(parts, broker, now)
    left, right = PAIR
    pages = (
        ("match", "broker", f"/match?id={left}", None, {"viewport": DESK}),
        ("why", "broker", f"/why?left={left}&right={right}", None, {"viewport": DESK}),
        ("case", "broker", f"/cases/{case}", None, {"viewport": DESK}),
        ("screen", "fund", "/screen", None, {"viewport": DESK}),
        ("criteria", "incubator", "/carriers/ex-i01/criteria", None, {"viewport": DESK}),
        ("bureau", "bureau", "/bureau", None, {"viewport": DESK}),
        ("data", "bureau", "/data", preview, {"viewport": DESK}),
        ("phone", "broker", f"/match?id={left}", None, {"viewport": PHONE, "device_scale_factor": 2}),
    )
    with serving(parts) as address, browsing() as browser:
        for name, role, path, then, window in pages:
            token = parts.access.open(people[role], now).token
            with visiting(browser, address, token, **LIGHT, **window) as visit:
                visit.page.set_default_timeout(PATIENCE)
                page = visit.open(path)
                if then:
                    then(page)
                taken(page, out / f"{name}.png")
                if visit.complaints:
                    raise SystemExit(f"{name}: {visit.complaints}")
        letter(parts, "2026-W45", browser, out / "letter.png", now)


def main() -> None:
    """Copy the demo, so that what is done for a picture stays out of it, and take them."""
    demo, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = shutil.copytree(demo, Path(folder) / "home")
        parts = Installation(Settings(home=home), tell=lambda said: None)
        pictures(parts, out, datetime.now(UTC))
        parts.close()


if __name__ == "__main__":
    main()
