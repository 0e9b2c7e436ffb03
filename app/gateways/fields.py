"""Wire names and wire values: both spellings, all aliases, strict money and dates.

Reading is lenient about spelling (core-platform 2.3: camelCase, snake_case, capitals, typos) and
strict about values; writing uses exactly one spelling per region.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from app.domain import money
from app.domain.money import Amounts, Fen, Price, Quantity
from app.gateways.envelopes.strict_json import Json, Unreadable, WireNumber

PLATFORM_ZONE = timezone(timedelta(hours=8))
"""Wall time of every platform: China has one zone and no summer time."""
MOMENT_FORM = "%Y-%m-%d %H:%M:%S"
_PLAIN_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,4})?", re.ASCII)
_SERIAL_FORM = "%Y%m%d%H%M%S"
_SERIAL = re.compile(r"[0-9]{14}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(_DAY.pattern + r" [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)

_NAMES = 4096
"""More names than all messages of a region have; what an answer makes up pushes others out."""

ALIASES: dict[str, tuple[str, ...]] = {
    # core-platform 5.6: cancel and query outputs mix these
    "psn_cash_pay": ("cash_payamt", "pdn_cash_pay"),
    "psn_part_amt": ("psn_pay",),
    "prodentp_name": ("prdr_name",),
    "dld_endtime": ("dld_end_time",),
    "exp_content": ("expContent",),
    "drug_trac_codg": ("drug_trac_code",),
    "fixmedins_hilist_id": ("fixmedins_hist_id",),
    "fixmedins_hilist_name": ("fixmedins_hist_name",),
    # prescription-centre 8.2, 9.5: names differ between editions of the same record
    "prscDeptName": ("deptName",),
    "maindiagName": ("diagName",),
    "iptOtpNo": ("iptOpNo",),
    "rxDiseList": ("diseinfo", "rxDiseinfo"),
    "rxDetlList": ("rxdrugdetail", "rxDrugdetail"),
    "rxOtpinfo": ("mdtrtinfo",),
}


@lru_cache(maxsize=_NAMES)
def snake(name: str) -> str:
    """``rxChkStasCodg`` → ``rx_chk_stas_codg``."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@lru_cache(maxsize=_NAMES)
