"""What carriers and funds say they do not take, or cannot do: sentences that are no reason to send them anything."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HARMLESS_WITHOUT = "机人菌线损害水氧铅烟土创抗偿障缝形源需论锡花酒糖刷纺尘污毒磷卤醛氟公废限条穷疑忧"
"""What goes on after 无 as a word of its own: 无机, 无人机, 无菌, 无线, 无损, 无害, …"""
_MEANS = "条件|能力|资质|设备|设施|场地|车间|厂房|实验|平台|人员|团队|空间|余位|名额|许可|服务|渠道|中心|基地|工位"

UNWANTED = re.compile(
    r"不(?:再|予)?(?:接(?!触|地)|承|收(?!缩|费|取|租)|做(?!硬性|要求)|投(?!入)|看(?!重)|考虑|受理|支持|属于"
    r"|在[^，。；]{0,8}(?:范围|清单|之列|布局|区间))|范围之?外|禁投|暂不(?!要求|限|设限|收费)|除外|谢绝|停止(?:接|受理|申请|招)"
    r"|(?<![或短紧稀])缺(?![陷血氧水口省铁素钙锌碘])"
    r"|(?:\bnot|n['’]t) (?:accept|take|fund|invest|consider)|\bexclud|\bout of scope|\boutside (?:our|the) scope",
    re.IGNORECASE,
)
"""Something is not wanted, whoever writes it: carriers, funds, projects, reasons of refusal."""
BEYOND_MEANS = re.compile(
    r"不(?:具备|提供|能(?!不)|含(?!税)|包括|包含|设(?!限|门槛|上限|下限)|配备|开放|适合|适宜|适用|涉及|面向|办理|安排|对外)"
    rf"|无法|没有(?!限制|门槛|上限)|(?:暂|尚|均|并|现|也|仍|皆)无(?![{_HARMLESS_WITHOUT}])"
    rf"|无(?![{_HARMLESS_WITHOUT}])(?=[^，。；]{{0,10}}(?:{_MEANS}))"
    r"|未(?:设(?!限|门槛)|配备|建|具备|开放|取得|获|引进)"
    r"|(?<![去脱清消扫拆解免排铲扣])除[^，。；]{1,20}外(?=均|都|皆|一律|其[他余]|的|[，,](?!还|也|另|同时|更|兼)|[。；]|$)"
    r"|\b(?:not|never)\b(?! only| limited| necessarily)|\bcan(?:not|['’]t)|\b(?:is|are|wo|do|does)n['’]t\b"
    r"|\bunable\b|\bexcept\b|\black(?:s|ing)?\b|\bwithout\b(?! charge| rent| cost| fee| limit)"
    r"|\bno (?!charge|cost|fee|rent|limit|minimum|maximum|matter|doubt|equity|need|more than|less than|restriction)",
    re.IGNORECASE,
)
"""A carrier or fund has not got it. Of a result the same words praise it: “contains no preservative”."""
_MAYBE = re.compile("[不范禁除谢停缺无没未A-Za-z]")
"""What both patterns begin with: most sentences hold none of it, which is seen ten times as fast."""
_GOES_ON = re.compile(r"[；;：:]$")


def unwanting(told: Sequence[str], *, taker: bool) -> tuple[bool, ...]:
    """Which of the sentences of one record, in their order, say what is not wanted.

    Of a `taker`, which is a carrier or fund, also those that say what it cannot do. A list that begins so goes on
    until its end: “不接收：食品加工；危化品。”
    """
    found: list[bool] = []
    listing = False
    for text in told:
        said = bool(_MAYBE.search(text)) and (
            bool(UNWANTED.search(text)) or (taker and bool(BEYOND_MEANS.search(text)))
        )
        goes_on = bool(_GOES_ON.search(text))
        found.append(said or listing)
        listing = goes_on and (listing or (said and bool(re.search("[：:]", text))))
    return tuple(found)
