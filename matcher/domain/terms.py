"""The closed vocabularies of the records, with what people write for each word."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A table of the interchange folder; the file's stem or the sheet's name is this value."""

    ACHIEVEMENTS = "achievements"
    INCUBATORS = "incubators"
    PROJECTS = "projects"
    FUNDS = "funds"
    OUTCOMES = "outcomes"
    EVENTS = "events"
    PERIODS = "periods"
    FILINGS = "filings"
    RESOURCES = "resources"
    ARRANGEMENTS = "arrangements"
    CONTRACTS = "contracts"
    GRANTS = "grants"


RECORD_KINDS = (Kind.ACHIEVEMENTS, Kind.INCUBATORS, Kind.PROJECTS, Kind.FUNDS)
"""What is matched, has vectors and is known by an id of its own."""
FACT_KINDS = tuple(kind for kind in Kind if kind not in RECORD_KINDS)
"""What is told about records; corrections of it are kept."""
REGISTER_KINDS = tuple(kind for kind in FACT_KINDS if kind is not Kind.OUTCOMES)
"""The facts that matching neither learns from nor looks at."""


class Term(StrEnum):
    """A closed vocabulary. Members are declared as `NAME = value, zh label, other spellings…`."""

    label: str
    spellings: tuple[str, ...]

    def __new__(cls, value: str, label: str = "", *spellings: str) -> Term:
        """Make a member of its value, its Chinese label and whatever else people write for it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.spellings = spellings
        return member


class Visibility(Term):
    """Who may see a record: anybody, signed-in brokers, or only those named by its owner."""

    PUBLIC = "public", "公开", "全部可见", "对外公开"
    BROKERS = "brokers", "经纪人可见", "内部", "经纪人", "仅经纪人", "半公开"
    RESTRICTED = "restricted", "保密", "限制", "不公开", "涉密", "受限"


class CarrierKind(Term):
    """What sort of carrier (孵化载体) an organisation is."""

    INCUBATOR = "incubator", "科技企业孵化器", "孵化器", "创业园", "创业中心"
    MAKERSPACE = "makerspace", "众创空间", "创客空间"
    AGRI_MAKERSPACE = "agri_makerspace", "星创天地"
    ACCELERATOR = "accelerator", "加速器", "企业加速器"
    PARK = "park", "产业园区", "园区", "大学科技园", "开发区", "产业园"
    PLATFORM = "platform", "平台", "转化平台", "服务平台"


class FocusType(Term):
    """Comprehensive or professional, as the evaluation of incubators tells them apart."""

    COMPREHENSIVE = "comprehensive", "综合型", "综合"
    PROFESSIONAL = "professional", "专业型", "专业"


class OperatorType(Term):
    """Who runs the carrier, as the evaluation of makerspaces tells them apart."""

    SOCIAL = "social", "社会建设", "社会力量", "社会", "民营"
    UNIVERSITY = "university", "高校建设", "高校", "大学"
    ENTERPRISE = "enterprise", "企业建设", "龙头企业", "企业"


class Level(Term):
    """Recognition level of a carrier."""

    NATIONAL = "national", "国家级", "国家"
    REGION = "region", "自治区级", "自治区", "省级"
    CITY = "city", "市级", "盟市级"
    OTHER = "other", "其他", "校级", "县级", "未认定"


class Stage(Term):
    """Financing stage of a project."""

    SEED = "seed", "种子轮", "种子", "种子期", "pre-seed", "preseed", "pre_seed"
    ANGEL = "angel", "天使轮", "天使", "天使期", "天使+轮", "angel round"
    PRE_A = "pre_a", "Pre-A轮", "Pre-A", "PreA", "Pre-A+轮", "pre-series a", "series pre-a"
    A = "a", "A轮", "Series A", "A+轮", "Series A+"
    LATER = (
        "later",
        "B轮及以后",
        "B轮",
        "B+轮",
        "C轮",
        "C+轮",
        "D轮",
        "D+轮",
        "E轮",
        "F轮",
        "G轮",
        "Pre-B轮",
        "Pre-C轮",
        "Series B",
        "Series C",
        "Series D",
        "Series E",
        "Series F",
        "Pre-IPO",
        "上市前",
        "IPO上市",
        "已上市",
        "新三板",
    )

    @property
    def step(self) -> int:
        """Position in the order of stages, 0 for seed."""
        return list(type(self)).index(self)


class FundKind(Term):
    """What sort of financial institution a fund is."""

    SEED = "seed", "种子基金", "种子"
    ANGEL = "angel", "天使基金", "天使投资基金", "天使"
    VENTURE = "venture", "创业投资基金", "创投", "风险投资", "VC"
    GUARANTEE = "guarantee", "担保机构", "担保公司", "担保"
    BANK = "bank", "银行"


class TransferMode(Term):
    """How a result may change hands (促进科技成果转化法, art. 16)."""

    TRANSFER = "transfer", "转让", "权利转让", "技术转让"
    LICENCE = "licence", "许可", "使用许可", "技术许可", "license"
    EQUITY = "equity", "作价入股", "作价投资", "入股"
    COOPERATION = "cooperation", "合作", "合作转化", "合作开发", "合作实施"
    SELF = "self", "自行实施", "自行投资", "自主实施"


class Result(Term):
    """How a pair's talks ended, or that they go on."""

    ACCEPTED = "accepted", "已对接", "成功", "签约", "接受", "落地", "投资", "已投资"
    REJECTED = "rejected", "未成", "拒绝", "婉拒", "失败"
    IN_TALKS = "in_talks", "洽谈中", "在谈", "对接中", "尽调中"


