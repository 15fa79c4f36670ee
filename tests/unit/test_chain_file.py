"""The file of chain nodes: the shipped one is sound, and one with an error is refused with its line and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from matcher.errors import PolicyError
from matcher.policy.chain_file import load_chains
from matcher.policy.chain_nodes import Chains, Position, links
from matcher.resources import data_folder
from tests.builders import fields, industries

SHIPPED = data_folder("taxonomy") / "chains.yaml"


def load(path: Path) -> Chains:
    return load_chains(path, industries(), fields())


def test_the_shipped_chains_are_those_of_the_notice() -> None:
    found = load(SHIPPED)

    assert list(found.industries) == ["corn", "tourism", "coal", "tcm", "strategic"]
    assert found.names["tcm"].zh == "现代中医药(蒙医药)"


def test_every_chain_has_up_mid_and_downstream_and_every_node_a_neighbour() -> None:
    for chain in load(SHIPPED).all:
        positions = {node.position for node in chain.nodes}
        joined = {end for link in links(chain) for end in link}

        assert {Position.UPSTREAM, Position.MIDSTREAM, Position.DOWNSTREAM} <= positions, chain.code
        assert joined == {node.id for node in chain.nodes}, chain.code


def test_every_node_is_named_in_both_languages() -> None:
    for node in load(SHIPPED).nodes.values():
        assert node.name.zh
        assert node.name.en


def test_the_version_changes_with_every_byte(tmp_path: Path) -> None:
    copy = tmp_path / "chains.yaml"
    copy.write_bytes(SHIPPED.read_bytes())
    before = load(copy).version
    copy.write_bytes(SHIPPED.read_bytes() + b"\n")

    assert before == load(SHIPPED).version
    assert load(copy).version != before


HEAD = """lead: 400
refusals: [不做]
chains:
  - industry: corn
    code: corn
    anchors: [玉米]
    nodes:
"""
ONE = "      - {id: corn.a, name: {zh: 甲, en: a}, position: upstream, words: [淀粉]}\n"
TWO = "      - {id: corn.b, name: {zh: 乙, en: b}, position: downstream, words: [饲料]}\n"
REFUSED: Mapping[str, tuple[str, int, str]] = {
    "no yaml at all": ("a: [1\nb: 2\n", 2, "expected"),
    "a list": ("- 1\n", 1, "mapping"),
    "a key twice": ("lead: 1\nlead: 2\n", 2, "twice"),
    "a part nobody knows": (HEAD.replace("lead: 400", "lead: 400\nlag: 1") + ONE, 2, "lag"),
    "no lead": (HEAD.replace("lead: 400", "lead: 0") + ONE, 1, "lead"),
    "no nodes": (HEAD.replace("    nodes:\n", "    nodes: []\n"), 7, "nodes"),
    "an industry nobody knows": (HEAD.replace("industry: corn", "industry: moon") + ONE, 4, "moon is no industry"),
    "a name instead of a code": (HEAD.replace("code: corn", "code: 玉米生物") + ONE, 5, "玉米生物 is no industry"),
    "a chain of another industry": (HEAD.replace("code: corn", "code: energy") + ONE, 5, "does not lie in corn"),
    "a position nobody knows": (HEAD + ONE.replace("upstream", "sideways"), 8, "position"),
    "an id of another form": (HEAD + ONE.replace("corn.a", "淀粉"), 8, "id"),
    "a node twice": (HEAD + ONE + ONE, 9, "exists already"),
    "a neighbour nobody knows": (HEAD + ONE.replace("words", "next: [corn.z], words"), 8, "corn.z"),
    "a neighbour of itself": (HEAD + ONE.replace("words", "next: [corn.a], words"), 8, "corn.a is no other"),
    "a code nobody knows": (HEAD + ONE + TWO.replace("words", "codes: [Z99], words"), 9, "unknown code Z99"),
    "a field nobody knows": (HEAD + ONE.replace("words", "fields: ['9999'], words"), 8, "unknown code 9999"),
    "the whole chain as a code": (HEAD + ONE.replace("words", "codes: [corn], words"), 8, "the whole chain"),
    "no words": (HEAD + ONE.replace("[淀粉]", "[]"), 8, "words"),
    "a word of one letter": (HEAD + ONE.replace("[淀粉]", "[淀]"), 8, "too short"),
    "a word twice": (HEAD + ONE.replace("[淀粉]", "[淀粉, 淀粉]"), 8, "stands twice"),
    "a name in one language": (HEAD + ONE.replace(", en: a", ""), 8, "name"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_bad_file_is_refused_with_file_line_and_reason(tmp_path: Path, fault: str) -> None:
    text, line, reason = REFUSED[fault]
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PolicyError) as raised:
        load(path)

    assert f"mine.yaml 第 {line} 行" in raised.value.message.zh
    assert f"mine.yaml, line {line}" in raised.value.message.en
    assert reason in raised.value.message.en


def test_the_file_these_faults_are_made_from_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + ONE.replace("words", "next: [corn.b], words") + TWO, encoding="utf-8")

    assert [list(links(chain)) for chain in load(path).all] == [[("corn.a", "corn.b")]]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such file"):
        load(tmp_path / "none.yaml")
