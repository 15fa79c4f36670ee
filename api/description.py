"""The OpenAPI document: what the framework cannot be told of headers, signing in and problems is written in here."""

from __future__ import annotations

from re import Pattern
from typing import Any

from starlette.routing import compile_path

from api.examples import Examples
from api.permissions import PERMISSIONS
from api.problems import MEDIA_TYPE
from matcher.domain.accounts import Scope

ABOUT = """对接技术转移各方：成果与孵化载体、项目与基金。Matches results with carriers, and projects with funds.

每个写请求可带 Idempotency-Key；更新须以 If-Match 带上读取时的 ETag。错误均为 RFC 9457 问题文档，中英文并附下一步。
Writing requests may carry an Idempotency-Key; updates name in If-Match the ETag that was read. Errors are problem
documents in both languages, each with the next step.
"""
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "POST /v1/tokens"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "matcher_session",
        "description": "POST /v1/session；写请求另带 X-CSRF-Token。Writing requests send X-CSRF-Token too.",
    },
}
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "同一请求两天内只办理一次。The same request is done once within two days.",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"},
}
TAGGED = {
    "read_case", "open_case", "tell_case", "move_case", "stop_case", "undo_case", "create_user", "read_user",
    "change_user", "create_organisation", "read_organisation", "change_organisation", "create_mandate",
    "read_mandate", "change_mandate",
    *(f"{verb}_{kind}" for verb in ("create", "read", "replace")
      for kind in ("achievements", "incubators", "projects", "funds")),
}  # fmt: skip
"""Whose answers have an ETag."""
LOCATED = {
    "open_case", "create_user", "create_organisation", "create_mandate", "submit_job", "create_import", "undo_import",
    "propose_introduction", "propose_next_introduction", "attach_to_case",
    *(f"create_{kind}" for kind in ("achievements", "incubators", "projects", "funds")),
}  # fmt: skip
"""Whose answers name the new resource."""
OWNERS_IDS = ("record_id", "carrier_id", "contract_id", "organisation_id")
"""Ids in paths that their owners gave: they may hold slashes."""


def _header(about: str) -> dict[str, Any]:
    return {"description": about, "schema": {"type": "string"}}


HEADERS = {
    401: {"WWW-Authenticate": _header("Bearer")},
    405: {"Allow": _header("可用的方法。The methods there are.")},
    429: {"Retry-After": _header("秒。Seconds.")},
    503: {"Retry-After": _header("秒。Seconds.")},
}


def describe(schema: dict[str, Any]) -> dict[str, Any]:
    """The document, completed."""
    schema["info"]["description"] = ABOUT
    schema["components"]["securitySchemes"] = SCHEMES
    examples = Examples(schema["components"]["schemas"])
    for path in schema["paths"].values():
        for operation in path.values():
            _describe(operation)
            _exemplify(operation, examples)
    for unused in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(unused, None)
    return schema


def _describe(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    permission = PERMISSIONS[name]
    operation["security"] = [{each: []} for each in SCHEMES] if permission.roles is not None else []
    if permission.roles is not None and permission.scope is Scope.WRITE:
        operation.setdefault("parameters", []).append(ONCE)
    for code, response in operation["responses"].items():
        if int(code) >= 400:
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
            headers: dict[str, Any] = HEADERS.get(int(code), {})
        else:
            headers = {"ETag": _header("If-Match 用。For If-Match.")} if name in TAGGED else {}
            headers |= {"Location": _header("新资源的路径。Where it is read.")} if name in LOCATED else {}
        if headers:
            response["headers"] = headers


def _exemplify(operation: dict[str, Any], examples: Examples) -> None:
    """Give every answer that is no error and can be read an example."""
    for code, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items() if int(code) < 400 else ():
            if kind.startswith("text/") or kind == "application/json":
                content["example"] = examples.answer(operation["operationId"], content.get("schema", {}))


def methods_of(schema: dict[str, Any], path: str) -> list[str]:
    """The methods of the operations on a path; none where there is no such path."""
    found = (each for template, each in schema["paths"].items() if _whole(template).match(path))
    methods = {method.upper() for each in found for method in each}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _whole(template: str) -> Pattern[str]:
    """What a path of the document matches; the document itself does not tell which ids may hold a slash."""
    for name in OWNERS_IDS:
        template = template.replace(f"{{{name}}}", f"{{{name}:path}}")
    return compile_path(template)[0]
