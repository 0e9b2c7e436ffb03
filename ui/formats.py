"""Amounts, times, ages and codes as the counter reads them (ui 3). Words come from ``ui.text``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ui.text import tr

if TYPE_CHECKING:
    from app.domain.money import Fen, Price
    from app.workflow.views.case import DrugLineView, PatientView

CHINA = timezone(timedelta(hours=8))
"""The platform's time: the whole country keeps one."""
MINUS = "\u2212"
MISSING = "—"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def money_text(amount: Fen | None, *, currency: bool = False) -> str:
    """``123456`` → ``1,234.56``; None → ``—``; ``currency`` puts ¥ before it (totals only)."""
    from app.domain.money import Fen, fen_text

    if amount is None:
        return MISSING
    whole, _, cents = fen_text(Fen(abs(amount))).partition(".")
    text = f"{int(whole):,}.{cents}"
    signed = f"{MINUS}{text}" if amount < 0 else text
    return f"¥ {signed}" if currency else signed


def unit_price_text(unit: Price) -> str:
    """Price of one pack, at least two decimals."""
    from app.domain.money import price_text

    return price_text(unit)


def time_text(at: datetime | None, now: datetime | None = None) -> str:
    """``10:39:52`` today, ``11-19 14:02`` this year, ``2025-11-19`` else; None → ``—``."""
    if at is None:
        return MISSING
    local = at.astimezone(CHINA)
    today = (now or datetime.now(UTC)).astimezone(CHINA)
    if local.date() == today.date():
        return local.strftime("%H:%M:%S")
    if local.year == today.year:
        return local.strftime("%m-%d %H:%M")
    return local.strftime("%Y-%m-%d")


def minute_text(at: datetime) -> str:
    """``10:39`` on the platform's clock."""
    return at.astimezone(CHINA).strftime("%H:%M")


def age_text(seconds: float) -> str:
    """``4 秒``, ``1 分 06 秒`` below an hour, ``1 小时 12 分`` and more; never negative."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return tr("age.seconds", seconds=whole)
    if whole < _HOUR:
        return tr("age.minutes_seconds", minutes=whole // _MINUTE, seconds=f"{whole % _MINUTE:02}")
    return span_text(seconds)


def span_text(seconds: float) -> str:
    """Coarse length in its two biggest units, minutes the smallest: ``52 分``, ``5 小时 25 分``."""
    whole = max(0, int(seconds))
    if whole < _HOUR:
        return tr("age.minutes", minutes=whole // _MINUTE)
    if whole < _DAY:
        return tr("age.hours", hours=whole // _HOUR, minutes=whole % _HOUR // _MINUTE)
    return tr("age.days", days=whole // _DAY, hours=whole % _DAY // _HOUR)


def short_age(seconds: float) -> str:
    """Seconds below a minute, then as coarse as ``span_text``: never ``0 分``."""
    return age_text(seconds) if seconds < _MINUTE else span_text(seconds)


def trace_text(code: str) -> str:
    """7 + 13 with one space."""
    from app.domain.goods.codes import DrugTraceCode

    return DrugTraceCode(code).spoken()


def rx_number_parts(number: str) -> tuple[str, str]:
    """A prescription number cut before its last ten characters, which are printed bold."""
    return number[:-10], number[-10:]


def masked_voucher(text: str) -> str:
    """First three, dots, last two: all that may ever be seen of an e-voucher code."""
    return f"{text[:3]}{'•' * max(0, len(text) - 5)}{text[-2:]}"


def patient_line(patient: PatientView) -> str:
    """男 61 岁 · 福州职工医保."""
    age = tr("shell.person.years", age=patient.age) if patient.age.isdigit() else patient.age
    about = " ".join(part for part in (patient.gender, age) if part)
    return " · ".join(part for part in (about, patient.insurance) if part)


def sold_text(line: DrugLineView) -> str:
    """How much of a line is sold: boxes, and pieces of opened ones beside them: ``1 + 30片``."""
    split = line.split
    if split is None:
        return str(line.needed)
    whole = line.needed - len(split.parts)
    pieces = f"{split.wanted}{split.unit}"
    return f"{whole} + {pieces}" if whole else pieces
