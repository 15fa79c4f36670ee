"""The registers: what the notice asks to keep about carriers beside the records that are matched.

Each is a table of facts like the outcomes. A row without its needed fields is nothing; any other may be unknown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from matcher.domain.columns import Source, column
from matcher.domain.periods import Period
from matcher.domain.terms import CarrierKind, Kind, Level, Term, TransferMode, Visibility


class EventKind(Term):
    """What was decided about a carrier."""

    RECOGNISED = "recognised", "认定", "新认定", "获认定", "获批", "recognized"
    FILED = "filed", "备案", "新备案", "获备案"
    EVALUATED = "evaluated", "绩效评价", "评价", "考核", "绩效考核"
    REVOKED = "revoked", "撤销", "撤销认定", "取消认定", "撤销备案", "取消备案", "取消资格", "撤销资格"


class Grade(Term):
    """The grade of an evaluation."""

    EXCELLENT = "excellent", "优秀", "A", "优", "A级", "A类"
    GOOD = "good", "良好", "B", "良", "B级", "B类"
    QUALIFIED = "qualified", "合格", "C", "C级", "C类"
    UNQUALIFIED = "unqualified", "不合格", "D", "D级", "D类", "未通过"


class ServiceKind(Term):
    """What a carrier does for another organisation (通创办发〔2023〕2号 三(二))."""

    BRAND_OUTPUT = "brand_output", "品牌输出"
    MANAGED_SERVICE = "managed_service", "管理服务", "托管服务", "托管", "代管", "代运营"


class ResourceKind(Term):
    """What is opened to carriers."""

    INSTRUMENT = "instrument", "仪器设备", "仪器", "设备", "科研仪器", "大型仪器"
    LABORATORY = "laboratory", "实验室", "研发平台", "lab"
    PILOT_LINE = "pilot_line", "中试线", "中试基地", "中试平台", "中试"
    TRAINING = "training", "培训", "创业培训", "课程"


class OwnerKind(Term):
    """Who opens it."""

    UNIVERSITY = "university", "高校", "大学", "院校", "高等院校"
    ENTERPRISE = "enterprise", "企业", "龙头企业", "公司"
    INSTITUTE = "institute", "科研院所", "研究所", "研究院", "院所"
    CARRIER = "carrier", "孵化载体", "载体"
    OTHER = "other", "其他", "其它"


class ArrangementKind(Term):
    """How a carrier is run (二(一), (五)), or that an institution resides in it (三(三))."""

    OWN = "own", "自营", "自主运营", "自行运营"
    COMMISSIONED = "commissioned", "委托专业团队", "委托运营", "聘请运营团队", "聘请专业机构"
    BUILT = "built", "承建"
    CO_INVESTED = "co_invested", "合作投资", "共同投资", "合资共建"
    OUTSOURCED = "outsourced", "服务外包", "外包"
    BRANCH = "branch", "分支机构", "设立分支机构"
    RESIDENT = "resident", "入驻机构", "入驻", "机构入驻"


class ContractKind(Term):
    """The types of technology contracts (民法典 843–887), with agency and training."""

    DEVELOPMENT = "development", "技术开发", "开发", "委托开发", "合作开发"
    TRANSFER = "transfer", "技术转让", "转让"
    LICENCE = "licence", "技术许可", "许可", "license"
    CONSULTING = "consulting", "技术咨询", "咨询"
    SERVICE = "service", "技术服务", "服务"
    INTERMEDIARY = "intermediary", "技术中介", "中介"
    TRAINING = "training", "技术培训", "培训"


class Pricing(Term):
    """How the price was found (促进科技成果转化法, art. 18)."""

    AGREED = "agreed", "协议定价", "协议", "协商定价"
    LISTED = "listed", "挂牌交易", "挂牌"
    AUCTION = "auction", "拍卖"


class GrantState(Term):
    """How far the payment of a grant is; what is due is computed from events and rules, not kept."""

    APPLIED = "applied", "已申请", "申请中", "已申报"
    PAID = "paid", "已拨付", "已兑现", "已支付", "已到账"
    WITHDRAWN = "withdrawn", "已撤回", "撤回申请", "申请已撤回"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A carrier was recognised, filed, evaluated or lost its standing (载体事件)."""

    table: ClassVar[Kind] = Kind.EVENTS
    identity: ClassVar[tuple[str, ...]] = ("carrier_id", "event", "carrier_kind", "level", "year", "decided_on")
    id: str = column("编号", "事件编号", "ID")
    carrier_id: str = column("载体编号", "孵化载体编号", "孵化器编号", "载体", needed=True, refers=Kind.INCUBATORS)
    event: EventKind = column("事件", "事件类型", "类型", needed=True)
    carrier_kind: CarrierKind | None = column("载体类型", "载体类别", "类别", default=None)
    level: Level | None = column("级别", "认定级别", "评价级别", default=None)
    year: int | None = column("评价年度", "年度", "年份", default=None)
    grade: Grade | None = column("评价等级", "等级", "评价结果", "绩效等级", default=None)
    decided_on: date | None = column("日期", "认定日期", "决定日期", "发文日期", "公布日期", default=None)
    document: str = column("文号", "文件号", "文件")
    note: str = column("备注", "说明")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The figures a carrier submits for a period (填报数据)."""

    table: ClassVar[Kind] = Kind.PERIODS
    identity: ClassVar[tuple[str, ...]] = ("carrier_id", "period")
    carrier_id: str = column("载体编号", "孵化载体编号", "孵化器编号", "载体", needed=True, refers=Kind.INCUBATORS)
    period: Period = column("填报期", "报告期", "统计期", "期间", "季度", "年度", needed=True)
    metrics: Mapping[str, float] = column("指标", "填报指标", "考核指标", default=dict)
    submitted_on: date | None = column("填报日期", "提交日期", "报送日期", "日期", default=None)
    submitted_by: str = column("填报人", "报送人", "联系人")
    note: str = column("备注", "说明")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A service to another organisation that must be filed with the bureau first (服务备案)."""

    table: ClassVar[Kind] = Kind.FILINGS
    identity: ClassVar[tuple[str, ...]] = ("carrier_id", "receiver_id", "receiver", "kind", "started_on")
    id: str = column("编号", "备案编号", "ID")
    carrier_id: str = column("服务方编号", "输出方编号", "提供方编号", "载体编号", needed=True, refers=Kind.INCUBATORS)
    receiver_id: str = column("接受方编号", "服务对象编号", "受托载体编号", refers=Kind.INCUBATORS)
    receiver: str = column("接受方", "服务对象", "接受单位", "被服务单位")
    kind: ServiceKind = column("备案类型", "服务类型", "类型", "类别", needed=True)
    filed_on: date | None = column("备案日期", "备案时间", default=None)
    started_on: date | None = column("开始日期", "服务开始日期", "起始日期", default=None)
    ended_on: date | None = column("结束日期", "终止日期", "服务结束日期", default=None)
    document: str = column("文号", "文件号", "文件")
    note: str = column("备注", "说明")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something a university or a firm opens to carriers (共享资源)."""

    table: ClassVar[Kind] = Kind.RESOURCES
    identity: ClassVar[tuple[str, ...]] = ("name", "owner")
    id: str = column("编号", "资源编号", "ID")
    name: str = column("资源名称", "名称", "仪器名称", "设备名称", needed=True)
    kind: ResourceKind = column("资源类型", "类型", "类别", needed=True)
    owner: str = column("所有单位", "所属单位", "管理单位", "开放单位", "单位")
    owner_kind: OwnerKind | None = column("单位类型", "单位性质", "所有单位类型", default=None)
    summary: str = column("资源简介", "简介", "功能简介", "服务内容", "description")
    keywords: tuple[str, ...] = column("关键词", "关键字", "keyword", default=())
    field: str = column("技术领域", "领域", "学科")
    industry: tuple[str, ...] = column("所属行业", "行业", "服务行业", "产业", "industries", default=())
    region: str = column("所在地区", "地区", "地域", "所在地", "location")
    terms: str = column("开放条件", "使用条件", "开放要求")
    fee: str = column("收费标准", "收费", "费用")
    open_to: tuple[str, ...] = column("开放对象", "开放载体", "开放载体编号", default=(), refers=Kind.INCUBATORS)
    available_from: date | None = column("开放起始日期", "开放开始日期", "可用起始日期", default=None)
    available_until: date | None = column("开放截止日期", "开放结束日期", "可用截止日期", default=None)
    contact: str = column("联系方式", "联系人", "联系电话")
    visibility: Visibility = column("可见范围", "可见性", "公开程度", "保密级别", "公开范围", default=Visibility.PUBLIC)
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How a carrier is run, by whom, or which institution resides in it (运营与入驻)."""

    table: ClassVar[Kind] = Kind.ARRANGEMENTS
    identity: ClassVar[tuple[str, ...]] = ("carrier_id", "kind", "party", "fund_id", "since")
    id: str = column("编号", "ID")
    carrier_id: str = column("载体编号", "孵化载体编号", "孵化器编号", "载体", needed=True, refers=Kind.INCUBATORS)
    kind: ArrangementKind = column("方式", "运营方式", "合作方式", "类型", needed=True)
    party: str = column("合作方", "机构名称", "运营机构", "运营单位", "入驻机构名称")
    fund_id: str = column("基金编号", "金融机构编号", "机构编号", refers=Kind.FUNDS)
    since: date | None = column("开始日期", "起始日期", "入驻日期", default=None)
    until: date | None = column("结束日期", "终止日期", "退出日期", default=None)
    note: str = column("备注", "说明")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A technology contract (技术合同)."""

    table: ClassVar[Kind] = Kind.CONTRACTS
    identity: ClassVar[tuple[str, ...]] = ("name", "seller", "buyer", "signed_on")
    id: str = column("编号", "合同编号", "ID")
    name: str = column("合同名称", "技术合同名称", needed=True)
    kind: ContractKind | None = column("合同类型", "合同类别", "类型", default=None)
    achievement_id: str = column("成果编号", "来源成果", refers=Kind.ACHIEVEMENTS)
    project_id: str = column("项目编号", "企业编号", refers=Kind.PROJECTS)
    carrier_id: str = column("载体编号", "孵化载体编号", "孵化器编号", "所在载体", refers=Kind.INCUBATORS)
    seller: str = column("卖方", "出让方", "受托方", "让与方", "许可方")
    buyer: str = column("买方", "受让方", "委托方", "被许可方")
    intermediary: str = column("中介方", "技术经纪机构", "中介机构")
    mode: TransferMode | None = column("转化方式", "交易方式", default=None)
    pricing: Pricing | None = column("定价方式", "作价方式", default=None)
    publicised_on: date | None = column("公示日期", "公示时间", default=None)
    written: bool | None = column("书面合同", "是否书面", "书面形式", default=None)
    signed_on: date | None = column("签订日期", "签约日期", "签订时间", default=None)
    amount: float | None = column("合同成交额", "合同金额", "成交额", "金额", default=None)
    technology_amount: float | None = column("技术交易额", default=None)
    technology_income: float | None = column("技术性收入", "核定技术性收入", default=None)
    broker_fee: float | None = column("中介费", "经纪费", "佣金", default=None)
    currency: str = column("币种", "货币")
    net_income: float | None = column("转化净收入", "净收入", default=None)
    reward: float | None = column("奖励金额", "奖酬金", "奖励和报酬", default=None)
    accepted_on: date | None = column("受理日期", "受理时间", default=None)
    registered_on: date | None = column("登记日期", "认定登记日期", "登记时间", default=None)
    registration_no: str = column("登记编号", "认定登记编号", "合同登记编号")
    visibility: Visibility = column("可见范围", "可见性", "公开程度", "保密级别", "公开范围", default=Visibility.PUBLIC)
    note: str = column("备注", "说明")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What became of one grant to one carrier, which can be had once (奖补台账)."""

    table: ClassVar[Kind] = Kind.GRANTS
    identity: ClassVar[tuple[str, ...]] = ("rule", "carrier_id")
    rule: str = column("规则", "规则编号", "奖补规则", needed=True)
    carrier_id: str = column("载体编号", "孵化载体编号", "孵化器编号", "载体", needed=True, refers=Kind.INCUBATORS)
    event_id: str = column("事件编号", "依据事件", refers=Kind.EVENTS)
    state: GrantState = column("办理状态", "拨付状态", "状态", needed=True)
    amount: float | None = column("奖补金额", "拨付金额", "金额", default=None)
    currency: str = column("币种", "货币")
    applied_on: date | None = column("申请日期", "申报日期", default=None)
    paid_on: date | None = column("拨付日期", "到账日期", "兑现日期", default=None)
    document: str = column("文号", "文件号", "文件")
    note: str = column("备注", "说明")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


Register = Event | Submission | Filing | Resource | Arrangement | Contract | Grant
