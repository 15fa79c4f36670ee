"""What a viewer may not see leaves no trace in what the viewer gets: not in a name, a reason, a count or a number."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.domain.records import Achievement, Kind, Project, Visibility
from matcher.domain.registers import Contract, Resource
from matcher.intake import read
from matcher.resources import data_folder
from tests.commandline import DAY, SAMPLE, CommandLine

SECRET = [
    record
    for record in read(data_folder("sample"))
    if isinstance(record, Achievement | Project) and record.visibility is not Visibility.PUBLIC
]
QUESTIONS = (
    ("match", "--text", SECRET[0].summary, "--to", "incubators", "--why"),
    ("match", "ex-a003", "--why"),
    ("screen", "ex-i05", "--why"),
    ("chain", "ex-a003", "--why"),
    ("chain", "--text", SECRET[0].summary, "--why"),
    ("chain", "--fund", "ex-f06", "--why"),
    ("drift", "--all", "--years", "5"),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_the_public_gets_the_same_answer_as_if_the_secrets_did_not_exist(
    matcher: CommandLine, question: tuple[str, ...]
) -> None:
    asked = (*question, "--viewer", "public", "--today", DAY, "--json")
    matcher("import", SAMPLE)
    with_secrets = matcher(*asked).out
    matcher("delete", *(record.id for record in SECRET))

    assert matcher(*asked).out == with_secrets


PUBLIC = Visibility.PUBLIC
HIDDEN_ROWS = [
    row for row in read(data_folder("sample")) if isinstance(row, Resource | Contract) and row.visibility is not PUBLIC
]
REGISTER_QUESTIONS = (
    ("resource", "search", "草乌减毒 催化剂", "-k", "100"),
    ("resource", "for", "ex-i04"),
    ("resource", "for", "ex-a036"),
    ("resource", "users", "ex-r03", "-k", "100"),
    ("policy", "contracts"),
    ("policy", "contract", "ex-c01"),
    ("policy", "arrangements"),
)


@pytest.mark.parametrize("question", REGISTER_QUESTIONS, ids=" ".join)
def test_registers_answer_the_public_as_if_the_secrets_did_not_exist(
    matcher: CommandLine, question: tuple[str, ...], tmp_path: Path
) -> None:
    asked = (*question, "--viewer", "public", "--as-of", DAY, "--json")
    matcher("import", SAMPLE)
    with_secrets = matcher(*asked).out
    for kind in (Kind.RESOURCES, Kind.CONTRACTS):
        gone = [row.id for row in HIDDEN_ROWS if row.table is kind]
        assert gone
        (tmp_path / f"{kind}.csv").write_text(
            "编号,撤回\n" + "".join(f"{each},是\n" for each in gone), encoding="utf-8"
        )
        matcher("import", tmp_path / f"{kind}.csv", "--kind", kind)
    matcher("delete", *(record.id for record in SECRET))

    assert matcher(*asked).out == with_secrets
