"""The engine: three values, versions by day, relief, provenance; and what a rule file may not say."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.matches import Basis, Confidence, Effect, State
from matcher.domain.records import FocusType
from matcher.errors import PolicyError
from matcher.policy.criteria import Weighing, assess, combined, judge, weigh
from matcher.policy.eligibility import check, eligible
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.figures import described
from matcher.policy.loading import load_rulebook
from matcher.policy.pairs import Pair
from matcher.policy.rules import Rulebook
from matcher.policy.trees import Compare, Given, Meets, Unobtained, leaves
from matcher.policy.vocabulary import Measure
from matcher.resources import data_folder
from matcher.wording import Said
from tests.builders import achievement, fund, gazetteer, incubator, project, rulebook

PASS, FAIL, UNKNOWN = State.PASS, State.FAIL, State.UNKNOWN
HERE = Said("测试", "test")
BOOK = rulebook()


def facts(**known: float | bool | str | tuple[str, ...]) -> Facts:
    """Facts of these values; whole numbers stand for floats."""
    values = {name: value if isinstance(value, bool | str | tuple) else float(value) for name, value in known.items()}
    return Facts(BOOK.metrics, {name: Fact(value, HERE) for name, value in values.items()})


def some_value(measure: Measure) -> st.SearchStrategy[float | bool | str | tuple[str, ...] | None]:
    numbers = st.floats(0, 1e9, allow_nan=False)
    return {
        Measure.FLAG: st.booleans() | st.none(),
        Measure.TEXT: st.sampled_from(["comprehensive", "professional", "incubator", "yes", "no"]) | st.none(),
        Measure.LIST: st.lists(st.sampled_from(["研究开发", "检验检测", "小试中试"]), max_size=3).map(tuple),
        Measure.SHARE: st.floats(0, 1),
    }.get(measure, numbers)


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    names = draw(st.sets(st.sampled_from(sorted(BOOK.metrics)), max_size=25))
    known = {name: Fact(draw(some_value(BOOK.metrics[name].measure)), HERE, draw(st.booleans())) for name in names}
    return Facts(BOOK.metrics, known)


@settings(max_examples=60, deadline=None)
@given(any_facts(), st.booleans())
def test_no_verdict_is_without_clause_and_source(known: Facts, remote: bool) -> None:
    for rule in BOOK.rules.values():
        verdict = judge(BOOK, rule, known, remote=remote)
        if verdict is not None:
            basis = verdict.basis
            assert basis.clause
            assert basis.source in BOOK.sources
            assert basis.cites.zh
            assert basis.cites.en
            assert verdict.said.zh
            assert verdict.said.en


def test_a_basis_without_clause_or_source_cannot_be_made() -> None:
    name = Said("甲", "a")
    for clause, source in (("", "S"), ("一", "")):
        with pytest.raises(ValueError, match="no clause"):
            Basis("r", name, clause, source, name, Confidence.SEEN, Effect.WARN)


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.id)
def test_nothing_known_is_unknown_for_every_rule(rule: object) -> None:
    verdict = judge(BOOK, BOOK.rules[rule.id], facts())  # type: ignore[attr-defined]

    assert verdict is not None
    assert verdict.state is UNKNOWN
    text_obtained = not isinstance(BOOK.rules[verdict.rule].criterion, Unobtained)
    assert bool(verdict.missing) is text_obtained


@settings(max_examples=200, deadline=None)
@given(any_facts(), st.data())
def test_taking_a_fact_away_never_turns_an_answer_round(known: Facts, data: st.DataObject) -> None:
    """Less knowledge makes unknown or leaves the answer; it passes only where another branch decides."""
    if not known.known:
        return
    gone = data.draw(st.sampled_from(sorted(known.known)))
    fewer = Facts(known.metrics, {name: fact for name, fact in known.known.items() if name != gone})
    for rule in BOOK.rules.values():
        before = weigh(rule.criterion, Weighing(BOOK, known)).state
        after = weigh(rule.criterion, Weighing(BOOK, fewer)).state
        derived = any(
            isinstance(leaf, Compare) and leaf.metric == gone and BOOK.metrics[gone].quotient
            for leaf in leaves(rule.criterion)
        ) or any(isinstance(leaf, Meets) for leaf in leaves(rule.criterion))
        assert after in (before, UNKNOWN) or derived


@given(st.lists(st.sampled_from(list(State)), min_size=1, max_size=6), st.data())
def test_an_unknown_part_decides_nothing_that_its_answer_could_change(states: list[State], data: st.DataObject) -> None:
    needed = data.draw(st.integers(1, len(states)))
    answers = {combined([value if one is UNKNOWN else one for one in states], needed) for value in (PASS, FAIL)}
    found = combined(states, needed)

    assert found is (answers.pop() if len(answers) == 1 else UNKNOWN)


def test_what_was_not_obtained_keeps_a_ruleset_unknown_and_never_fails_it() -> None:
    known = facts(
        operator_legal_person=True,
        tenants_with_own_equity_share=1.0,
        tenants_growing_share=1.0,
        service_income_share=1.0,
    )
    found = assess(BOOK, BOOK.rulesets["MIIT-INC-2025-STANDARD"], known, day=date(2026, 1, 1))

    assert found.state is UNKNOWN
    assert {verdict.rule[-2:]: verdict.state for verdict in found.verdicts} == {
        "S0": PASS, "S1": PASS, "S2": PASS, "S3": PASS, "S9": UNKNOWN,
    }  # fmt: skip


def test_rules_from_memory_decide_nothing() -> None:
    flags = {metric: True for metric in BOOK.metrics if metric.startswith("agri_")}

    assert assess(BOOK, BOOK.rulesets["NAT-XCTD-2016"], facts(**flags), day=date(2026, 1, 1)).state is UNKNOWN


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2018, 12, 13), set()),
        (date(2018, 12, 14), {"NAT-INC-2018"}),
        (date(2025, 7, 9), {"NAT-INC-2018"}),
        (date(2025, 7, 10), {"MIIT-INC-2025-STANDARD", "MIIT-INC-2025-EXCELLENT"}),
    ],
)
def test_the_day_of_the_event_picks_the_version_of_the_incubator_measures(day: date, in_force: set[str]) -> None:
    versions = {"NAT-INC-2018", "MIIT-INC-2025-STANDARD", "MIIT-INC-2025-EXCELLENT"}

    assert {name for name in versions if BOOK.rulesets[name].in_force(day)} == in_force


@pytest.mark.parametrize(("day", "state"), [(date(2026, 1, 22), FAIL), (date(2026, 1, 23), UNKNOWN)])
def test_the_day_picks_the_version_of_contract_registration(day: date, state: State) -> None:
    versions = [BOOK.rulesets[f"CONTRACT-REGISTRATION-{year}"] for year in (2000, 2026)]
    rules = [rule for one in versions for rule in one.rules if rule.id.endswith(".days") and rule.in_force(day)]

    assert len(rules) == 1
    verdict = judge(BOOK, rules[0], facts(registration_days=31))
    assert verdict is not None
    assert verdict.state is state


def test_inner_mongolia_asks_for_seventy_per_cent_where_the_nation_asked_for_seventy_five() -> None:
    known = facts(focus_type="professional", tenants_same_field_share=0.72)
    nation, region = (judge(BOOK, BOOK.rules[name], known) for name in ("NAT-INC-2018.P1", "NM-INC-TYPE.share"))

    assert nation is not None
    assert region is not None
    assert (nation.state, region.state) == (FAIL, PASS)
    assert nation.margin == pytest.approx(-0.03)
    assert region.margin == pytest.approx(0.02)


def test_gaps_are_counted_in_things() -> None:
    carrier = incubator(
        focus_type=FocusType.PROFESSIONAL,
        metrics={"在孵企业数": 27.0, "有效知识产权企业数": 7.0, "面积": 12_000.0, "创业导师": 2.0},
    )
    known = stated(carrier, BOOK).with_({"tenants_applying_share": Fact(0.2, HERE)})
    told = {
        verdict.rule.split(".")[1]: (verdict.change.zh if verdict.change else "")
        for verdict in assess(BOOK, BOOK.rulesets["NAT-INC-2018"], known, day=date(2024, 1, 1)).verdicts
        if verdict.state is FAIL
    }

    assert told["G6"] == "还差 3 家在孵企业"
    assert "还差 2 家拥有有效知识产权的在孵企业" in told["G5"]
    assert told["G4c"] == "还差 1 名创业导师"


def test_a_type_that_nobody_told_makes_a_value_for_each_type_unknown() -> None:
    verdict = judge(BOOK, BOOK.rules["NAT-INC-2018.G6"], facts(tenants=1000))

    assert verdict is not None
    assert verdict.state is UNKNOWN
    assert [name.zh for name in verdict.missing] == ["综合或专业"]


def test_a_rule_is_silent_where_one_condition_excludes_it_whatever_else_is_unknown() -> None:
    rule = BOOK.rules["TL-GRANT.incubator-region"]
    asked = judge(BOOK, rule, facts(grant_event="recognised", grant_level="region"))

    assert judge(BOOK, rule, facts(grant_level="city")) is None
    assert asked is not None
    assert asked.state is UNKNOWN
    assert [name.zh for name in asked.missing] == ["事件所称载体类型"]


def test_a_value_that_hangs_on_another_fact_says_which() -> None:
    lacking = Fact(None, Said("地区未填", "no region"), lacks=Said("所在地区", "the region"))
    told = {"grant_event": Fact("filed", HERE), "grant_carrier_kind": Fact("makerspace", HERE)}
    known = Facts(BOOK.metrics, {**told, "grant_level": Fact("national", HERE), "grant_in_city": lacking})
    verdict = judge(BOOK, BOOK.rules["TL-GRANT.makerspace-national"], known)

    assert verdict is not None
    assert verdict.state is UNKNOWN
    assert "载体在通辽市内尚不能确定：地区未填" in verdict.said.zh
    assert "所在地区" in [name.zh for name in verdict.missing]


def test_a_count_of_records_is_a_lower_bound() -> None:
    """It proves that a minimum is reached and that a maximum is passed; everything else stays unknown."""
    minimum, maximum = BOOK.rules["NAT-INC-2018.G3c"], BOOK.rules["TECH-SME.TS2"]

    def state(rule_id: str, metric: str, value: float) -> State:
        known = Facts(BOOK.metrics, {metric: Fact(value, HERE, least=True)})
        verdict = judge(BOOK, BOOK.rules[rule_id], known)
        assert verdict is not None
        return verdict.state

    assert [state(minimum.id, "fund_use_cases", value) for value in (2.0, 3.0)] == [UNKNOWN, PASS]
    assert [state(maximum.id, "employees", value) for value in (500.0, 501.0)] == [UNKNOWN, FAIL]


@pytest.mark.parametrize("share", [75.0, -0.1, float("nan"), float("inf")])
def test_a_share_that_is_none_is_not_used(share: float) -> None:
    known = stated(incubator(metrics={"专业人员占比": share}), BOOK)
    verdict = judge(BOOK, BOOK.rules["NAT-INC-2018.G4"], known)

    assert verdict is not None
    assert verdict.state is UNKNOWN
    assert "专业人员占比" in verdict.said.zh


@pytest.mark.parametrize(
    ("text", "value"), [("1.5", 1.5), ("1.5倍", 1.5), ("１２", 12.0), ("3万", 30_000.0), ("大约3", None), ("", None)]
)
def test_figures_in_columns_of_their_own_are_read_or_not_used(text: str, value: float | None) -> None:
    fact = stated(fund(extra={"返投倍数": text}), BOOK).known["return_multiple"]

    assert fact.value == value


def test_a_figure_that_need_only_be_told_passes_whatever_it_is_and_never_fails() -> None:
    def told(known: Facts) -> tuple[State, list[str]]:
        found = weigh(Given(given="contract_kind"), Weighing(BOOK, known))
        return found.state, [one.zh for one in found.missing]

    assert told(facts(contract_kind="service")) == (PASS, [])
    assert told(facts()) == (UNKNOWN, ["技术合同类型"])
    assert told(Facts(BOOK.metrics, {"contract_kind": Fact(None, HERE)})) == (UNKNOWN, ["技术合同类型"])


def test_every_criterion_can_be_said() -> None:
    for rule in BOOK.rules.values():
        told = described(rule.criterion, BOOK)
        assert told.zh
        assert told.en


# rule files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rule files."""
    shutil.copytree(data_folder("policy"), tmp_path / "policy")
    return tmp_path / "policy"


