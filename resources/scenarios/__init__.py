"""Reading the demo store. Standard library only: the stand-in and the store's seeding share it."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

DEMO_STORE = "demo_store.toml"
STORAGE = {"常温": "room", "阴凉": "cool", "冷藏": "cold"}
"""Storage of an item as its package says it, and as the store keeps it."""
_LOT_MARKS = 100_000_000
_SERIALS = 99_999


@dataclass(frozen=True, slots=True)
class DemoInstitution:
    """A designated institution. ``area`` is its six-digit service area."""

    code: str
    name: str
    area: str
    counter: str = ""
    address: str = ""
    phone: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class DemoHospital:
    """The hospital and the pharmacist who audits its prescriptions."""

    code: str
    name: str
    area: str
    pharmacist_name: str
    pharmacist_code: str
    pharmacist_id_no: str


@dataclass(frozen=True, slots=True)
class DemoPharmacist:
    """A licensed pharmacist of the store; also a person with an e-voucher of their own."""

    name: str
    code: str
    id_no: str
    licence: str
    title: str
    person_no: str


@dataclass(frozen=True, slots=True)
class DemoOperator:
    """Who may sign in. ``pharmacist`` is the code of a ``DemoPharmacist``, or empty."""

    login: str
    name: str
    pin: str
    roles: tuple[str, ...]
    pharmacist: str = ""


@dataclass(frozen=True, slots=True)
class DemoLot:
    """Goods of one lot, ``quantity`` in whole packs. ``item`` and ``prefix`` come from its item."""

    lot_no: str
    upload_lot: str
    made_on: date
    expires_on: date
    quantity: int
    shelf: str
    held: str = ""
    item: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class DemoDrug:
    """A drug of the catalogue. ``price`` is yuan as text; keys of tables as in the file's head."""

    code: str
    national_code: str
    generic_name: str
    product_name: str
    dose_form: str
    specification: str
    maker: str
    approval_no: str
    kind: str
    pack_unit: str
    price: str
    split_factor: int
    split_unit: str
    prescription_only: bool
    pay_class: str
    self_pay_percent: int
    dual_channel: bool = False

    @property
    def name(self) -> str:
        """As the shelf says it: generic name, then the brand where there is one."""
        return (
            f"{self.generic_name}（{self.product_name}）"
            if self.product_name
            else self.generic_name
        )


@dataclass(frozen=True, slots=True)
class DemoItem(DemoDrug):
    """A drug the store carries. ``case_prefixes`` start codes of cases, which are not sold."""

    storage: str = ""
    drug_prefixes: tuple[str, ...] = ()
    product_barcode: str = ""
    lots: tuple[DemoLot, ...] = ()
    case_prefixes: tuple[str, ...] = ()
    split_allowed: bool = False
    ephedrine: bool = False


