"""Projects that came from a result: the first link is a fact, the second may be one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from matcher.domain.controls import Question
from matcher.domain.matches import Verdict
from matcher.domain.records import Incubator, Left, Project, Right, name_of
from matcher.domain.visibility import Viewer, visible
from matcher.policy.pairs import NO_WISHES
from matcher.ranking.corpus import Side
from matcher.ranking.matcher import Matcher
from matcher.ranking.paths import Undertaken
from matcher.ranking.questions import decisions, recommended

FURTHER = 2
"""Funds named for a project that exists already."""


def undertaken(
    result_id: str, second: Matcher, carriers: Side[Right], viewer: Viewer, question: Question
) -> tuple[Undertaken, ...]:
    """The projects that came from the result, as far as the viewer may know of them."""
    projects = cast("tuple[Project, ...]", second.known.left.records)
    rows = [
        row
        for row, project in enumerate(projects)
        if result_id and project.achievement_id == result_id and visible(project, viewer)
    ]
    return tuple(_undertaken(projects[row], row, second, carriers, viewer, question) for row in rows)


def _undertaken(
    project: Project, row: int, second: Matcher, carriers: Side[Right], viewer: Viewer, question: Question
) -> Undertaken:
    side = second.known.left.take([row])
    place = carriers.rows.get(project.incubator_id)
    carrier = None if place is None else cast("Incubator", carriers.records[place])
    decided = tuple(_decided(side, row, second, viewer))
    return Undertaken(project, carrier, decided, second.match(side, FURTHER, viewer, question).matches)


def without_project(results: Side[Left], second: Matcher, viewer: Viewer) -> list[int]:
    """Rows of the results that may be shown and that no visible project came from."""
    projects = cast("tuple[Project, ...]", second.known.left.records)
    used = {project.achievement_id for project in projects if visible(project, viewer)}
    return [row for row, one in enumerate(results.records) if one.id not in used and visible(one, viewer)]


def _decided(side: Side[Left], row: int, second: Matcher, viewer: Viewer) -> Iterator[tuple[str, Verdict]]:
    """Each fund that decided about an existing project, and the verdict that tells of it."""
    known = second.known
    for column in sorted({int(right) for right in known.past.right[known.past.left == row]}):
        for verdict in decisions(second.judge.verdicts(recommended(known, side, 0, column, viewer, NO_WISHES))):
            yield name_of(known.right.records[column]), verdict
