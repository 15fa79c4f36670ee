"""Next steps as a program takes them: where the engine names a command, the service names the operation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus

from matcher.wording import Said

_NAME = r"([^\s`。]+)"
OPERATIONS = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (rf"matcher match --to (incubators|funds) {_NAME}", r'POST /v1/match {"record_id": "\2", "to": "\1"}'),
        (rf"matcher (match|screen) {_NAME}", r'POST /v1/\1 {"record_id": "\2"}'),
        (rf"matcher chain --fund {_NAME}", r'POST /v1/chain {"fund_id": "\1"}'),
        (rf"matcher chain {_NAME}", r'POST /v1/chain {"record_id": "\1"}'),
        (r"matcher match\b", "POST /v1/match"),
        (r"matcher case tell\b", "PATCH /v1/cases/{id}/facts"),
        (rf"matcher control undo {_NAME}", r"DELETE /v1/exclusions/\1"),
        (
            rf"matcher policy grants apply {_NAME} {_NAME}",
            r'POST /v1/policy/grants/apply {"rule": "\1", "carrier": "\2"}',
        ),
        (r"matcher policy grants (?:载体编号|CARRIER)", "GET /v1/policy/grants?carrier={id}"),
        (r"补填后重新导入这一行", "补填后重新提交"),
        (r"import the row again", "send it again"),
        (r"去掉该 --(must|ban)", r"去掉 \1 中的该词"),
        (r"drop that --(must|ban)", r"drop that term of \1"),
    )
)
"""Commands, and the operations that do the same. A command without one stays: an administrator runs it."""

PAGES = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (rf"matcher match --to (?:incubators|funds) {_NAME}", r"/match?id=\1"),
        (rf"matcher (?:match|screen) {_NAME}", r"/match?id=\1"),
        (r"matcher match\b", "/match"),
        (r"请先补齐：matcher case tell", "请先在下面填写并保存"),
        (r"Tell them first: `matcher case tell`", "Tell them below and save first"),
        (r"matcher identity list", "/data/aliases"),
        (r"matcher imports list", "/data"),
        (r"如 (?:POST|GET) \S+", ""),
        (r"请按 /openapi.json 改正", "请改正"),
        (r"; see /openapi.json", ""),
        (r"请按 /openapi.json 改写请求", "请返回上一页重新填写"),
        (r"Write the request as /openapi.json says", "Go back and fill it in anew"),
        (r"请核对路径和请求中的编号；可用的路径见 /openapi.json", "请核对编号或地址"),
        (
            r"Check the path and the ids of the request; /openapi.json lists the paths there are",
            "Check the id or address",
        ),
        (r"请改用 Allow 标头所列的方法", "请用页面上的链接和按钮"),
        (r"Use one of the methods that the header Allow names", "Use the links and buttons of the pages"),
        (r"把 request_id 告知", "把下面的请求编号告知"),
        (r"the request_id", "the number of the request below"),
    )
)
"""Commands, and the pages that do the same."""

GENERAL = {
    HTTPStatus.BAD_REQUEST: Said("请按 /openapi.json 改写请求。", "Write the request as /openapi.json says."),
    HTTPStatus.UNAUTHORIZED: Said(
        "请用 POST /v1/session 登录，或带上有效令牌：Authorization: Bearer 令牌。",
        "Open a session with POST /v1/session, or send a valid token: Authorization: Bearer TOKEN.",
    ),
    HTTPStatus.FORBIDDEN: Said("如确有需要，请联系管理员。", "Ask an administrator if you need it."),
    HTTPStatus.NOT_FOUND: Said(
        "请核对路径和请求中的编号；可用的路径见 /openapi.json。",
        "Check the path and the ids of the request; /openapi.json lists the paths there are.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: Said(
        "请改用 Allow 标头所列的方法。", "Use one of the methods that the header Allow names."
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Said(
        "请缩短或拆分；大文件请管理员在服务器上用 matcher import 导入。",
        "Send less, or in parts; large files an administrator takes in with `matcher import` on the server.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: Said(
        "请按 /openapi.json 改正请求。", "Correct the request; see /openapi.json."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Said(
        "请稍后再试；持续如此请把 request_id 告知管理员。",
        "Try again in a moment; if it stays like that, give an administrator the request_id.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Said(
        "请把 request_id 告知管理员，可据此查日志。", "Give an administrator the request_id; the log has it."
    ),
}  # fmt: skip
"""What to do where the error itself does not say."""


def over_http(text: str) -> str:
    """A step with operations in the place of commands."""
    return _put(text, OPERATIONS)


def on_pages(text: str) -> str:
    """A step with pages in the place of commands."""
    return _put(text, PAGES)


def _put(text: str, told: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for pattern, put in told:
        text = pattern.sub(put, text)
    return text
