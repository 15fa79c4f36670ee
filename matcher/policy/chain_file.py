"""The file of chain nodes → chains. A file with an error is refused with its name, the line and the reason."""

from __future__ import annotations

from pathlib import Path

from matcher.domain.taxonomy import Taxonomy
from matcher.policy.chain_nodes import Chain, ChainFile, ChainNode, Chains
from matcher.policy.loading import Document, read_document, refusal, validated, version_of
from matcher.text.words import fold


def load_chains(path: Path, industries: Taxonomy, fields: Taxonomy) -> Chains:
    """The chains of a file, every code in it known to the trees and every neighbour a node of the same chain.

    Raises:
        PolicyError: the file is missing or cannot be used; it names file, line and reason.
    """
    if not path.is_file():
        raise refusal(str(path), 1, "there is no such file")
    content = path.read_bytes()
    document = read_document(path.name, content)
    told: ChainFile = validated(document, ChainFile, document.data, ())
    seen: set[str] = set()
    for number, chain in enumerate(told.chains):
        _check_chain(document, number, chain, industries)
        for row, node in enumerate(chain.nodes):
            _check_node(document, (number, row), node, chain, industries, fields)
            if node.id in seen:
                document.refuse(f"the node {node.id} exists already", "chains", number, "nodes", row, "id")
            seen.add(node.id)
    codes = {code for chain in told.chains for code in (chain.industry, chain.code)}
    names = {code: industries.name(code) for code in sorted(codes)}
    return Chains(version_of({path.name: content}), told.lead, tuple(told.refusals), told.chains, names)


def _check_chain(document: Document, number: int, chain: Chain, industries: Taxonomy) -> None:
    for key, code in (("industry", chain.industry), ("code", chain.code)):
        if code not in industries.nodes([code]) or not industries.knows(code):
            document.refuse(f"{code} is no industry", "chains", number, key)
    if chain.industry not in industries.codes([chain.code]):
        document.refuse(f"{chain.code} does not lie in {chain.industry}", "chains", number, "code")


def _check_node(
    document: Document, at: tuple[int, int], node: ChainNode, chain: Chain, industries: Taxonomy, fields: Taxonomy
) -> None:
    place = ("chains", at[0], "nodes", at[1])
    names = [each.id for each in chain.nodes]
    for row, follower in enumerate(node.next):
        if follower not in names or follower == node.id:
            document.refuse(f"{node.id}: {follower} is no other node of this chain", *place, "next", row)
    for key, codes, tree in (("codes", node.codes, industries), ("fields", node.fields, fields)):
        for row, code in enumerate(codes):
            if not all(map(tree.knows, tree.nodes([code]))):
                document.refuse(f"{node.id}: unknown code {code}", *place, key, row)
            if chain.code in tree.nodes([code]):
                document.refuse(f"{node.id}: {code} is the whole chain", *place, key, row)
    folded = [fold(word) for word in node.words]
    for row, word in enumerate(folded):
        if len(word.strip()) < 2 or word in folded[:row]:
            document.refuse(f"{node.id}: the word {word!r} is too short or stands twice", *place, "words", row)
