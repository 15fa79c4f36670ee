"""What a viewer may not see leaves no trace in what the viewer gets: not in a name, a reason, a count or a number."""

from __future__ import annotations

import pytest

from matcher.domain.records import Achievement, Project, Visibility
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
