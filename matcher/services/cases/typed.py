"""What people type for a day or an amount, read as the imports read it."""

from __future__ import annotations

from datetime import date
from typing import cast

from matcher.errors import CaseError
from matcher.intake.amounts import currency_code, read_amount
from matcher.intake.cells import Reading
from matcher.intake.dates import read_date
from matcher.services.cases.handling import NO_DEAL, Deal
from matcher.wording import Said


def day_typed(text: str) -> date:
    """A day, as `2026-11-30` or `2026年11月30日`. Raises CaseError where it is none."""
    return cast("date", _told(read_date(text), text, Said("请写成 2026-11-30。", "Write it as 2026-11-30.")))


def deal_typed(amount: str, currency: str) -> Deal:
    """What a case came to, as `80万元` or `120000`; both may be empty. Raises CaseError where it is no amount."""
    if not amount.strip():
        return NO_DEAL
    reading = read_amount(amount)
    value = cast("float", _told(reading, amount, Said("请写成 800000 或 80万。", "Write it as 800000 or 80万.")))
    stated = currency_code(currency) if currency.strip() else reading.currency
    if currency.strip() and not stated:
        raise CaseError(
            Said(f"不认识币种“{currency[:20]}”。", f"There is no currency “{currency[:20]}”."),
            Said("请写成 人民币、美元 或 USD。", "Write it as CNY or USD."),
        )
    return Deal(float(value), "" if stated in ("", "CNY") else stated)


def _told(reading: Reading, text: str, step: Said) -> object:
    if reading.value is None:
        message = reading.remark.message if reading.remark else Said(f"看不懂“{text[:40]}”。", f"“{text[:40]}”?")
        raise CaseError(message, reading.remark.step if reading.remark else step)
    return reading.value
