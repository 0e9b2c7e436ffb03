"""What IT hands over at the first start of a live store: people, drugs, keys; a PIN made anew."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.crypto.pins import hash_pin
from app.domain.access import Role
from app.domain.audit import Pharmacist
from app.domain.credential import IdNumber, PersonName
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.domain.goods.stock import Item, Storage
from app.domain.money import price
from app.jobs.clock import SystemClock
from app.live.store import LiveStore, SecretPlace
from app.ports.store import StaffMember
from app.profile.toml_text import read_toml
from resources.scenarios import STORAGE, build

if TYPE_CHECKING:
    from app.cli.doors import ProvisionWish
    from localdb.store import SqlStore

_RESIDENT_ID = "01"
_BY_IT = 0
_RESET = "IT"


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Who may sign in. ``pin`` is for the first sign-in only. A pharmacist has the last three."""

    login: str
    name: str
    pin: str
    roles: tuple[str, ...]
    id_no: str = ""
    pharmacist_code: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class ListedDrug:
    """A drug the store carries; ``price`` is yuan as text, ``storage`` as the pack says it.

    ``pieces`` single ones of ``piece_unit`` are in a pack; ``splits``: parts of it are sold.
    """

    code: str
    national_code: str
    generic_name: str
    specification: str
    maker: str
    approval_no: str
    pack_unit: str
    price: str
    prescription_only: bool
    pay_class: str
    storage: str
    product_name: str = ""
    dose_form: str = ""
    shelf: str = ""
    product_barcode: str = ""
    drug_prefixes: tuple[str, ...] = ()
    ephedrine: bool = False
    pieces: int = 1
    piece_unit: str = ""
    splits: bool = False


@dataclass(frozen=True, slots=True)
class StoreList:
    """The file."""

    people: tuple[ListedPerson, ...] = ()
    drugs: tuple[ListedDrug, ...] = ()


def provision(live: LiveStore, wish: ProvisionWish) -> Mapping[str, object]:
    """Enter what is handed over. Raises ``LocalTrouble``, also while a window holds the base, and
    ``OperatorInput`` for a login nobody has."""
    from localdb.opening import require_free
    from localdb.store import open_store

    keys = _keep_keys(live, wish.keys) if wish.keys is not None else 0
    if wish.file is None and not wish.reset:
        return {"staff": 0, "items": 0, "keys": keys, "pin": ""}
    listed = _read(wish.file) if wish.file is not None else StoreList()
    items = _items(listed, str(wish.file))
    _require_roles(listed, str(wish.file))
    location = live.location(None, "")
    require_free(location)
    location.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(open_store(location, live.keys(location), SystemClock())) as store:
        staff, drugs = _entered(store, listed, items) if wish.file is not None else (0, 0)
        pin = _reset(store, wish.reset) if wish.reset else ""
    return {"staff": staff, "items": drugs, "keys": keys, "pin": pin}


def _entered(store: SqlStore, listed: StoreList, items: list[Item]) -> tuple[int, int]:
    from localdb.seeding import enter

    with store.reading() as unit:
        there = {member.login for member in unit.people.all()}
    # a hash is slow on purpose: only of those who are new
    members = [_member(person) for person in listed.people if person.login not in there]
    return enter(store, members, items, SystemClock().now())


def _reset(store: SqlStore, login: str) -> str:
    """For the store whose only manager forgot; whoever may run this has the machine anyway."""
    from app.workflow.people.signing import hand_out

    with store.reading() as unit:
        member = unit.people.by_login(login)
    if member is None:
        raise OperatorInput(Code.USAGE_WRONG, what=login)
    return hand_out(store, member.staff_id, _BY_IT, _RESET, SystemClock().now(), hash_pin)


def _keep_keys(live: LiveStore, folder: Path) -> int:
    """Put the keys of a folder into the key store of the system; IT deletes the files."""
    from localdb.secret_files import SecretFiles

    place: SecretPlace = live.secret_entries()
    held, read = 0, SecretFiles(folder)
    for name in live.secret_names():
        text = read(name)
        if text:
            place.keep(name, text)
            held += 1
    return held


def _read(file: Path) -> StoreList:
    try:
        tree = read_toml(file.read_text("utf-8-sig"))
        return build(StoreList, tree, date.today(), "")  # noqa: DTZ011 - no day in it
    except ValueError as wrong:
        said = "UTF-8" if isinstance(wrong, UnicodeDecodeError) else str(wrong)
        raise LocalTrouble(Code.LIST_WRONG, file=str(file), what=said) from wrong


def _require_roles(listed: StoreList, file: str) -> None:
    for place, person in enumerate(listed.people):
        if not person.roles or not set(person.roles) <= set(Role):
            raise _wrong(file, f"people[{place}].roles")
        if not person.login.strip() or not person.pin:
            raise _wrong(file, f"people[{place}]: login, pin")


def _member(person: ListedPerson) -> StaffMember:
    pharmacist = None
    if person.pharmacist_code:
        pharmacist = Pharmacist(
            staff_id=0,
            name=PersonName(person.name),
            id_kind=_RESIDENT_ID,
            id_number=IdNumber(person.id_no),
            pharmacist_code=person.pharmacist_code,
            licence_no=person.licence,
        )
    roles = frozenset(Role(role) for role in person.roles)
    hashed = hash_pin(person.pin)
    return StaffMember(0, person.login, person.name, hashed, roles, pharmacist, 0, None, True)


def _items(listed: StoreList, file: str) -> list[Item]:
    made = []
    for place, drug in enumerate(listed.drugs):
        try:
            made.append(_item(drug))
        except (KeyError, ValueError, OperatorInput) as wrong:
            raise _wrong(file, f"drugs[{place}]: price, storage") from wrong
    return made


def _item(drug: ListedDrug) -> Item:
    return Item(
        item_id=0,
        store_code=drug.code,
        national_code=drug.national_code,
        generic_name=drug.generic_name,
        product_name=drug.product_name,
        dose_form=drug.dose_form,
        specification=drug.specification,
        maker=drug.maker,
        approval_no=drug.approval_no,
        product_barcode=drug.product_barcode,
        prefixes=frozenset(drug.drug_prefixes),
        needs_prescription=drug.prescription_only,
        pay_class=drug.pay_class,
        retail_price=price(drug.price),
        unit=drug.pack_unit,
        initials="",
        shelf=drug.shelf,
        storage=Storage(STORAGE[drug.storage]),
        ephedrine=drug.ephedrine,
        pieces=drug.pieces,
        piece_unit=drug.piece_unit,
        splits=drug.splits,
    )


def _wrong(file: str, what: str) -> LocalTrouble:
    return LocalTrouble(Code.LIST_WRONG, file=file, what=what)
