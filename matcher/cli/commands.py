"""The commands of the contract. Exit code 0: fine; 1: a named error; 2: wrong usage."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from json import dumps
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from pydantic import ValidationError

from matcher import __version__
from matcher.bootstrap import Installation
from matcher.cli import show
from matcher.cli.console import Bars, Screen, rounded
from matcher.domain.matches import Answer
from matcher.domain.records import Kind, PairKind
from matcher.errors import ConfigurationError, IntakeError, MatcherError
from matcher.intake import Progress, load_mapping
from matcher.measure.scoring import check_pairs
from matcher.policy.visibility import Viewer
from matcher.services.folders import evaluate_folder, score_in_folder
from matcher.services.importing import Files, delete_records, import_files
from matcher.settings import Settings
from matcher.wording import Language, Said

app = typer.Typer(
    name="matcher",
    help="技术转移撮合：成果 → 孵化载体，项目 → 基金。Matchmaking for technology transfer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="结果输出为 JSON。Print the result as JSON.")]
View = Annotated[Viewer, typer.Option("--viewer", help="以谁的身份查看。Who asks: public, brokers or restricted.")]
Today = Annotated[
    datetime | None,
    typer.Option("--today", formats=["%Y-%m-%d"], help="按这一天计算，默认今天。Act as on this day."),
]


Number = Annotated[int, typer.Option("-k", min=1, max=1000, help="条数。How many.")]


class Session:
    """One run of the command line: the screen, and the installation behind it."""

    def __init__(self) -> None:
        settings = Settings()
        self.screen = Screen(settings.language)
        self.installation = Installation(settings, tell=self.screen.note, progress=self._progress)
        self._bars: Bars | None = None

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Show progress bars meanwhile."""
        with self.screen.progress() as self._bars:
            yield
        self._bars = None

    def reading(self, progress: Progress) -> None:
        """Show how far an import is."""
        self._progress(f"{progress.file} · {progress.table.value}", progress.rows, progress.total)

    def encoding(self, name: str, total: int) -> Callable[[int], None]:
        """A counter of texts for one bar."""
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            self._progress(name, done, total)

        return count

    def _progress(self, name: str, done: int, total: int | None) -> None:
        if self._bars:
            self._bars.update(name, done, total)


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="版本号。Print the version.")] = False) -> None:
    """技术转移撮合：成果 → 孵化载体，项目 → 基金。Matchmaking for technology transfer."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def init() -> None:
    """创建或升级数据库，构建编码器。Create or migrate the database and build the encoder."""
    session = Session()
    session.installation.initialise()
    home = session.installation.home
    session.screen.note(Said(f"已就绪：{home}", f"Ready: {home}"))


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="生态文件夹或文件。Ecosystem folders or files.")],
    kind: Annotated[Kind | None, typer.Option("--kind", help="单个文件属于哪张表。The table of a single file.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="表头对照文件（JSON 或 TOML）。A file that maps headers to fields.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。Check only, write nothing.")] = False,
    json: Json = False,
) -> None:
    """导入记录；同一文件再次导入不会重复。Import records; importing a file again changes nothing."""
    session = Session()
    columns = {str(table): names for table, names in load_mapping(mapping, kind=kind).items()} if mapping else None
    with session.busy():
        report = import_files(
            session.installation.database,
            Files(paths, kind, columns),
            now=datetime.now(UTC),
            dry_run=dry_run,
            progress=session.reading,
        )
    if json:
        session.screen.json(report.to_json())
    else:
        show.show_import(session.screen, report)


@app.command()
def delete(
    ids: Annotated[list[str], typer.Argument(help="要撤回的记录编号。Ids of the records to take back.")],
    *,
    json: Json = False,
) -> None:
    """删除所有者撤回的记录及其对接结果。Delete withdrawn records and their outcomes."""
    session = Session()
    deleted = delete_records(session.installation.database, ids)
    if json:
        session.screen.json({"records": deleted.records, "outcomes": deleted.outcomes})
    else:
        told = Said(
            f"已删除 {deleted.records} 条记录和 {deleted.outcomes} 条对接结果。",
            f"Deleted {deleted.records} record(s) and {deleted.outcomes} outcome(s).",
        )
        session.screen.print(told.to(session.screen.language))


@app.command()
def index(
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="全部重建。Build everything anew.")] = False,
    json: Json = False,
) -> None:
    """使索引与数据库一致。Bring the indexes up to the database."""
    session = Session()
    with session.busy():
        _, report = session.installation.indexer.refresh(session.installation.progress, rebuild=rebuild)
    counts = session.installation.encoder.counts
    if json:
        rebuilt = {"zh": report.rebuilt.zh, "en": report.rebuilt.en} if report.rebuilt else None
        session.screen.json(
            {
                "revision": report.revision,
                "indexed": report.indexed,
                "removed": report.removed,
                "rebuilt": rebuilt,
                "texts_encoded": counts.misses,
                "texts_from_cache": counts.hits,
            }
        )
        return
    if report.rebuilt:
        session.screen.note(Said(f"重建：{report.rebuilt.zh}", f"Rebuilt: {report.rebuilt.en}"))
    told = Said(
        f"索引 {report.indexed} 条，移除 {report.removed} 条；新编码 {counts.misses} 段，缓存 {counts.hits} 段。",
        f"{report.indexed} indexed, {report.removed} removed; {counts.misses} texts encoded, {counts.hits} cached.",
    )
    session.screen.print(told.to(session.screen.language))


@app.command()
def train(today: Today = None, *, json: Json = False) -> None:
    """用对接结果拟合排序和概率，胜过默认权重才启用。Fit rankers; they serve only where they win."""
    session = Session()
    now = today.replace(tzinfo=UTC) if today else datetime.now(UTC)
    with session.busy():
        reports = session.installation.matching.train(now)
    if json:
        session.screen.json([report.to_json() for report in reports])
    for report in () if json else reports:
        show.show_training(session.screen, report)


@app.command()
def match(
    record_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="成果或项目编号。A result or project.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="一段描述，代替编号。A description instead.")] = None,
    to: Annotated[Kind | None, typer.Option("--to", help="incubators 或 funds。")] = None,
    k: Number = 10,
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    *,
    why: Annotated[bool, typer.Option("--why", help="显示全部依据。Show all evidence.")] = False,
    json: Json = False,
) -> None:
    """为成果推荐载体，为项目推荐基金。Recommend carriers for a result, funds for a project."""
    if (record_id is None) == (not text or not text.strip()):
        raise typer.BadParameter("请给出编号或 --text 之一。Give an id or --text, one of the two.")
    if to not in (None, Kind.INCUBATORS, Kind.FUNDS) or (record_id is None and to is None):
        raise typer.BadParameter("--to 须为 incubators 或 funds。--to is incubators or funds.")
    session, day = Session(), _day(today)
    with session.busy():
        matching = session.installation.matching
        if record_id is not None:
            answer = matching.match(record_id, k, viewer, day, to)
        else:
            answer = matching.match_text(str(text).strip(), to or Kind.INCUBATORS, k, viewer, day)
    _print_answer(session.screen, answer, json=json, why=why)


@app.command()
def screen(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="载体或基金编号。A carrier or fund.")],
    k: Number = 20,
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    *,
    why: Annotated[bool, typer.Option("--why", help="显示全部依据。Show all evidence.")] = False,
    json: Json = False,
) -> None:
    """为载体筛选成果，为基金筛选项目。Screen results for a carrier, projects for a fund."""
    session = Session()
    with session.busy():
        answer = session.installation.matching.screen(record_id, k, viewer, _day(today))
    _print_answer(session.screen, answer, json=json, why=why)


@app.command()
def why(
    left_id: Annotated[str, typer.Argument(help="成果或项目编号。A result or project.")],
    right_id: Annotated[str, typer.Argument(help="载体或基金编号。A carrier or fund.")],
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    *,
    json: Json = False,
) -> None:
    """解释任意一对：是否可对接，差在哪里。Explain any pair: eligible or not, and what would change it."""
    session = Session()
    with session.busy():
        found = session.installation.matching.why(left_id, right_id, viewer, _day(today))
    if json:
        session.screen.json(show.match_json(found))
    else:
        show.show_why(session.screen, found)


@app.command()
def score(
    pairs: Annotated[Path, typer.Argument(help="含 left_id,right_id 的 CSV。A CSV of pairs.")],
    out: Annotated[Path, typer.Option("--out", help="结果文件。The file to write.")],
    folder: Annotated[
        Path | None, typer.Option("--folder", help="不用数据库，用此文件夹。Use this folder instead.")
    ] = None,
    cut: Annotated[
        datetime | None, typer.Option("--cut", formats=["%Y-%m-%d"], help="只学此日之前的结果。Learn only from before.")
    ] = None,
) -> None:
    """为一批对打分。Score pairs."""
    session = Session()
    table = _read_pairs(pairs)
    with session.busy():
        if folder is None:
            scored = session.installation.matching.score(table, _day(cut))
        else:
            scored = score_in_folder(table, folder, session.installation.builder, _day(cut), session.encoding)
    unknown = scored[scored["score"].isna()]
    if len(unknown) == len(scored):
        raise IntakeError(
            Said(f"{pairs.name} 中没有一对是已知记录。", f"{pairs.name} holds no pair of known records."),
            Said("请检查编号，或先导入记录。", "Check the ids, or import the records first."),
        )
    scored.to_csv(out, index=False)
    for row, left_id, right_id in zip(unknown.index, unknown["left_id"], unknown["right_id"], strict=True):
        told = f"{left_id}, {right_id}"
        session.screen.note(Said(f"第 {row + 2} 行编号未知：{told}", f"row {row + 2}: an unknown id: {told}"))
    session.screen.note(Said(f"已写入 {len(scored)} 对：{out}", f"{len(scored)} pairs written: {out}"))


@app.command()
def evaluate(
    folders: Annotated[list[Path], typer.Argument(help="生态文件夹。Ecosystem folders.")],
    cut: Annotated[datetime, typer.Option("--cut", formats=["%Y-%m-%d"], help="只学此日之前。Learn only from before.")],
    min_history: Annotated[int, typer.Option("--min-history", min=0, help="候选至少有几次承接。")] = 3,
    pairing: Annotated[PairKind | None, typer.Option("--pairing", help="默认取结果最多的一类。")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="另存 JSON；- 为标准输出。Also write JSON.")] = None,
) -> None:
    """按时间切分评估排序，不触及数据库。Judge the ranking on a time split; touches no database."""
    session = Session()
    reports = []
    for folder in folders:
        with session.busy():
            reports.append(
                evaluate_folder(
                    folder,
                    session.installation.builder,
                    cut.date(),
                    min_history=min_history,
                    pairing=pairing,
                    progress=session.encoding,
                )
            )
    result = reports[0] if len(reports) == 1 else reports
    if json == Path("-"):
        session.screen.json(result)
        return
    for report in reports:
        show.show_evaluation(session.screen, report)
    if json is not None:
        json.write_text(dumps(rounded(result), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Run the command line and turn named errors into messages."""
    screen = Screen(Language.ZH)
    try:
        app(standalone_mode=True)
    except ValidationError as error:
        fault = error.errors()[0]
        name = f"MATCHER_{str(fault['loc'][0]).upper()}"
        screen.error(
            ConfigurationError(
                Said(f"设置 {name} 无效：{fault['input']}", f"The setting {name} is not valid: {fault['input']}"),
                Said("见 README 的设置表。", "See the table of settings in the README."),
            )
        )
        sys.exit(1)
    except MatcherError as error:
        Screen(_language()).error(error)
        sys.exit(1)


def _language() -> Language:
    try:
        return Settings().language
    except ValidationError:
        return Language.ZH


def _day(day: datetime | None) -> date:
    return day.date() if day else datetime.now(UTC).astimezone().date()


def _print_answer(screen: Screen, answer: Answer, *, json: bool, why: bool) -> None:
    if json:
        screen.json([show.match_json(one) for one in answer.matches])
    else:
        show.show_answer(screen, answer, why=why)


def _read_pairs(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise IntakeError(
            Said(f"无法读取 {path}：{error}", f"Cannot read {path}: {error}"),
            Said("请给出 UTF-8 的 CSV 文件。", "Give a CSV file in UTF-8."),
        ) from error
    check_pairs(table, path.name)
    return table