def edit(folder: Path, name: str, old: str, new: str) -> Rulebook:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_rulebook(folder)


def test_an_effect_changed_in_the_file_changes_who_is_kept_out(folder: Path) -> None:
    pair = Pair(achievement(), incubator(capacity=5, occupied=5), (), gazetteer())
    softer = edit(
        folder, "matching.yaml", "clause: 可容纳企业数, criterion", "clause: 可容纳企业数, effect: warn, criterion"
    )

    assert not eligible(check(pair, BOOK))
    assert eligible(check(pair, softer))
    assert [one.state for one in check(pair, softer)] == [one.state for one in check(pair, BOOK)]


def test_a_threshold_changed_in_the_file_changes_the_verdict(folder: Path) -> None:
    old = judge(BOOK, BOOK.rules["NAT-INC-2018.G1b"], facts(years_operating=2))
    value = 'metric: years_operating, op: ">=", value: '
    book = edit(folder, "carriers.yaml", value + "3", value + "2")
    new = judge(book, book.rules["NAT-INC-2018.G1b"], facts(years_operating=2))

    assert old is not None
    assert new is not None
    assert (old.state, new.state) == (FAIL, PASS)
    assert book.version != BOOK.version


def test_a_rule_taken_out_of_the_file_is_silent(folder: Path) -> None:
    pair = Pair(project(region="沈阳"), fund(regions=("通辽",)), (), gazetteer())
    line = next(
        line
        for line in (folder / "matching.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
        if "{id: region," in line
    )
    book = edit(folder, "matching.yaml", line, "")

    assert not eligible(check(pair, BOOK))
    assert eligible(check(pair, book))


HEAD = """rulesets:
  - id: X
    name: {zh: 甲, en: a}
    subject: carrier
    source: M300
    clause: 一
    jurisdiction: cn
    confidence: SEEN
    effect: reject
    rules:
"""
CHAIN = HEAD.replace("    subject", "    kind: chain\n    subject")
PLACE = HEAD.replace("    subject", "    kind: place\n    subject")
RULE = "      - {id: X.1, name: {zh: 甲, en: a}, criterion: {metric: area, op: '>=', value: 1}}\n"
GRANT = HEAD.replace("    subject", "    kind: grant\n    subject")
GIVES = (
    "      - {id: X.1, name: {zh: 甲, en: a}, amount: 1, criterion: {metric: grant_in_city, op: '==', value: true}}\n"
)
REFUSED: Mapping[str, tuple[str, int, str]] = {
    "no yaml at all": ("a: [1\nb: 2\n", 2, "expected"),
    "an empty file": ("", 1, "empty"),
    "a list": ("- 1\n", 1, "mapping"),
    "an unknown part": ("# 注\nrulez: []\n", 2, "rulez"),
    "rulesets as a mapping": ("rulesets: {}\n", 1, "list"),
    "a key twice": ("sources: {}\nsources: {}\n", 2, "twice"),
    "a node that holds itself": ("rulesets: &a [*a]\n", 1, "itself"),
    "no rules": (HEAD.replace("    rules:\n", ""), 2, "list of rules"),
    "a kind nobody knows": (HEAD.replace("    subject", "    kind: wish\n    subject") + RULE, 4, "wish"),
    "a field nobody knows": (HEAD + RULE.replace("name:", "nmae: 1, name:"), 11, "nmae"),
    "a rule that is no mapping": (HEAD + "      - 7\n", 11, "mapping"),
    "no clause": (HEAD.replace("    clause: 一\n", "") + RULE, 10, "clause"),
    "no source": (HEAD.replace("    source: M300\n", "") + RULE, 10, "source"),
    "an effect in the head that is none": (HEAD.replace("effect: reject", "effect: maybe") + RULE, 9, "effect"),
    "a source nobody knows": (HEAD.replace("M300", "M301") + RULE, 11, "M301"),
    "memory that rejects": (HEAD + RULE.replace("name:", "confidence: MEMORY, name:"), 11, "never reject"),
    "memory that prefers": (
        HEAD.replace("reject", "prefer") + RULE.replace("name:", "confidence: MEMORY, name:"), 11, "never prefer",
    ),
    "a primary claim on a repost": (HEAD.replace("SEEN", "SEEN_PRIMARY") + RULE, 11, "primary source"),
    "a statement of a document": (HEAD.replace("SEEN", "STATED") + RULE, 11, "STATED"),
    "dates the wrong way round": (
        HEAD.replace("    rules:", "    effective_from: 2020-01-02\n    effective_to: 2020-01-01\n    rules:") + RULE,
        13,
        "before effective_from",
    ),
    "a day that is none": (HEAD.replace("    rules:", "    effective_from: 春天\n    rules:") + RULE, 10, "date"),
    "a metric nobody knows": (HEAD + RULE.replace("area", "aera"), 11, "aera"),
    "an operator nobody knows": (HEAD + RULE.replace(">=", "=>"), 11, "op"),
    "a number for a flag": (HEAD + RULE.replace("area", "controllable_platform").replace(">=", "=="), 11, "bool"),
    "an order on a flag": (HEAD + RULE.replace("area", "controllable_platform"), 11, "does not suit"),
    "words for a number": (HEAD + RULE.replace("value: 1", "value: many"), 11, "must be"),
    "a criterion of no form": (HEAD + RULE.replace("metric: area", "metrik: area"), 11, "criterion"),
    "a type nobody knows": (
        HEAD + RULE.replace("value: 1", "by: focus_type, value: {wide: 1}"), 11, "no text metric with all these types",
    ),
    "types without by": (HEAD + RULE.replace("value: 1", "value: {professional: 1}"), 11, "by"),
    "relief that is not granted": (HEAD + RULE.replace("value: 1", "value: 1, relief: true"), 11, "grants none"),
    "a ruleset that is not there": (
        HEAD + "      - {id: X.1, name: {zh: 甲, en: a}, criterion: {meets: NOBODY}}\n", 11, "NOBODY",
    ),
    "a ruleset that leads to itself": (
        HEAD + "      - {id: X.1, name: {zh: 甲, en: a}, criterion: {meets: X}}\n", 11, "leads back",
    ),
    "a rule twice": (HEAD + RULE + RULE, 12, "exists already"),
    "a rule of another file": (HEAD + RULE.replace("X.1", "TECH-SME.TS1"), 11, "exists already"),
    "a condition nobody knows": (HEAD + RULE.replace("name:", "when: {colour: [red]}, name:"), 11, "colour"),
    "a pair rule without a check": (
        HEAD.replace("    subject", "    kind: pair\n    subject") + RULE, 12, "no check computes",
    ),
    "a figure to be told that nobody knows": (
        HEAD + "      - {id: X.1, name: {zh: 甲, en: a}, criterion: {given: nobody}}\n", 11, "unknown metric nobody",
    ),
    "a column that compares": (HEAD.replace("    subject", "    kind: form\n    subject") + RULE, 12, "given"),
    "a consequence that is none": (HEAD.replace("    subject", "    kind: fee\n    subject") + RULE, 12, "then"),
    "an exit of no stage": (HEAD.replace("    subject", "    kind: exit\n    subject") + RULE, 12, "no stage"),
    "a chain rule without a state": (CHAIN + RULE.replace("name:", "about: node, name:"), 12, "state"),
    "a chain rule with a state nobody knows": (
        CHAIN + RULE.replace("name:", "about: node, state: fine, name:"), 12, "state",
    ),
    "a chain rule about nothing": (CHAIN + RULE.replace("name:", "about: city, state: weak, name:"), 12, "about"),
    "a chain rule on what is not counted for a node": (
        CHAIN + RULE.replace("name:", "about: node, state: weak, name:"), 12, "knows only",
    ),
    "a rule on places that asks another ruleset": (
        PLACE + "      - {id: X.1, name: {zh: 甲, en: a}, criterion: {meets: TECH-SME}}\n", 12, "knows only",
    ),
    "a grant without an amount": (GRANT + GIVES.replace("amount: 1, ", ""), 12, "amount"),
    "a grant of nothing": (GRANT + GIVES.replace("amount: 1", "amount: 0"), 12, "amount"),
    "a grant by what nobody works out": (
        GRANT + GIVES.replace("grant_in_city", "controllable_platform"), 12, "knows only",
    ),
    "a grant to whom nobody knows": (
        GRANT + GIVES.replace("amount: 1", "amount: 1, when: {focus_type: [professional]}"), 12, "knows only",
    ),
    "a grant that asks another ruleset": (
        GRANT + "      - {id: X.1, name: {zh: 甲, en: a}, amount: 1, criterion: {meets: TECH-SME}}\n", 12, "knows only",
    ),
    "a filing rule that is neither half": (
        HEAD.replace("    subject", "    kind: filing\n    subject") + RULE.replace("name:", "part: other, name:"), 12,
        "part",
    ),
    "an alias of two metrics": (
        "metrics:\n  other: {name: {zh: 乙, en: other}, aliases: [面积]}\n", 2, "面积",
    ),
    "a ratio of nobody": (
        "metrics:\n  other: {name: {zh: 乙, en: other}, quotient: {of: area, by: nobody}}\n", 2, "nobody",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_a_bad_rule_file_is_refused_with_file_line_and_reason(folder: Path, fault: str) -> None:
    text, line, reason = REFUSED[fault]
    (folder / "zz.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(PolicyError) as raised:
        load_rulebook(folder)

    assert f"zz.yaml 第 {line} 行" in raised.value.message.zh
    assert f"zz.yaml, line {line}" in raised.value.message.en
    assert reason in raised.value.message.en


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "zz.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PolicyError, match=r"zz\.yaml, line 1"):
        load_rulebook(folder)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as refused:
        load_rulebook(tmp_path)
    assert str(tmp_path) in refused.value.message.zh
    assert "第 1 行" not in refused.value.message.zh, "there is no line to correct"


def test_the_version_changes_with_every_byte_and_with_nothing_else(folder: Path) -> None:
    assert load_rulebook(folder).version == BOOK.version
    (folder / "tenants.yaml").write_text((folder / "tenants.yaml").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_rulebook(folder).version != BOOK.version
