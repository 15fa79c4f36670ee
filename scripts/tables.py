"""Write the tables that the documentation takes from the code. `--check` only tells whether they are up to date."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.app import PAGE_ROUTERS, ROUTERS
from api.permissions import ANYBODY, PAGES, PERMISSIONS, Permission
from matcher.domain.accounts import Role
from matcher.domain.records import RECORD_KINDS, TABLE_LABELS, TYPES, Achievement, Fund, Incubator, Project, Term
from matcher.intake.reader import read
from matcher.measure.placement import coverage, judge, placements, read_labels
from matcher.policy.chain_file import load_chains
from matcher.policy.chain_nodes import POSITIONS, Chains
from matcher.policy.chain_places import Placer
from matcher.policy.figures import described
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook, Ruleset
from matcher.ranking.kinds import KINDS, Family
from matcher.resources import load_fields, load_industries
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


def chain_nodes() -> str:
    """Every chain with its nodes by position."""
    chains = _chains()
    lines = [f"| 产业链 | {' | '.join(said.zh for said in POSITIONS.values())} |", "|" + "---|" * (len(POSITIONS) + 1)]
    for chain in chains.all:
        part, whole = chains.names[chain.code].zh, chains.names[chain.industry].zh
        cells = ["；".join(node.name.zh for node in chain.nodes if node.position is one) for one in POSITIONS]
        lines.append(f"| {part if part == whole else f'{whole} · {part}'} | {' | '.join(cells)} |")
    return "\n".join(lines)


def chain_labels() -> str:
    """How the placement of sample records compares with the labels."""
    rows = read(ROOT / "data" / "sample", kinds=RECORD_KINDS)
    records = [row for row in rows if isinstance(row, Achievement | Incubator | Project | Fund)]
    found = placements(records, Placer(_chains(), load_industries(), load_fields(), book(), date.max))
    judged, covered = judge(found, read_labels(ROOT / "tests" / "chain_labels.csv")), coverage(found)
    lines = [
        "| 表 | 全部 | 属五大产业 | 归入环节 | 多环节 | 标注 | 完全一致 | 准确率 | 召回率 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for kind, one in judged.items():
        count = covered[kind]
        lines.append(
            f"| {TABLE_LABELS[kind][0]} | {count['all']} | {count['told']} | {count['placed']} | {count['several']} "
            f"| {one.records} | {one.exact} | {one.precision:.0%}（{one.right}/{one.made}） "
            f"| {one.recall:.0%}（{one.right}/{one.wanted}） |"
        )
    return "\n".join(lines)


def _chains() -> Chains:
    return load_chains(ROOT / "data" / "taxonomy" / "chains.yaml", load_industries(), load_fields())


def evidence() -> str:
    """The pieces of evidence by family."""
    lines = [f"| family | {len(KINDS)} pieces of evidence |", "|---|---|"]
    for family in Family:
        names = [f"`{kind.name}`" for kind in KINDS.values() if kind.family is family]
        lines.append(f"| {family} ({len(names)}) | {', '.join(names)} |")
    return "\n".join(lines)


def operations() -> str:
    """Every operation of the interface, and which roles it lets in."""
    lines = [f"| request | operation | token | stranger | {' | '.join(role.said.en for role in Role)} |"]
    return "\n".join([*lines, "|---|---|---|" + ":-:|" * (len(Role) + 1), *_let_in(ROUTERS, PERMISSIONS, "/v1")])


def pages() -> str:
    """Every page of the workbench, and which roles it lets in; those without a row are open to strangers."""
    lines = [f"| 请求 | 名称 | 权限 | 未登录 | {' | '.join(role.said.zh for role in Role)} |"]
    return "\n".join([*lines, "|---|---|---|" + ":-:|" * (len(Role) + 1), *_let_in(PAGE_ROUTERS, PAGES, "")])


def _let_in(routers: Iterable[APIRouter], rows: Mapping[str, Permission], prefix: str) -> Iterator[str]:
    for route in (route for router in routers for route in router.routes):
        assert isinstance(route, APIRoute)  # noqa: S101  # there are no others
        row = rows.get(route.name, ANYBODY)
        roles, scope = row.roles, row.scope if row.roles else ""
        marks = [roles is None, *(roles is None or role in roles for role in Role)]
        request = f"{'/'.join(sorted(route.methods or ()))} {prefix}{route.path.replace(':path', '')}"
        told = (f"`{request}`", f"`{route.name}`", scope, *("✓" if mark else "" for mark in marks))
        yield f"| {' | '.join(told)} |"


@cache
def book() -> Rulebook:
    """The shipped rules."""
    return load_rulebook(ROOT / "data" / "policy")


TABLES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"settings": settings},
    "README.zh.md": {"settings": settings},
    "docs/api.md": {"operations": operations},
    "docs/workbench.zh.md": {"pages": pages},
    "docs/matching.md": {"evidence": evidence},
    "docs/policy.zh.md": {"sources": policy_sources, "rules": policy_rules},
    "docs/chain-gaps.zh.md": {"chains": chain_nodes, "placement": chain_labels},
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
