"""Write the tables that the documentation takes from the code. `--check` only tells whether they are up to date."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from matcher.domain.records import TYPES, Term
from matcher.policy.figures import described
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook, Ruleset
from matcher.settings import Settings

ROOT = Path(__file__).parent.parent


def settings() -> str:
    """Every setting with its default and its help text."""
    rows = [
        f"| `MATCHER_{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | what it does |", "|---|---|---|", *rows])


def headers() -> str:
    """Every field of every table with the headers a file may use; `*` marks what a row of a register needs."""
    parts = []
    for kind, row in TYPES.items():
        lines = [f"**{kind.value}**", "", "| field | headers |", "|---|---|"]
        for field in dataclasses.fields(row):
            if names := field.metadata.get("headers"):
                refers = field.metadata["refers"]
                mark = ("\\*" if field.metadata["needed"] else "") + (f" → {refers}" if refers else "")
                lines.append(f"| `{field.name}`{mark} | {'、'.join(names)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def terms() -> str:
    """Every closed vocabulary with its values, labels and spellings."""
    lines = ["| vocabulary | value | also written |", "|---|---|---|"]
    for vocabulary in Term.__subclasses__():
        lines += [
            f"| {vocabulary.__name__} | `{term.value}` | {'、'.join((term.label, *term.spellings))} |"
            for term in vocabulary
        ]
    return "\n".join(lines)


CONFIDENCE = {"SEEN_PRIMARY": "见原文", "SEEN": "见转述", "MEMORY": "凭记忆", "INFERRED": "推定", "STATED": "自述"}
EFFECT = {"info": "告知", "warn": "提醒", "prefer": "优先", "reject": "否决"}
JURISDICTION = {"cn": "国家", "nm": "内蒙古", "tongliao": "通辽", "service": "本服务"}


def policy_sources() -> str:
    """Every document that rules cite."""
    lines = ["| 编号 | 文号 | 标题 | 日期 | 依据 | 说明 |", "|---|---|---|---|---|---|"]
    kinds = {"primary": "原文", "secondary": "转述", "statement": "当事方自述", "own": "本服务约定"}
    for name, source in book().sources.items():
        note = source.note.zh if source.note else ""
        row = (f"`{name}`", source.number, source.title.zh, source.date, kinds[source.quality], note)
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


def policy_rules() -> str:
    """Every rule with clause, source, confidence, effect, days and threshold."""
    return "\n\n".join(_ruleset(book(), ruleset) for ruleset in book().rulesets.values())


def _ruleset(rules: Rulebook, ruleset: Ruleset) -> str:
    lines = [f"### {ruleset.name.zh}（`{ruleset.id}`）", ""]
    notes = [ruleset.note.zh] if ruleset.note else []
    if ruleset.relief:
        notes.append(f"减免（{ruleset.relief.clause}）：{ruleset.relief.note.zh}。")
    if notes:
        lines += [" ".join(notes), ""]
    lines += ["| 规则 | 名称 | 条件 | 条款 | 来源 | 可信度 | 效力 | 辖区 | 生效 | 失效 |", "|" + "---|" * 10]
    for rule in ruleset.rules:
        told = described(rule.criterion, rules).zh + (f"（{rule.note.zh}）" if rule.note else "")
        told += f" → {means.zh}" if (means := rule.means(rules)) else ""
        only = [rules.metrics[name].words[word].zh for name, words in rule.when.items() for word in words]
        row = (
            f"`{rule.id}`",
            rule.name.zh + (f"（限{'、'.join(only)}）" if only else ""),
            told,
            rule.clause,
            rules.basis(rule.id).cites.zh,
            CONFIDENCE[rule.confidence],
            EFFECT[rule.effect],
            JURISDICTION[rule.jurisdiction],
            str(rule.effective_from or ""),
            str(rule.effective_to or ""),
        )
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


@cache
def book() -> Rulebook:
    """The shipped rules."""
    return load_rulebook(ROOT / "data" / "policy")


TABLES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"settings": settings},
    "README.zh.md": {"settings": settings},
    "docs/policy.zh.md": {"sources": policy_sources, "rules": policy_rules},
    "data/README.md": {"headers": headers, "terms": terms},
}


def filled(text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """The document with every table between its markers."""
    for name, make in tables.items():
        before, rest = text.split(f"<!-- {name} -->\n")
        _, after = rest.split(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{make()}\n<!-- /{name} -->{after}"
    return text


def main() -> int:
    """Write or check all documents; 1 when a check finds one out of date."""
    stale = 0
    for name, tables in TABLES.items():
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        after = filled(before, tables)
        if before != after and "--check" in sys.argv:
            sys.stderr.write(f"{name} is out of date; run `python scripts/tables.py`\n")
            stale = 1
        elif before != after:
            path.write_text(after, encoding="utf-8")
    return stale


def _shown(default: object) -> str:
    return "–" if default in (None, "") else f"`{default}`"


if __name__ == "__main__":
    sys.exit(main())
