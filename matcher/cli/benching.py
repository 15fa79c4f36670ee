"""`matcher bench`: how fast and how exact this machine is, on generated records."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.bootstrap.bench import Size, bench
from matcher.cli.console import Screen, rounded
from matcher.cli.session import Session
from matcher.wording import Said

LINES = {
    "encode_speedup": Said("编码速度，相对 sentence-transformers", "documents/s over plain sentence-transformers"),
    "query_over_encoder": Said("自由文本全程 ÷ 编码器自身用时", "free text to answer, over the encoder's own time"),
    "recall_at_10_filtered": Said("筛选 4 % 时前十召回", "recall@10 while a filter keeps 4 %"),
    "path.import_s": Said("导入，秒", "import, seconds"),
    "path.index_s": Said("建索引（不含整段编码），秒", "index without encoding whole passages, seconds"),
    "path.load_s": Said("载入并首次应答，秒", "load and first answer, seconds"),
    "path.match_p50_ms": Said("已知记录匹配并解释，毫秒 p50", "match of a known record, explained, ms p50"),
    "path.match_p99_ms": Said("同上 p99", "the same, p99"),
    "path.match_taken_p50_ms": Said(
        "已被承接的记录首次被问，毫秒 p50", "a record that somebody took, asked for the first time, ms p50"
    ),
    "path.encode_query_p50_ms": Said("编码一条查询，毫秒 p50", "encoding of one question, ms p50"),
    "path.match_text_p50_ms": Said("自由文本匹配并解释，毫秒 p50", "match of a free text, explained, ms p50"),
    "path.match_text_p99_ms": Said("同上 p99", "the same, p99"),
    "path.screen_p50_ms": Said("首次筛选，毫秒 p50", "screen for the first time, ms p50"),
    "path.screen_again_p50_ms": Said("再次筛选，毫秒 p50", "screen again, ms p50"),
    "path.files_mib": Said("磁盘文件，MiB", "files on disk, MiB"),
    "path.peak_mib": Said("内存峰值，MiB", "peak memory, MiB"),
    "search.recall_at_10": Said("检索前十召回", "recall@10 of the index"),
    "search.p50_ms": Said("检索，毫秒 p50", "search, ms p50"),
    "search.filtered_p50_ms": Said("筛选检索，毫秒 p50", "filtered search, ms p50"),
    "encoding.documents_per_second": Said("编码，篇/秒", "documents/s"),
    "encoding.query_speedup": Said("查询编码加速", "speed-up of one question"),
    "encoding.cosine_mean": Said("与原模型的平均余弦", "mean cosine with the plain model"),
}
"""What people are shown of the figures; the JSON holds all."""


def command(
    records: Annotated[int, typer.Option("--records", min=100, help="生成多少项成果。How many results.")] = 10_000,
    questions: Annotated[int, typer.Option("--questions", min=10, help="提问次数。How many questions.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="随机种子。Seed of the generator.")] = 0,
    json: Annotated[Path | None, typer.Option("--json", help="另存 JSON；- 为标准输出。Also write JSON.")] = None,
) -> None:
    """在生成的数据上测速、内存和召回；不触及现有数据。Speed, memory and recall on generated records."""
    with Session() as session, session.busy():
        figures = bench(session.installation.settings, Size(records, questions, seed), session.telling)
    if json == Path("-"):
        session.screen.json(figures)
        return
    _show(session.screen, figures)
    if json is not None:
        json.write_text(dumps(rounded(figures), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _show(screen: Screen, figures: dict[str, Any]) -> None:
    flat = figures | {f"{group}.{name}": value for group, part in figures.items() for name, value in _parts(part)}
    told = [(said, flat[name]) for name, said in LINES.items() if flat.get(name) is not None]
    rows = [(said.to(screen.language), f"{value:.4g}") for said, value in told]
    title = screen.say(f"{figures['records']} 项成果", f"{figures['records']} results")
    screen.show(screen.table((screen.say("指标", "figure"), screen.say("值", "value")), rows, title=title))


def _parts(part: object) -> list[tuple[str, Any]]:
    return list(part.items()) if isinstance(part, dict) else []