@dataclass(frozen=True, slots=True)
class DemoInsurance:
    """One insurance of a person. ``balance`` is yuan as text; status "1" is in force."""

    kind: str
    balance: str
    status: str
    area: str
    employer: str = ""
    account_frozen: bool = False


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An insured person with a social-security card and an e-voucher.

    ``about`` tells a trainee what can be practised with them.
    """

    key: str
    name: str
    id_no: str
    person_no: str
    gender: str
    birth_date: date
    card_no: str
    card_serial: str
    person_kind: str
    height_cm: str
    weight_kg: str
    allergies: str
    insurances: tuple[DemoInsurance, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class DemoDoctor:
    key: str
    name: str
    code: str
    id_no: str
    department: str
    department_code: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoRxLine:
    """``drug`` is the code of an item or of a drug not carried; ``amount`` in ``unit``."""

    drug: str
    amount: str
    unit: str
    dose: str
    dose_unit: str
    frequency: str
    route: str
    days: int


@dataclass(frozen=True, slots=True)
class DemoPrescription:
    """A prescription to mint and the state it has when training starts."""

    key: str
    person: str
    doctor: str
    diagnosis: str
    diagnosis_code: str
    state: str
    issued_hours_ago: float
    valid_days: int
    scheme: str
    lines: tuple[DemoRxLine, ...]
    long_term: bool = False


@dataclass(frozen=True, slots=True)
class DemoStore:
    """The whole scenario."""

    store: DemoInstitution
    neighbour: DemoInstitution
    hospital: DemoHospital
    operators: tuple[DemoOperator, ...]
    items: tuple[DemoItem, ...]
    not_carried: tuple[DemoDrug, ...]
    persons: tuple[DemoPerson, ...]
    pharmacists: tuple[DemoPharmacist, ...]
    doctors: tuple[DemoDoctor, ...]
    prescriptions: tuple[DemoPrescription, ...]
    drugs: Mapping[str, DemoDrug] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = {drug.code: drug for drug in (*self.items, *self.not_carried)}
        object.__setattr__(self, "drugs", MappingProxyType(known))


@lru_cache(maxsize=256)
def trace_codes(lot: DemoLot) -> tuple[str, ...]:
    """The 20-digit trace codes of every pack of ``lot``, by the rule in the file's head."""
    if lot.quantity > _SERIALS:
        raise ValueError(f"{lot.item}/{lot.lot_no}: more packs than serial numbers")
    digest = hashlib.sha256(f"{lot.item}/{lot.lot_no}".encode()).digest()
    mark = int.from_bytes(digest, "big") % _LOT_MARKS
    return tuple(f"{lot.prefix}{mark:08d}{serial:05d}" for serial in range(1, lot.quantity + 1))


def load_demo_store(today: date) -> DemoStore:
    """The scenario as of ``today``. Raises ``ValueError`` naming the place of anything wrong."""
    tree = dict(_read())
    tree["items"] = [_own_lots(item) for item in tree["items"]]
    store: DemoStore = build(DemoStore, tree, today, DEMO_STORE)
    return store


@cache
def _read() -> Mapping[str, Any]:
    text = (resources.files(__name__) / DEMO_STORE).read_text("utf-8")
    return tomllib.loads(text)


def _own_lots(item: Mapping[str, Any]) -> dict[str, Any]:
    prefix = item["drug_prefixes"][0]
    lots = [{**lot, "item": item["code"], "prefix": prefix} for lot in item["lots"]]
    return {**item, "lots": lots}


Built = TypeVar("Built")


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def build(kind: type[Built], tree: Mapping[str, Any], today: date, where: str) -> Built:
    """A dataclass out of a table. Raises ``ValueError`` naming the place, never a value."""
    described: Any = kind
    hints = _hints(described)
    wanted = {f.name for f in fields(described) if f.init}
    unknown = tree.keys() - wanted
    if unknown:
        raise ValueError(f"{where}: unknown {sorted(unknown)}")
    values = {
        name: _value(hints[name], value, today, f"{where}.{name}") for name, value in tree.items()
    }
    try:
        return kind(**values)
    except TypeError as missing:
        raise ValueError(f"{where}: {missing}") from missing


def _value(kind: Any, value: Any, today: date, where: str) -> Any:
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return _row(inner, value, today, where)
    if is_dataclass(kind) and isinstance(kind, type):
        return build(kind, value, today, where)
    if kind is date:
        return _day(value, today, where)
    if kind is float and isinstance(value, int):
        return float(value)
    if not isinstance(kind, UnionType) and type(value) is not kind:
        raise ValueError(f"{where}: {kind.__name__} expected")
    return value


def _row(inner: Any, values: Sequence[Any], today: date, where: str) -> tuple[Any, ...]:
    if not isinstance(values, list):
        raise ValueError(f"{where}: a list expected")
    return tuple(_value(inner, v, today, f"{where}[{i}]") for i, v in enumerate(values))


def _day(value: Any, today: date, where: str) -> date:
    text = str(value)
    try:
        if text[:1] in "+-" and text.endswith("d"):
            return today + timedelta(days=int(text[:-1]))
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise ValueError(f"{where}: {text} is no day") from wrong
