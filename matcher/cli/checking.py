"""`matcher check`: is everything set up right?"""

from __future__ import annotations

import typer
from pydantic import ValidationError

from matcher.bootstrap import checkup_plan, told_encoding
from matcher.cli.console import Screen
from matcher.cli.failures import chosen_language, wrong_settings
from matcher.cli.session import Json
from matcher.services.checkup import Finding, Gravity, look
from matcher.settings import Settings
from matcher.wording import Said


def check(*, json: Json = False) -> None:
    """检查设置和环境，一次列出全部问题。Check settings and surroundings; name all that is wrong at once."""
    screen, (findings, encoding) = Screen(chosen_language()), _looked()
    wrong = any(each.gravity is Gravity.ERROR for each in findings)
    if json:
        told = {"encoding": {"zh": encoding.zh, "en": encoding.en}} if encoding else {}
        screen.json({"sound": not wrong, "findings": [_json(each) for each in findings]} | told)
    else:
        for each in findings:
            screen.item(f"{each.gravity.said.to(screen.language)} ", each.message.to(screen.language))
            screen.item("  → ", each.step.to(screen.language))
        if encoding:
            screen.print(encoding.to(screen.language))
        if not findings:
            screen.print(screen.say("一切正常。", "All is well."))
    if wrong:
        raise typer.Exit(1)


def _looked() -> tuple[list[Finding], Said | None]:
    """What is wrong, and what runs the encoder."""
    try:
        settings = Settings()
    except ValidationError as error:
        # Without settings there is nothing else to look at.
        return [Finding(Gravity.ERROR, each.message, each.step) for each in wrong_settings(error)], None
    return look(checkup_plan(settings)), told_encoding(settings)


def _json(finding: Finding) -> dict[str, object]:
    return {
        "gravity": finding.gravity.value,
        "message": {"zh": finding.message.zh, "en": finding.message.en},
        "step": {"zh": finding.step.zh, "en": finding.step.en},
    }