class Refusal(Term):
    """Why something was refused, as the words of a reason tell; each class speaks of one dimension of the pair."""

    TOPIC = "topic", "方向不符", "领域不符", "行业不符", "产业不符", "不在投资方向", "off topic", "out of scope"
    TOO_EARLY = (
        "too_early",
        "过早期",
        "阶段过早",
        "太早期",
        "成熟度不足",
        "不够成熟",
        "尚不成熟",
        "too early",
        "immature",
    )
    PRICE = "price", "价格不合", "价格过高", "估值过高", "金额过大", "价格分歧", "too expensive", "valuation"
    INCOMPLETE = "incomplete", "资料不全", "材料不全", "材料不足", "信息不足", "描述不清", "description unclear"
    PROSPECTS = "prospects", "商业前景不清", "市场不明", "商业模式不清", "优势不明", "route to market unclear"
    CAPACITY = "capacity", "容量不足", "名额已满", "场地不足", "额度已满", "no capacity"

    @classmethod
    def of(cls, reason: str) -> Refusal | None:
        """The class whose words stand first in a reason; None where it names none."""
        text = reason.casefold()
        places = [
            (text.find(word), -len(word), one)
            for one in cls
            for word in (one.label, *one.spellings, one.value)
            if word in text
        ]
        return min(places)[2] if places else None


class PairKind(Term):
    """The two pairings that are matched."""

    ACHIEVEMENT_INCUBATOR = "achievement_incubator", "成果—载体", "成果对接", "成果孵化", "成果-载体"
    PROJECT_FUND = "project_fund", "项目—基金", "项目投资", "项目融资", "项目-基金"

    @property
    def left(self) -> Kind:
        """Table of the records that are recommended."""
        return Kind.ACHIEVEMENTS if self is PairKind.ACHIEVEMENT_INCUBATOR else Kind.PROJECTS

    @property
    def right(self) -> Kind:
        """Table of the records that take them."""
        return Kind.INCUBATORS if self is PairKind.ACHIEVEMENT_INCUBATOR else Kind.FUNDS

    def other(self, kind: Kind) -> Kind:
        """The table on the other side of one of its two."""
        return self.right if kind is self.left else self.left

    @classmethod
    def of(cls, kind: Kind) -> PairKind:
        """The pairing a table takes part in."""
        return next(pair for pair in cls if kind in (pair.left, pair.right))


class IdentityKind(Term):
    """What two spellings are decided to be: one institution by its name, or one record of a table."""

    INSTITUTION = "institution", "单位", "机构", "完成单位", "institutions", "organisation"
    INCUBATOR = "incubator", "载体", "孵化载体", "孵化器", "众创空间", "incubators"
    FUND = "fund", "基金", "金融机构", "funds"
    ACHIEVEMENT = "achievement", "成果", "科研成果", "achievements"
    PROJECT = "project", "项目", "企业", "projects"

    @property
    def table(self) -> Kind | None:
        """The table of the records, none for institutions, which are only names in records."""
        return None if self is IdentityKind.INSTITUTION else Kind(f"{self.value}s")

    @classmethod
    def of(cls, table: Kind) -> IdentityKind:
        """The kind of a table's records."""
        return next(kind for kind in cls if kind.table is table)
