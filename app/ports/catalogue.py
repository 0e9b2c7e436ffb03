"""Catalogues: lists of the platform brought here page by page, and searched without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from app.ports.stock import PagePlace
from app.profile.operations import Operation


class Listing(StrEnum):
    """Lists a counter keeps. The first two come as files by version, the others page by page."""

    DRUGS = "drugs"
    HERBS = "herbs"
    CIRCULATED = "circulated"
    INSURED = "insured"
    ITEM_LINKS = "item_links"
    STORE_LINKS = "store_links"
    CEILINGS = "ceilings"
    SHARES = "shares"


BY_VERSION = frozenset({Listing.DRUGS, Listing.HERBS})
OPERATION_OF: dict[Listing, Operation] = {
    Listing.DRUGS: Operation.FETCH_DRUGS,
    Listing.HERBS: Operation.FETCH_HERBS,
    Listing.CIRCULATED: Operation.QUERY_CATALOGUE,
    Listing.INSURED: Operation.QUERY_INSURED_ITEMS,
    Listing.ITEM_LINKS: Operation.QUERY_ITEM_LINKS,
    Listing.STORE_LINKS: Operation.QUERY_STORE_LINKS,
    Listing.CEILINGS: Operation.QUERY_PRICE_CEILINGS,
    Listing.SHARES: Operation.QUERY_SELF_PAY_SHARES,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list that names a drug. ``row_no`` is the platform's own number of the row.

    ``initials`` are those the platform gives, empty where it gives none.
    """

    row_no: str
    code: str
    name: str
    brand: str = ""
    dose_form: str = ""
    specification: str = ""
    maker: str = ""
    approval_no: str = ""
    pay_class: str = ""
    unit: str = ""
    initials: str = ""
    valid: bool = True
    version: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One row of a list that says something about a code: a link, a ceiling, a share."""

    row_no: str
    code: str
    other: str = ""
    kind: str = ""
    value: str = ""
    area: str = ""
    begins: date | None = None
    ends: date | None = None
    valid: bool = True


Row = Entry | Term


@dataclass(frozen=True, slots=True)
class FetchList:
    """What is newer than ``version``; "0" asks for everything."""

    listing: Listing
    version: str


@dataclass(frozen=True, slots=True)
class ListFile:
    """Where the newer rows lie; ``count`` 0: nothing is newer."""

    file_query_no: str
    filename: str
    count: int


@dataclass(frozen=True, slots=True)
class DownloadList:
    listing: Listing
    file_query_no: str
    filename: str


@dataclass(frozen=True, slots=True)
class QueryList:
    """One page of rows changed since a day, that day included; pages count from 1."""

    listing: Listing
    since: date
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: tuple[Row, ...]
    place: PagePlace


@dataclass(frozen=True, slots=True)
class QueryDictionary:
    """字典表查询 of one table of codes, as it holds on a day."""

    kind: str
    area: str
    day: date


@dataclass(frozen=True, slots=True)
class DictionaryWord:
    kind: str
    code: str
    label: str
    valid: bool


@dataclass(frozen=True, slots=True)
class ListMark:
    """How far a list has come, written with the rows it counts.

    ``page`` is the last page, or the number of file rows, that lies here. ``done`` rows of
    ``total`` in this round. ``since`` and ``version`` are what the round asked for; ``next_since``
    is what the next one will. ``finished_at`` None: the round was cut off and goes on from here.
    """

    listing: Listing
    since: date
    version: str
    page: int
    done: int
    total: int
    next_since: date
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One found drug; ``carried`` where this store has an item with that code."""

    listing: Listing
    entry: Entry
    carried: bool


class LocalCatalogue(Protocol):
    """What was brought here. A file of its own: it can be fetched again, it is no record."""

    def mark(self, listing: Listing) -> ListMark | None: ...

    def take(self, mark: ListMark, rows: Sequence[Row]) -> None:
        """Rows and mark in one commit; a row that is here already is replaced."""
        ...

    def keep_file(self, listing: Listing, archive: bytes) -> None: ...

    def file(self, listing: Listing) -> bytes | None:
        """The archive that is being read in, if any."""
        ...

    def drop_file(self, listing: Listing) -> None: ...

    def learn_barcodes(self, barcodes: Sequence[tuple[str, str]]) -> None:
        """Pairs of product barcode and national code of this store's items."""
        ...

    def search(self, typed: str, limit: int = 50) -> tuple[Hit, ...]:
        """By pinyin initials, words of the name, national code or barcode.

        Of the first ``limit`` found, those this store carries come first.
        """
        ...

    def terms(self, listing: Listing, code: str) -> tuple[Term, ...]: ...

    def count(self, listing: Listing) -> int: ...
