"""Reports of letters that came back: delivery status (RFC 3464), complaints (RFC 5965), tables of a mail service."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr
from pathlib import Path

from matcher.domain.deliveries import Bounce, Hardness
from matcher.intake.dates import read_date
from matcher.intake.encodings import encoding_of
from matcher.services.mail import no_mailbox

COLUMNS = {
    "address": ("address", "email", "recipient", "邮箱", "收件人", "地址"),
    "kind": ("kind", "type", "bounce type", "类型", "退信类型"),
    "date": ("date", "time", "日期", "时间"),
    "note": ("note", "reason", "diagnostic", "原因", "说明"),
}
KINDS = {
    Hardness.HARD: ("hard", "permanent", "永久", "硬退信"),
    Hardness.SOFT: ("soft", "transient", "temporary", "暂时", "软退信"),
    Hardness.COMPLAINT: ("complaint", "spam", "投诉"),
}
LONGEST = 300
_OURS = re.compile(r"<digest-[0-9]{4}-w[0-9]{2}-([0-9a-f]{16})@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A letter that came back, and which delivery it was where the report repeats the letter's own id.

    Anybody can send a report; only somebody who had the letter knows that id.
    """

    bounce: Bounce
    delivery_id: str = ""


def of_message(content: bytes, now: datetime) -> list[Report]:
    """What a message reports; nothing for one that is no report, or reports that a letter is late or has arrived."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  # which the policy makes
    at = _when(message, now)
    found: list[Report] = []
    for part in message.walk():
        payload = part.get_payload()
        blocks = [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []
        if part.get_content_type() == "message/delivery-status":
            found += (_report(message, at, *told) for block in blocks[1:] if (told := _status(block)))
        if part.get_content_type() == "message/feedback-report":
            found += (_report(message, at, *told) for block in blocks if (told := _complaint(block)))
    return found


def of_table(path: Path, now: datetime) -> tuple[list[Report], list[int]]:
    """What a table with the columns address, kind, date and note reports, and the rows that cannot be used.

    Raises UnreadableFileError.
    """
    with path.open(encoding=encoding_of(path), newline="") as stream:
        rows = list(csv.reader(stream))
    places = _places(rows[0] if rows else [])
    found, bad = [], []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: row[at].strip() for name, at in places.items() if at < len(row)}
        hardness = next((one for one, words in KINDS.items() if cells.get("kind", "").casefold() in words), None)
        if hardness is None or "@" not in cells.get("address", ""):
            bad += [number] if any(cell.strip() for cell in row) else []
            continue
        day = read_date(cells.get("date", "")).value
        at = datetime.combine(day, time(), UTC) if isinstance(day, date) else now
        name = _name(cells["address"].casefold(), hardness.value, str(day or ""), cells.get("note", ""))
        found.append(
            Report(
                bounce=Bounce(
                    id=name, address=cells["address"], hardness=hardness, at=at, said=cells.get("note", "")[:LONGEST]
                )
            )
        )
    return found, bad


def _places(head: Iterable[str]) -> dict[str, int]:
    named = [cell.strip().casefold() for cell in head]
    return {name: named.index(word) for name, words in COLUMNS.items() for word in words if word in named}


def _report(message: EmailMessage, at: datetime, address: str, hardness: Hardness, said: str) -> Report:
    source = str(message["Message-ID"] or "") or hashlib.sha256(message.as_bytes()).hexdigest()
    found = next((ours[1] for text in _originals(message) if (ours := _OURS.search(text))), "")
    bounce = Bounce(
        id=_name(source, address.casefold()), address=address, hardness=hardness, at=at, said=said[:LONGEST]
    )
    return Report(bounce=bounce, delivery_id=found)


def _status(block: Message) -> tuple[str, Hardness, str] | None:
    """Address, hardness and words of one recipient's block; None where the letter is only late, or has arrived."""
    if str(block.get("Action", "")).strip().casefold() != "failed":
        return None
    address = _address(block, "Original-Recipient") or _address(block, "Final-Recipient")
    status = str(block.get("Status", "")).split("(")[0].strip()
    said = f"{status} {block.get('Diagnostic-Code', '')}".strip()
    hardness = Hardness.HARD if no_mailbox(0, status) else Hardness.SOFT
    return (address, hardness, " ".join(said.split())) if address else None


def _complaint(block: Message) -> tuple[str, Hardness, str] | None:
    address = parseaddr(str(block.get("Original-Rcpt-To", "")))[1]
    kind = str(block.get("Feedback-Type", "")).strip()
    return (address, Hardness.COMPLAINT, kind) if address and kind.casefold() == "abuse" else None


def _address(block: Message, field: str) -> str:
    """`rfc822; name@host` without the type."""
    _, _, told = str(block.get(field, "")).partition(";")
    return parseaddr(told.strip())[1]


def _originals(message: EmailMessage) -> Iterator[str]:
    """The ids of the letter that the report repeats."""
    for part in message.walk():
        if part is not message and part["Message-ID"]:
            yield str(part["Message-ID"])
        elif part.get_content_type() == "text/rfc822-headers":
            yield part.get_content()


def _when(message: EmailMessage, now: datetime) -> datetime:
    """The report's own date where it is one, and not later than now."""
    told = getattr(message["Date"], "datetime", None)
    return min(told, now) if isinstance(told, datetime) and told.tzinfo is not None else now


def _name(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
