"""The commands that learn and judge: train, score, evaluate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli import reports
from matcher.cli.console import rounded
from matcher.cli.session import DAYS, Json, Session, Today, day_of
from matcher.domain.records import PairKind
from matcher.errors import IntakeError
from matcher.intake.encodings import encoding_of
from matcher.intake.limits import Limits, check_bytes
from matcher.measure.scoring import check_pairs
from matcher.services.folders import evaluate_folder, score_in_folder
from matcher.wording import Said

if TYPE_CHECKING:
    import pandas as pd

MOST_UNKNOWN = 20


class Pairing(StrEnum):
    """Which pairings of a folder are judged."""

    ACHIEVEMENT_INCUBATOR = PairKind.ACHIEVEMENT_INCUBATOR.value
    PROJECT_FUND = PairKind.PROJECT_FUND.value
    BOTH = "both"

    def kinds(self) -> list[PairKind]:
        """The pairings meant."""
        return list(PairKind) if self is Pairing.BOTH else [PairKind(self.value)]


def train(
    today: Today = None,
    *,
    if_stale: Annotated[
        bool, typer.Option("--if-stale", help="只训练过时的，适合定时任务。Only what is stale, for a schedule.")
    ] = False,
    json: Json = False,
) -> None:
    """用对接结果拟合排序和概率，胜过默认权重才启用。Fit rankers; they serve only where they win."""
    with Session() as session:
        now = today.replace(tzinfo=UTC) if today else datetime.now(UTC).astimezone()
        with session.busy():
            found = session.installation.pairings.train(now, only_stale=if_stale)
        if json:
            session.screen.json([report.to_json() for report in found])
            return
        for report in found:
            reports.show_training(session.screen, report)
        if not found:
            session.screen.print(session.screen.say("模型都是最新的。", "The models are up to date."))


def score(
    pairs: Annotated[Path, typer.Argument(help="含 left_id,right_id 的 CSV。A CSV of pairs.")],
    out: Annotated[Path, typer.Option("--out", help="结果文件。The file to write.")],
    folder: Annotated[
        Path | None, typer.Option("--folder", help="不用数据库，用此文件夹。Use this folder instead.")
    ] = None,
    cut: Annotated[
        datetime | None, typer.Option("--cut", formats=DAYS, help="只学此日之前的结果。Learn only from before.")
    ] = None,
) -> None:
    """为一批对打分。Score pairs."""
    with Session() as session:
        table = _read_pairs(pairs)
        today = cut.date() - timedelta(days=1) if cut else day_of(None)
        with session.busy():
            if folder is None:
                scored = session.installation.matching.score(table, today)
            else:
                scored = score_in_folder(
                    table,
                    folder,
                    session.installation.builder,
                    today,
                    progress=session.encoding,
                    tell=session.screen.note,
                )
        unknown = scored[scored["score"].isna()]
        if len(unknown) == len(scored):
            raise IntakeError(
                Said(f"{pairs.name} 中没有一对是已知记录。", f"{pairs.name} holds no pair of known records."),
                Said("请检查编号，或先导入记录。", "Check the ids, or import the records first."),
            )
        scored.to_csv(out, index=False)
        _tell_unknown(session, unknown)
        session.screen.note(Said(f"已写入 {len(scored)} 对：{out}", f"{len(scored)} pairs written: {out}"))


def evaluate(
    folders: Annotated[list[Path], typer.Argument(help="生态文件夹。Ecosystem folders.")],
    cut: Annotated[datetime, typer.Option("--cut", formats=DAYS, help="只学此日之前。Learn only from before.")],
    min_history: Annotated[
        int, typer.Option("--min-history", min=0, help="候选至少有几次承接。Outcomes a candidate must have.")
    ] = 3,
    pairing: Annotated[
        Pairing | None, typer.Option("--pairing", help="默认取结果最多的一类。Default: the one with most outcomes.")
    ] = None,
    deletion: Annotated[
        int, typer.Option("--deletion", min=0, help="删去引文后复评的查询数。Questions asked again without the quote.")
    ] = 0,
    json: Annotated[Path | None, typer.Option("--json", help="另存 JSON；- 为标准输出。Also write JSON.")] = None,
    *,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="逐族去掉证据再评。Again without each family of evidence.")
    ] = False,
) -> None:
    """按时间切分评估排序，不触及数据库。Judge the ranking on a time split; touches no database."""
    with Session() as session:
        found = []
        for folder in folders:
            with session.busy():
                found += evaluate_folder(
                    folder,
                    session.installation.builder,
                    cut.date(),
                    min_history=min_history,
                    pairings=pairing.kinds() if pairing else None,
                    ablation=ablation,
                    deletion=deletion,
                    progress=session.encoding,
                    tell=session.screen.note,
                )
        result = found[0] if len(found) == 1 else found
        if json == Path("-"):
            session.screen.json(result)
            return
        for report in found:
            reports.show_evaluation(session.screen, report)
        if json is not None:
            json.write_text(dumps(rounded(result), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _tell_unknown(session: Session, unknown: pd.DataFrame) -> None:
    for row, left_id, right_id in list(unknown[["left_id", "right_id"]].itertuples(name=None))[:MOST_UNKNOWN]:
        told = f"{left_id}, {right_id}"
        session.screen.note(Said(f"第 {row + 2} 行编号未知：{told}", f"row {row + 2}: an unknown id: {told}"))
    if (more := len(unknown) - MOST_UNKNOWN) > 0:
        session.screen.note(Said(f"另有 {more} 行编号未知。", f"{more} more rows name unknown ids."))


def _read_pairs(path: Path) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  # a third of a second to import, and no other command needs it

    check_bytes(path, Limits())
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding_of(path))
    except ValueError as error:
        raise IntakeError(
            Said(f"无法读取 {path.name}：{error}。", f"Cannot read {path.name}: {error}."),
            Said("请给出含 left_id,right_id 两列的 CSV 文件。", "Give a CSV file with the columns left_id,right_id."),
        ) from error
    table.columns = table.columns.str.strip()
    check_pairs(table, path.name)
    return table.assign(left_id=table["left_id"].str.strip(), right_id=table["right_id"].str.strip())
