"""Rule files → rulebook. A file with an error is refused with its name, the line and the reason; nothing is guessed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from matcher.errors import PolicyError
from matcher.policy.arrangements import EncouragementRule, ResidenceRule
from matcher.policy.chain_places import PlaceRule
from matcher.policy.chain_states import ChainRule
from matcher.policy.duties import Duty, Owed
from matcher.policy.faults import faults
from matcher.policy.fees import FeeRule
from matcher.policy.filings import FilingRule
from matcher.policy.grants import GrantRule
from matcher.policy.management import ManagementRule
from matcher.policy.openness import OpenRule, StepRule
from matcher.policy.pairs import PairRule
from matcher.policy.plausibility import Check
from matcher.policy.priority import TierRule
from matcher.policy.registration_form import FormRule
from matcher.policy.rules import Rule, Rulebook, Ruleset
from matcher.policy.scorecards import ClassRule, GradeRule, Indicator, Scorecard
from matcher.policy.stages import ExitRule
from matcher.policy.vocabulary import Metric, Model, Source, folded
from matcher.wording import Said

KINDS: Mapping[str, type[Rule]] = {
    "criteria": Rule,
    "pair": PairRule,
    "tier": TierRule,
    "class": ClassRule,
    "indicator": Indicator,
    "grade": GradeRule,
    "management": ManagementRule,
    "owed": Owed,
    "plausible": Check,
    "exit": ExitRule,
    "fee": FeeRule,
    "form": FormRule,
    "encouragement": EncouragementRule,
    "residence": ResidenceRule,
    "openness": OpenRule,
    "step": StepRule,
    "place": PlaceRule,
    "chain": ChainRule,
    "grant": GrantRule,
    "filing": FilingRule,
}
"""What `kind` of a ruleset may be, and the type of its rules."""

RULESETS: Mapping[str, type[Ruleset]] = {"indicator": Scorecard, "owed": Duty}
"""The kinds whose head says more than that of others."""

HEAD = ("clause", "source", "jurisdiction", "subject", "confidence", "effect", "effective_from", "effective_to")
"""What a ruleset may say once for all its rules."""

Path_ = Sequence[str | int]


@dataclass(frozen=True)
class Document:
    """One file, as values and as nodes that know their lines."""

    name: str
    data: Mapping[str, Any]
    node: Any

    def line(self, *path: str | int) -> int:
        """The line of the deepest node on the path; parts of it that are no keys are passed over."""
        node = self.node
        for part in path:
            node = _child(node, part) or node
        return int(node.start_mark.line) + 1

    def refuse(self, reason: str, *path: str | int) -> NoReturn:
        """Raise the error that names file, line and reason."""
        raise refusal(self.name, self.line(*path), reason)


def refusal(name: str, line: int, reason: str) -> PolicyError:
    """The one error of this module."""
    return PolicyError(
        Said(f"规则文件 {name} 第 {line} 行有误：{reason}", f"Rule file {name}, line {line}: {reason}"),
        Said(
            "请改正该行；写法见 data/policy/README.md。",
            "Correct that line; data/policy/README.md says how to write it.",
        ),
    )


def load_rulebook(folder: Path) -> Rulebook:
    """Every `*.yaml` of the folder as one rulebook.

    Raises:
        PolicyError: there is no rule file, or one cannot be used; it names file, line and reason.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise PolicyError(
            Said(f"文件夹 {folder} 中没有规则文件（*.yaml）。", f"There is no rule file (*.yaml) in {folder}."),
            Said("请核对 MATCHER_POLICY，或取消设置以使用自带的规则。", "Check MATCHER_POLICY, or unset it."),
        )
    return _rulebook(tuple((path.name, path.read_bytes()) for path in paths))


@lru_cache(4)
def _rulebook(raw: tuple[tuple[str, bytes], ...]) -> Rulebook:
    """The rulebook of files by name; the same ones are read once a process."""
    documents = [_read(name, content) for name, content in raw]
    sources = _entries(documents, "sources", Source)
    metrics = _entries(documents, "metrics", Metric)
    rulesets: dict[str, Ruleset] = {}
    places: dict[str, tuple[Document, int, int]] = {}
    for document in documents:
        for number in range(len(document.data.get("rulesets", ()))):
            ruleset = _ruleset(document, number)
            if ruleset.id in rulesets:
                document.refuse(f"the ruleset {ruleset.id} exists already", "rulesets", number, "id")
            rulesets[ruleset.id] = ruleset
            for row, rule in enumerate(ruleset.rules):
                if rule.id in places:
                    document.refuse(f"the rule {rule.id} exists already", "rulesets", number, "rules", row, "id")
                places[rule.id] = (document, number, row)
    book = Rulebook(version_of(dict(raw)), *_checked(sources, metrics, rulesets, places))
    _check_references(book, places)
    return book


