"""Whoever imports: a list as people keep it, looked at first, its columns named, its rows mended, and taken back."""

from __future__ import annotations

from io import BytesIO
from threading import Event

from openpyxl import load_workbook
from playwright.sync_api import expect

from matcher.domain.accounts import Role
from tests.person import Come, Person, Way
from tests.service import Service

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def messy(way: Way) -> bytes:
    """A list with a column that nobody knows, a row without its name, and a stage in words.

    The column has a name of its own each turn: what was said of a header is known when it comes again.
    """
    n = way.turn
    return (
        f"编号,技术名字{n},完成单位,成熟度\nLS-{n}1,甜菜粕膳食纤维粉碎{n},青石滩研究所,5\n"
        f"LS-{n}2,,青石滩研究所,4\nLS-{n}3,风机叶片回收制板{n},云岭材料学院,很成熟\n"
    ).encode("gb18030")


def hands_in(person: Person, name: str, content: bytes, kind: str = XLSX) -> None:
    """Upload a file and wait for what it would do."""
    person.opens("/data")
    person.field("文件（可多选）", "Files").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    if name.endswith(".csv"):
        person.chooses("是哪张表", "Which table", zh_option="科研成果", en_option="achievements")
    person.presses("上传并预览", "Upload and preview")
    awaits(person)


def awaits(person: Person) -> None:
    """Until the job has ended; the page looks by itself, with scripts or without."""
    expect(person.page.locator("[data-poll]")).to_have_count(0, timeout=60_000)
    person.arrives()


def test_a_messy_list_is_named_mended_imported_and_taken_back(come: Come, way: Way) -> None:
    n = way.turn
    with come(Role.BUREAU) as her:
        hands_in(her, f"清单{n}.csv", messy(way), "text/csv")
        her.reads("缺少必需的列", "required column")
        her.chooses(f"列“技术名字{n}”是", f"The column 技术名字{n} is", zh_option="成果名称", en_option="title")
        her.presses("按所选重新检查", "Check again as chosen")
        awaits(her)
        her.reads("这是预览，还没有写入。", "This is a preview; nothing was written yet.")
        her.reads("第 3 行", "row 3")
        her.reads("很成熟")
        table = load_workbook(her.takes("下载待更正的行（.xlsx）", "Rows to correct (.xlsx)"))
        her.presses("导入", "Import")
        awaits(her)
        done = her.path
        her.section("科研成果", "achievements").reads("新增", "new")

        sheet = table.worksheets[0]
        headers = [str(cell.value) for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            if row[headers.index("成果名称")].value in (None, ""):
                row[headers.index("成果名称")].value = f"补上名称的成果{n}"
            row[headers.index("成熟度")].value = 6
        corrected = BytesIO()
        table.save(corrected)
        hands_in(her, f"更正{n}.xlsx", corrected.getvalue())
        her.reads("没有问题。", "No issues.")
        her.presses("导入", "Import")
        awaits(her)
        her.opens(f"/records/achievements/LS-{n}2")
        her.stands_at(f"补上名称的成果{n}")

        hands_in(her, f"更正{n}.xlsx", corrected.getvalue())
        her.section("科研成果", "achievements").reads("新增 0 · 更新 0", "0 new · 0 updated")
        her.presses("导入", "Import")
        awaits(her)
        her.section("科研成果", "achievements").reads("新增 0 · 更新 0", "0 new · 0 updated")

        her.opens(done)
        her.follows("撤销…", "undo…")
        her.presses("撤销导入", "Undo the import")
        awaits(her)
        her.opens(f"/records/achievements/LS-{n}1")
        her.was_refused(404)


def test_a_file_of_another_sort_is_refused_beside_the_form(come: Come) -> None:
    with come(Role.BUREAU) as her:
        her.opens("/data")
        her.field("文件（可多选）", "Files").set_input_files(
            {"name": "清单.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
        )
        her.chooses("是哪张表", "Which table", zh_option="基金与金融机构", en_option="funds")
        her.presses("上传并预览", "Upload and preview")
        her.was_refused(422)
        her.is_warned("清单.exe")
        assert her.field("是哪张表", "Which table").input_value() == "funds"


def test_two_records_and_two_names_are_judged_and_judged_anew(come: Come, service: Service) -> None:
    while service.installation.worker(Event()).once():
        pass
    with come(Role.BUREAU) as her:
        her.opens("/data")
        her.follows("疑似重复", "Near-duplicates")
        her.reads("苏氨酸结晶母液")
        her.presses("不是同一个", "Two different ones")
        her.is_told("已记下。", "Noted.")
        her.follows("名称归并", "Names")
        her.section("ex-i27").presses("同一个，以乙为准", "One: the other stands")
        her.is_told("已记下。", "Noted.")
        for _ in range(2):
            her.page.locator("#decided ~ .scroll").get_by_role("button").first.wait_for()
            her._go(her.page.locator("#decided ~ .scroll").get_by_role("button").first)
            her.is_told("已撤销。", "Undone.")
        her.reads("ex-i27")
