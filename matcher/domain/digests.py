"""The weekly digest: what one person is told of one week, and how they want to be told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from matcher.domain.columns import label
from matcher.domain.records import TYPES, Kind, PairKind
from matcher.domain.weeks import Week
from matcher.wording import Language, Said, Word, listed

MOST_NAMED = 4
"""People, and changed fields, that an item names."""


class Topic(Word):
    """What a part of a digest is about. People may leave topics out."""

    PROJECTS = "projects", "值得先看的项目", "projects to look at first"
    RESULTS = "results", "可承接的成果", "results to take up"
    CARRIERS = "carriers", "可能承接的载体", "carriers that may take them up"
    FUNDS = "funds", "可能投资的基金", "funds that may invest"
    TASKS = "tasks", "待办与到期", "tasks and deadlines"
    CASES = "cases", "对接进展", "what became of it"
    CAPACITY = "capacity", "场地与条件", "places and criteria"
    FIGURES = "figures", "本周数据", "the week in figures"
    GAPS = "gaps", "产业链缺口", "gaps in the chains"


class News(Word):
    """Why an item is told now."""

    NEW = "new", "新", "new"
    CHANGED = "changed", "有更新", "changed"
    REASON = "reason", "有新的理由", "a new reason"
    UNSEEN = "unseen", "尚未推送过", "not told yet"
    AGAIN = "again", "很久以前推送过", "told long ago"


class Silence(Word):
    """Why somebody gets no mail of a week."""

    NOTHING = "nothing", "本周没有足够的新内容", "not enough that is new"
    FREQUENCY = "frequency", "按设定的频率，本周不发", "not this week, by their own setting"
    QUIET = "quiet", "设为静默周", "a quiet week of theirs"
    NEVER = "never", "已退订", "unsubscribed"
    INACTIVE = "inactive", "账户已停用", "the account is not active"
    SUPPRESSED = "suppressed", "地址已停发", "the address takes no mail"


class Frequency(Word):
    """How often somebody wants a digest."""

    WEEKLY = "weekly", "每周", "every week"
    FORTNIGHTLY = "fortnightly", "每两周", "every two weeks"
    MONTHLY = "monthly", "每四周", "every four weeks"
    NEVER = "never", "不接收", "never"

    @property
    def weeks(self) -> int:
        """Weeks from one to the next; 0 for never."""
        return {"weekly": 1, "fortnightly": 2, "monthly": 4, "never": 0}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """How one account wants its digests."""

    account_id: str
    frequency: Frequency = Frequency.WEEKLY
    size: int = 8
    """Most items, 1 to 20."""
    left_out: frozenset[Topic] = frozenset()
    quiet_until: date | None = None
    """No digest of a week that begins on or before this day."""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One recommended pair of a digest: a record, for one of the recipient's own."""

    id: str
    """Derived from recipient, week and pair: it names the item in feedback links."""
    topic: Topic
    kind: PairKind
    left_id: str
    right_id: str
    about: Kind
    """The table of the record that is recommended; the other one is the recipient's."""
    name: str
    """Of the recommended record."""
    for_name: str
    """Of the recipient's own."""
    probability: float
    tier: int
    reason: Said
    """One line, from the evidence of the pair."""
    clause: Said | None = None
    """Of the rule that gives the tier."""
    news: News
    ranker: str
    """The ranker that chose it; several are compared inside a digest."""
    propensity: float = 1.0
    """The chance with which it was chosen, where chance had a part."""
    exploration: bool = False
    """Whether it stands here to be tried out; it is labelled so."""
    record: str = ""
    """Hash of the recommended record's content when it was composed: another one is a change."""
    grounds: str = ""
    """What the reason stands on: others are a new reason."""
    changed: tuple[str, ...] = ()
    """The fields of the recommended record that changed, where it is told for that."""
    institution: str = ""
    """Whose the recommended result is, and who made it: read from the record whenever the item is shown, and never
    kept, so that people's names go with their record."""
    inventors: tuple[str, ...] = ()

    @property
    def why_now(self) -> Said:
        """Why it is told now, with what changed."""
        if self.news is not News.CHANGED or not self.changed:
            return self.news.said
        named = [label(TYPES[self.about], name) for name in self.changed[:MOST_NAMED]]
        zh, en = "、".join(one.zh for one in named), ", ".join(one.en for one in named)
        more = len(self.changed) > MOST_NAMED
        return Said(f"{zh}{'等' if more else ''}有更新", f"changed: {en}{' …' if more else ''}")

    @property
    def makers(self) -> Said:
        """Whose the recommended result is, and who made it; empty where that is not known."""
        people, more = listed(self.inventors[:MOST_NAMED]), len(self.inventors) > MOST_NAMED
        zh = filter(None, (self.institution, people.zh + "等" * more))
        en = filter(None, (self.institution, people.en + " et al." * more))
        return Said(" · ".join(zh), " · ".join(en))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact of a digest that is no recommendation: a task, a figure, a gap."""

    topic: Topic
    said: Said
    path: str = ""
    """The page that tells more, without the host."""
    about: tuple[str, ...] = ()
    """The records it names, as `kind/id`: it goes when one of them is withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one person is told of one week; or, with `silence`, why they are told nothing."""

    id: str
    """Derived from recipient and week."""
    account_id: str
    week: Week
    language: Language
    items: tuple[Item, ...] = ()
    lines: tuple[Line, ...] = ()
    silence: Silence | None = None
    receipt_id: str = ""
    """The receipt of the week it was composed in, from which it can be made again."""
    composed_at: datetime
