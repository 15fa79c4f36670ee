"""Which files of a folder are read, in which order, and what is said about the others."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from matcher.domain.records import Kind, Source
from matcher.intake.aliases import FILE as ALIASES
from matcher.intake.issues import Remark, RowIssue, issue_at, tell, warn
from matcher.intake.names import kind_of, known_names
from matcher.intake.tables import READABLE, unsupported

SILENT_STEMS = ("readme", "license", "licence", "notice", "copying", "thumbs", "desktop")
SILENT_SUFFIXES = (".md", ".txt", ".rst", ".ini", ".db", ".lnk", ".log", ".yaml", ".yml", ".toml")
DATA_SUFFIXES = (".xls", ".xlsm", ".xlsb", ".et", ".ods", ".numbers", ".json")


def files_of(folder: Path, kinds: Collection[Kind] = tuple(Kind)) -> tuple[list[Path], list[RowIssue]]:
    """The readable files by name, and issues that name every other file. Other tables than `kinds` are left out.

    Raises UnsupportedFileError where a table only exists in a format that is not read.
    """
    root = folder.resolve()
    entries = sorted(entry for entry in folder.iterdir() if not _is_silent(entry))
    outside = [entry for entry in entries if not entry.resolve().is_relative_to(root)]
    files = [entry for entry in entries if entry not in outside and entry.is_file()]
    files = [file for file in files if _may_hold(file, kinds)]
    readable = [file for file in files if file.suffix.lower() in READABLE]
    told = {kind_of(file.stem) for file in readable}
    for file in files:
        if file.suffix.lower() in DATA_SUFFIXES and kind_of(file.stem) is not None and kind_of(file.stem) not in told:
            raise unsupported(file)
    issues = [_issue(entry, _outside(entry)) for entry in outside]
    aliases = [file for file in readable if file.name == ALIASES]
    readable = [file for file in readable if file not in aliases]
    issues += [_issue(file, _aliases()) for file in aliases]
    issues += [_issue(file, unknown_remark(file.name)) for file in files if file not in [*readable, *aliases]]
    issues += [_issue(entry, _subfolder(entry)) for entry in entries if entry not in outside and entry.is_dir()]
    return readable, issues


def _may_hold(file: Path, kinds: Collection[Kind]) -> bool:
    """Whether one of the tables may be in the file; of a workbook only its sheets tell."""
    return file.suffix.lower() == ".xlsx" or (of := kind_of(file.stem)) is None or of in kinds


def _is_silent(entry: Path) -> bool:
    name = entry.name.casefold()
    # "~$…" is Excel's lock on an open file.
    return (
        name.startswith((".", "~$"))
        or name.startswith(SILENT_STEMS)
        or (entry.suffix.lower() in SILENT_SUFFIXES and not entry.is_dir())
    )


def _issue(entry: Path, remark: Remark) -> RowIssue:
    return issue_at(Source(entry.name), "", entry.name, remark)


def unknown_remark(name: str) -> Remark:
    """The warning for a file or a sheet whose name tells no table."""
    zh, en = known_names()
    return warn(
        "unknown_table",
        (f"“{name}”不是已知的表，没有读取。", f"'{name}' is no known table and was not read."),
        (f"如需导入，请命名为其中之一：{zh}。", f"To import it, name it after one of: {en}."),
    )


def _aliases() -> Remark:
    return tell(
        "alias_table",
        (
            f"“{ALIASES}”是别名表，没有随记录导入。",
            f"'{ALIASES}' is an alias table; it is not taken in with the records.",
        ),
        (f"请运行 matcher identity import {ALIASES}。", f"Run `matcher identity import {ALIASES}`."),
    )


def _outside(entry: Path) -> Remark:
    return warn(
        "outside_folder",
        (
            f"“{entry.name}”是指向文件夹之外的链接，没有读取。",
            f"'{entry.name}' links out of the folder and was not read.",
        ),
        ("请把文件本身复制到文件夹里。", "Copy the file itself into the folder."),
    )


def _subfolder(entry: Path) -> Remark:
    return tell(
        "subfolder",
        (f"子文件夹“{entry.name}”没有读取。", f"The subfolder '{entry.name}' was not read."),
        ("如需导入，请单独导入它。", "Import it by itself if it is wanted."),
    )