def camel(name: str) -> str:
    """``rx_chk_stas_codg`` → ``rxChkStasCodg``."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def recase(tree: Mapping[str, object], case: str) -> dict[str, object]:
    """The same tree with every name in ``snake`` or ``camel`` case."""
    spell = snake if case == "snake" else camel
    return {spell(name): _recase_value(value, case) for name, value in tree.items()}


def _recase_value(value: object, case: str) -> object:
    if isinstance(value, Mapping):
        return recase(value, case)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_recase_value(one, case) for one in value]
    return value


@lru_cache(maxsize=_NAMES)
def plain(name: str) -> str:
    """The form under which all spellings of one name meet."""
    return name.replace("_", "").lower()


_ALIASES = {
    plain(name): tuple(plain(other) for other in others) for name, others in ALIASES.items()
}


@lru_cache(maxsize=_NAMES)
def _spellings(name: str) -> tuple[str, ...]:
    """Under which names a value may stand, the usual one first."""
    return (plain(name), *_ALIASES.get(plain(name), ()))


class Fields:
    """Reads one node of an answer. Every reader raises ``Unreadable`` naming the field."""

    def __init__(self, tree: Mapping[str, Json]) -> None:
        self._tree: dict[str, Json] = {}
        self._contradicted: set[str] = set()
        for spelling, value in tree.items():
            name = plain(spelling)
            known = self._tree.get(name)
            if known is None or known == "":
                self._tree[name] = value
            elif value not in (None, "", known):
                self._contradicted.add(name)

    def raw(self, *names: str) -> Json:
        """The first value that is neither missing, null nor empty; None where there is none.

        Raises ``Unreadable`` where two spellings of one name tell two things.
        """
        for name in names:
            for spelling in _spellings(name):
                if spelling in self._contradicted:
                    raise Unreadable(f"twice_{spelling}")
                value = self._tree.get(spelling)
                if value is not None and value != "":
                    return value
        return None

    def text(self, *names: str) -> str:
        """A text or number as text; empty where missing."""
        value = self.raw(*names)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str):
            raise Unreadable(f"field_{plain(names[0])}")
        return str(value)

    def need(self, *names: str) -> str:
        """As :meth:`text`, and it must be there."""
        found = self.text(*names)
        if not found:
            raise Unreadable(f"missing_{plain(names[0])}")
        return found

    def _strict(self, reader: str, names: tuple[str, ...], text: str) -> int:
        try:
            return int(getattr(money, reader)(text))
        except ValueError as wrong:
            raise Unreadable(f"amount_{plain(names[0])}") from wrong

    def fen(self, *names: str) -> Fen:
        """An amount that must be there, in fen; never rounded."""
        return Fen(self._strict("fen", names, self.need(*names)))

    def fen_or_zero(self, *names: str) -> Fen:
        text = self.text(*names)
        return Fen(self._strict("fen", names, text)) if text else money.ZERO

    def price(self, *names: str) -> Price | None:
        text = self.text(*names)
        return Price(self._strict("price", names, text)) if text else None

    def quantity(self, *names: str) -> Quantity:
        return Quantity(self._strict("quantity", names, self.need(*names)))

    def day(self, *names: str) -> date | None:
        """``yyyy-MM-dd`` or ``yyyy.MM.dd``, with or without a time behind it."""
        text = self.text(*names)
        if not text:
            return None
        try:
            return _day(text[:10].replace(".", "-"))
        except ValueError as wrong:
            raise Unreadable(f"date_{plain(names[0])}") from wrong

    def moment(self, *names: str) -> datetime | None:
        """``yyyy-MM-dd HH:mm:ss`` in platform time, as aware UTC."""
        text = self.text(*names)
        return _moment(text, names[0]) if text else None

    def need_moment(self, *names: str) -> datetime:
        return _moment(self.need(*names), names[0])

    def node(self, *names: str) -> "Fields":
        """An object below this one; empty where missing."""
        value = self.raw(*names)
        if value is None:
            return Fields({})
        if not isinstance(value, dict):
            kind = "text" if isinstance(value, str) else "node"
            raise Unreadable(f"{kind}_{plain(names[0])}")
        return Fields(value)

    def has(self, name: str) -> bool:
        return self.raw(name) is not None

    def rows(self, *names: str) -> list["Fields"]:
        """A list of objects; one object counts as a list of one, ``rows`` inside is unwrapped."""
        value = self.raw(*names)
        if value is None:
            return []
        if isinstance(value, dict):
            inner = value.get("rows")
            value = inner if isinstance(inner, list) else [value]
        if not isinstance(value, list):
            kind = "text" if isinstance(value, str) else "rows"
            raise Unreadable(f"{kind}_{plain(names[0])}")
        return [Fields(_object(one, names[0])) for one in value]

    def names(self) -> tuple[str, ...]:
        """The names of this node in plain form."""
        return tuple(self._tree)


def _object(value: Json, name: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise Unreadable(f"rows_{plain(name)}")
    return value


def _day(text: str) -> date:
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    # one digit where two are usual; slow, and the first one of a run loads a module
    return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 a day has no zone


def _local(text: str) -> datetime:
    if _MOMENT.fullmatch(text[:19]):
        return datetime.fromisoformat(text[:19]).replace(tzinfo=PLATFORM_ZONE)
    form = _SERIAL_FORM if _SERIAL.fullmatch(text) else MOMENT_FORM
    return datetime.strptime(text[:19], form).replace(tzinfo=PLATFORM_ZONE)


def _moment(text: str, name: str) -> datetime:
    try:
        return _local(text).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Unreadable(f"time_{plain(name)}") from wrong


def amounts(node: Fields) -> Amounts:
    """How a bill is paid (core-platform 3.2 rules 2 and 3). Raises ``Unreadable``, also where the
    parts do not add up: such an answer proves nothing."""
    found = Amounts(
        total=node.fen("medfee_sumamt"),
        fund=node.fen("fund_pay_sumamt"),
        account=node.fen("acct_pay"),
        cash=node.fen("psn_cash_pay"),
        mutual_aid=node.fen_or_zero("acct_mulaid_pay"),
        hospital_part=node.fen_or_zero("hosp_part_amt"),
    )
    if not found.adds_up():
        raise Unreadable("amounts_do_not_add_up")
    personal = node.text("psn_part_amt")
    if personal and node.fen("psn_part_amt") != found.total - found.fund - found.hospital_part:
        raise Unreadable("amounts_do_not_add_up")
    return found


def wire_moment(at: datetime, form: str = MOMENT_FORM) -> str:
    """Platform wall time of an aware moment."""
    return at.astimezone(PLATFORM_ZONE).strftime(form)


def wire_day(at: date) -> str:
    return at.strftime("%Y-%m-%d")


def flag(value: bool) -> str:
    """Flags are texts (core-platform 3.1)."""
    return "1" if value else "0"


class Numbers:
    """Writes amounts as the region wants them: JSON numbers or quoted texts (``amount_as``)."""

    def __init__(self, amount_as: str) -> None:
        self._number = amount_as == "number"

    def _write(self, text: str) -> str:
        return WireNumber(text) if self._number else text

    def fen(self, amount: Fen) -> str:
        return self._write(money.fen_text(amount))

    def price(self, unit: Price) -> str:
        return self._write(money.price_text(unit))

    def quantity(self, amount: Quantity) -> str:
        return self._write(money.quantity_text(amount))

    def text(self, written: str) -> str:
        """A number that came as text, such as days; anything else stays text."""
        return self._write(written) if _PLAIN_NUMBER.fullmatch(written) else written

    def count(self, number: int) -> str:
        return self._write(str(number))