def version_of(raw: Mapping[str, bytes]) -> str:
    """A hash of files by name, short enough to be read aloud."""
    digest = hashlib.sha256()
    for name, content in raw.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def read_document(name: str, content: bytes) -> Document:
    """A YAML file that is a mapping. Raises PolicyError where it is none, or says one thing twice."""
    try:
        text = content.decode("utf-8")
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if node is None:
            raise refusal(name, 1, "the file is empty")
        _check_keys(name, node, set())
        data = yaml.constructor.SafeConstructor().construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise refusal(name, mark.line + 1 if mark else 1, str(error.problem or error.context)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise refusal(name, 1, str(error).splitlines()[0]) from error
    document = Document(name, data if isinstance(data, dict) else {}, node)
    if not isinstance(data, dict):
        document.refuse("the file must be a mapping")
    return document


def _read(name: str, content: bytes) -> Document:
    """A rule file."""
    document = read_document(name, content)
    data = document.data
    for key in data:
        if key not in ("sources", "metrics", "rulesets"):
            document.refuse(f"unknown part {key!r}; known are sources, metrics, rulesets", key)
    for key, shape in (("sources", dict), ("metrics", dict), ("rulesets", list)):
        if not isinstance(data.get(key, shape()), shape):
            document.refuse(f"{key} must be a {'list' if shape is list else 'mapping'}", key)
    return document


def _check_keys(name: str, node: Any, above: set[int]) -> None:
    """Refuse keys that stand twice, of which a reader would silently lose one, and nodes that hold themselves."""
    if id(node) in above:
        raise refusal(name, node.start_mark.line + 1, "the node holds itself")
    seen = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value in seen:
            raise refusal(name, key.start_mark.line + 1, f"the key {key.value!r} stands twice")
        seen.add(str(key.value))
        _check_keys(name, value, above | {id(node)})
    for value in node.value if isinstance(node, yaml.SequenceNode) else ():
        _check_keys(name, value, above | {id(node)})


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def _entries(documents: Sequence[Document], part: str, model: type[Any]) -> dict[str, tuple[Any, Document]]:
    found: dict[str, tuple[Any, Document]] = {}
    for document in documents:
        for name, raw in document.data.get(part, {}).items():
            if name in found:
                document.refuse(f"{name} exists already in {found[name][1].name}", part, name)
            found[str(name)] = (validated(document, model, raw, (part, name)), document)
    return found


def validated(document: Document, model: type[Model], raw: object, *places: Path_) -> Any:
    """The model, or a refusal at the line of the first fault, looked for in each place in turn."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        fault = error.errors()[0]
        told = ".".join(str(part) for part in fault["loc"])
        lines = [document.line(*place, *fault["loc"]) for place in places]
        bare = [document.line(*place) for place in places]
        line = next((line for line, start in zip(lines, bare, strict=True) if line != start), lines[0])
        raise refusal(document.name, line, f"{told}: {fault['msg']}" if told else fault["msg"]) from error


def _ruleset(document: Document, number: int) -> Ruleset:
    at: Path_ = ("rulesets", number)
    raw = document.data["rulesets"][number]
    if not isinstance(raw, dict) or not isinstance(raw.get("rules"), list):
        document.refuse("a ruleset is a mapping with a list of rules", *at)
    kind = KINDS.get(str(raw.get("kind", "criteria")))
    if kind is None:
        document.refuse(f"unknown kind {raw['kind']!r}; known are {', '.join(KINDS)}", *at, "kind")
    head = {key: raw[key] for key in HEAD if key in raw} | {"ruleset": raw.get("id", "")}
    rules = []
    for row, one in enumerate(raw["rules"]):
        place = (*at, "rules", row)
        if not isinstance(one, dict):
            document.refuse("a rule is a mapping", *place)
        rules.append(validated(document, kind, head | one, place, at))
    shape = RULESETS.get(str(raw.get("kind")), Ruleset)
    own = {key: value for key, value in raw.items() if key not in HEAD or key in Ruleset.model_fields}
    found: Ruleset = validated(document, shape, {"kind": "criteria", "clause": ""} | own | {"rules": rules}, at)
    return found


Places = Mapping[str, tuple[Document, int, int]]


def _checked(
    sources: Mapping[str, tuple[Source, Document]],
    metrics: Mapping[str, tuple[Metric, Document]],
    rulesets: Mapping[str, Ruleset],
    places: Places,
) -> tuple[dict[str, Source], dict[str, Metric], Mapping[str, Ruleset]]:
    """What the rulebook is made of, once every name in it is known to exist."""
    aliases: dict[str, str] = {}
    for name, (metric, document) in metrics.items():
        quotient = metric.quotient
        for part in (quotient.of, quotient.by) if quotient else ():
            if part and part not in metrics:
                document.refuse(f"unknown metric {part}", "metrics", name, "quotient")
        for alias in metric.written(name):
            if aliases.setdefault(folded(alias), name) != name:
                document.refuse(f"{alias} is also a name of {aliases[folded(alias)]}", "metrics", name, "aliases")
    for rule in (rule for ruleset in rulesets.values() for rule in ruleset.rules):
        document, number, row = places[rule.id]
        if rule.source not in sources:
            document.refuse(f"unknown source {rule.source}", "rulesets", number, "rules", row, "source")
    return (
        {name: source for name, (source, _) in sources.items()},
        {name: metric for name, (metric, _) in metrics.items()},
        rulesets,
    )


def _check_references(book: Rulebook, places: Places) -> None:
    for rule in book.rules.values():
        document, number, row = places[rule.id]
        for key, reason in faults(book, rule):
            document.refuse(f"{rule.id}: {reason}", "rulesets", number, "rules", row, key)
    for ruleset in book.rulesets.values():
        document, number, _ = places[ruleset.rules[0].id]
        for key, reason in ruleset.faults(book):
            document.refuse(f"{ruleset.id}: {reason}", "rulesets", number, key)
