"""The four record types and the outcomes between them; with the registers, all tables there are.

A field's metadata carries its Chinese and English headers and the table it refers to, so that this table alone decides
what a file may call it, what a template prints, what a database column is named and what a row may name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from matcher.domain.columns import Source, column
from matcher.domain.registers import (
    Arrangement,
    Contract,
    Event,
    Filing,
    Grant,
    Register,
    Resource,
    Submission,
)
from matcher.domain.terms import (
    FACT_KINDS,
    RECORD_KINDS,
    REGISTER_KINDS,
    CarrierKind,
    FocusType,
    FundKind,
    IdentityKind,
    Kind,
    Level,
    OperatorType,
    PairKind,
    Refusal,
    Result,
    Stage,
    Term,
    TransferMode,
    Visibility,
)

__all__ = [
    "FACT_KINDS",
    "KEYS",
    "RECORD_KINDS",
    "REGISTER_KINDS",
    "TABLE_LABELS",
    "TYPES",
    "Achievement",
    "CarrierKind",
    "FocusType",
    "Fund",
    "FundKind",
    "IdentityKind",
    "Incubator",
    "Kind",
    "Left",
    "Level",
    "OperatorType",
    "Outcome",
    "PairKind",
    "Project",
    "Record",
    "Refusal",
    "Register",
    "Result",
    "Right",
    "Row",
    "Source",
    "Stage",
    "Term",
    "TransferMode",
    "Visibility",
    "column",
    "name_of",
]
"""Records and the vocabularies their fields are made of, for whoever reads records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """A research result (科研成果)."""

    table: ClassVar[Kind] = Kind.ACHIEVEMENTS
    identity: ClassVar[tuple[str, ...]] = ("title", "institution", "summary")
    id: str = column("编号", "成果编号", "序号编号", "ID")
    title: str = column("成果名称", "名称", "题名", "标题", "项目名称", "name")
    summary: str = column("成果简介", "简介", "摘要", "成果介绍", "内容简介", "主要内容简介", "abstract", "description")
    keywords: tuple[str, ...] = column("关键词", "关键字", "keyword", default=())
    institution: str = column(
        "完成单位", "单位", "所属单位", "第一完成单位", "院校", "所有单位", "organisation", "organization"
    )
    inventors: tuple[str, ...] = column("完成人", "发明人", "负责人", "作者", "authors", default=())
    field: str = column("技术领域", "领域", "学科", "高新技术领域", "学科分类")
    industry: tuple[str, ...] = column("所属行业", "行业", "应用行业", "所处行业", "产业", "industries", default=())
    region: str = column("所在地区", "地区", "地域", "所在地", "区域", "所在旗县", "location")
    trl: int | None = column("技术就绪度", "技术成熟度", "成熟度", "成熟程度", "TRL等级", "就绪度", default=None)
    ip: str = column("知识产权", "专利", "专利号", "知识产权情况", "patents")
    transfer_modes: tuple[TransferMode, ...] = column(
        "转化方式", "合作方式", "交易方式", "转让方式", "转让形式", default=()
    )
    asking_price: float | None = column("意向价格", "价格", "转让价格", "报价", "挂牌价", "意向金额", default=None)
    currency: str = column("币种", "货币")
    published_on: date | None = column("发布日期", "发布时间", "日期", "公布日期", "登记日期", "登记时间", default=None)
    visibility: Visibility = column("可见范围", "可见性", "公开程度", "保密级别", "公开范围", default=Visibility.PUBLIC)
    contact: str = column("联系方式", "联系人", "联系电话", "负责人电话", "联系人电话")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incubator:
    """A carrier (孵化载体): incubator, makerspace, accelerator, park or platform."""

    table: ClassVar[Kind] = Kind.INCUBATORS
    identity: ClassVar[tuple[str, ...]] = ("name",)
    id: str = column("编号", "载体编号", "ID")
    name: str = column("载体名称", "名称", "单位名称", "机构名称", "孵化器名称", "众创空间名称")
    kind: CarrierKind | None = column("载体类型", "类型", "类别", default=None)
    focus_type: FocusType | None = column("专业类型", "综合或专业", "孵化器类型", default=None)
    operator_type: OperatorType | None = column("建设主体", "运营主体类型", "建设类型", default=None)
    level: Level | None = column("级别", "认定级别", "等级", default=None)
    focus: str = column("孵化方向", "方向", "简介", "主导方向", "重点方向", "description", "summary")
    industries: tuple[str, ...] = column("主导产业", "产业", "行业", "所属行业", "industry", default=())
    services: tuple[str, ...] = column("服务内容", "服务", "服务能力", default=())
    region: str = column("所在地区", "地区", "地域", "所在地", "地址", "区域", "location")
    capacity: int | None = column("可容纳企业数", "容量", "工位或企业上限", "承载上限", default=None)
    occupied: int | None = column("在孵数量", "已入驻", "在孵企业数", "入驻数", default=None)
    trl_min: int | None = column("最低就绪度", "TRL下限", "就绪度下限", "最低TRL", default=None)
    trl_max: int | None = column("最高就绪度", "TRL上限", "就绪度上限", "最高TRL", default=None)
    has_broker_station: bool | None = column("技术经纪人工作站", "设有工作站", "工作站", default=None)
    metrics: Mapping[str, float] = column("指标", "考核指标", default=dict)
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """An incubated company or project (在孵企业与项目)."""

    table: ClassVar[Kind] = Kind.PROJECTS
    identity: ClassVar[tuple[str, ...]] = ("name", "summary")
    id: str = column("编号", "项目编号", "企业编号", "ID")
    name: str = column("项目名称", "企业名称", "名称", "公司名称", "title")
    summary: str = column("项目简介", "简介", "企业简介", "主营业务", "业务介绍", "description", "abstract")
    keywords: tuple[str, ...] = column("关键词", "关键字", "keyword", default=())
    industry: tuple[str, ...] = column("所属行业", "行业", "产业", "industries", default=())
    region: str = column("所在地区", "地区", "地域", "所在地", "注册地", "区域", "location")
    stage: Stage | None = column("融资阶段", "阶段", "轮次", "融资轮次", default=None)
    funding_sought: float | None = column("融资需求", "融资金额", "拟融资额", "资金需求", default=None)
    currency: str = column("币种", "货币")
    incubator_id: str = column("所在载体", "孵化载体编号", "孵化器编号", "载体编号", "承接载体", refers=Kind.INCUBATORS)
    achievement_id: str = column("来源成果", "成果编号", "转化成果编号", refers=Kind.ACHIEVEMENTS)
    trl: int | None = column("技术就绪度", "技术成熟度", "成熟度", "TRL等级", default=None)
    founded_on: date | None = column("成立日期", "成立时间", "注册日期", default=None)
    employees: int | None = column("员工数", "从业人数", "职工人数", default=None)
    assets: float | None = column("资产总额", "总资产", default=None)
    revenue: float | None = column("营业收入", "销售收入", "年收入", default=None)
    rd_ratio: float | None = column("研发占比", "研发费用占比", "研发投入占比", default=None)
    bachelor_ratio: float | None = column("本科占比", "本科以上占比", "大学本科以上比例", default=None)
    excellent: bool | None = column("优秀转化项目", "优秀项目", "是否优秀", default=None)
    visibility: Visibility = column("可见范围", "可见性", "公开程度", "保密级别", "公开范围", default=Visibility.PUBLIC)
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """A fund or financial institution (基金与金融机构)."""

    table: ClassVar[Kind] = Kind.FUNDS
    identity: ClassVar[tuple[str, ...]] = ("name",)
    id: str = column("编号", "基金编号", "机构编号", "ID")
    name: str = column("基金名称", "机构名称", "名称")
    kind: FundKind | None = column("基金类型", "机构类型", "类型", "类别", default=None)
    thesis: str = column("投资方向", "投资策略", "简介", "投资理念", "description", "focus", "summary")
    industries: tuple[str, ...] = column("投资行业", "关注行业", "行业", "产业", "industry", default=())
    stages: tuple[Stage, ...] = column("投资阶段", "阶段", "轮次", "stage", default=())
    regions: tuple[str, ...] = column("投资地区", "地区", "投资区域", "region", default=())
    ticket_min: float | None = column("单笔下限", "最低投资额", "单笔最低", default=None)
    ticket_max: float | None = column("单笔上限", "最高投资额", "单笔最高", default=None)
    currency: str = column("币种", "货币")
    remaining: float | None = column("可投余额", "剩余资金", "剩余额度", default=None)
    max_new_per_period: int | None = column("本期新增上限", "每期新增上限", "每期上限", default=None)
    managed_by_incubator_id: str = column("管理载体", "管理载体编号", "设立载体", refers=Kind.INCUBATORS)
    city_owned: bool | None = column("市级基金", "是否市级基金", "市属", default=None)
    must_terms: tuple[str, ...] = column("必含词", "必须包含", default=())
    ban_terms: tuple[str, ...] = column("排除词", "禁投方向", default=())
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one pair on one day. Several days may tell of the same pair."""

    table: ClassVar[Kind] = Kind.OUTCOMES
    identity: ClassVar[tuple[str, ...]] = ("kind", "left_id", "right_id", "decided_on")
    kind: PairKind = column("对接类型", "类型", default=PairKind.ACHIEVEMENT_INCUBATOR)
    left_id: str = column("左方编号", "成果编号", "项目编号", "成果或项目编号")
    right_id: str = column("右方编号", "载体编号", "基金编号", "载体或基金编号")
    result: Result = column("结果", "对接结果", "状态", default=Result.IN_TALKS)
    decided_on: date = column("日期", "决定日期", "对接日期", "发生日期", default=date.min)
    amount: float | None = column("金额", "合同金额", "投资金额", default=None)
    currency: str = column("币种", "货币")
    reason: str = column("原因", "理由", "备注")
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: Source = Source()


Left = Achievement | Project
Right = Incubator | Fund
Record = Achievement | Incubator | Project | Fund
Fact = Outcome | Register
Row = Record | Fact

TYPES: Mapping[Kind, type[Row]] = {
    Kind.ACHIEVEMENTS: Achievement,
    Kind.INCUBATORS: Incubator,
    Kind.PROJECTS: Project,
    Kind.FUNDS: Fund,
    Kind.OUTCOMES: Outcome,
    Kind.EVENTS: Event,
    Kind.PERIODS: Submission,
    Kind.FILINGS: Filing,
    Kind.RESOURCES: Resource,
    Kind.ARRANGEMENTS: Arrangement,
    Kind.CONTRACTS: Contract,
    Kind.GRANTS: Grant,
}

KEYS: Mapping[Kind, tuple[str, ...]] = {
    kind: ("id",) if "id" in row.__dataclass_fields__ else row.identity for kind, row in TYPES.items()
}
"""The fields that tell one row of a table from another."""

TABLE_LABELS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACHIEVEMENTS: ("科研成果", "成果", "科技成果", "成果表", "成果清单", "achievement"),
    Kind.INCUBATORS: ("孵化载体", "载体", "孵化器", "众创空间", "载体表", "孵化器和众创空间", "incubator"),
    Kind.PROJECTS: ("在孵企业与项目", "项目", "在孵项目", "企业", "在孵企业", "项目表", "project"),
    Kind.FUNDS: ("基金与金融机构", "基金", "金融机构", "基金表", "fund"),
    Kind.OUTCOMES: ("对接结果", "结果", "对接记录", "对接", "outcome"),
    Kind.EVENTS: ("载体事件", "认定与评价", "认定记录", "绩效评价记录", "event"),
    Kind.PERIODS: ("填报数据", "载体填报", "信息报送", "填报表", "period"),
    Kind.FILINGS: ("服务备案", "品牌输出与管理服务备案", "备案登记表", "filing"),
    Kind.RESOURCES: ("共享资源", "开放资源", "资源清单", "resource"),
    Kind.ARRANGEMENTS: ("运营与入驻", "运营方式", "入驻机构", "arrangement"),
    Kind.CONTRACTS: ("技术合同", "合同台账", "合同", "contract"),
    Kind.GRANTS: ("奖补台账", "奖补", "grant"),
}
"""What a file's stem or a sheet may be called instead of the table's own name, the standard name first."""


def name_of(record: Record) -> str:
    """What a person calls the record; a result without a title is called by the start of its summary."""
    name = record.title if isinstance(record, Achievement) else record.name
    if name:
        return name
    summary = getattr(record, "summary", "")
    return summary[:30] + "…" if len(summary) > 30 else summary or record.id
