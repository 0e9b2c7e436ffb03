"""The platform as the inside sees it: compose purely, then exchange a committed message.

Every exchange returns an ``Answer`` or raises ``PlatformRejected`` (a verified no), ``NotSent``
(proof that no byte left) or ``OutcomeUnknown`` (anything else); ``evidence`` holds ``WireFacts``.
Nothing is retried below this line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain.credential import Person
from app.ports import catalogue as k
from app.ports import circulation as c
from app.ports import insurance as i
from app.ports import replies as r
from app.ports import requests as q
from app.ports import stock as g
from app.ports.messages import Answer, Committed, Draft
from app.ports.stock import StockRecord

Q = TypeVar("Q")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, as the envelope of every message says."""

    institution_code: str
    institution_name: str
    service_area: str
    operator_no: str
    operator_name: str
    sign_no: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """One message id and the moment of composing (time of message ids never runs backwards)."""

    message_id: str
    at: datetime


class CorePlatform(Protocol):
    """医保核心平台."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...

    def open_day(self, message: Committed[q.OpenDay]) -> Answer[r.DayOpened]: ...

    def close_day(self, message: Committed[q.CloseDay]) -> Answer[None]: ...

    def query_person(self, message: Committed[q.QueryPerson]) -> Answer[Person]: ...

    def upload_sale(self, message: Committed[q.UploadSale]) -> Answer[r.SaleAccepted]: ...

    def return_sale(self, message: Committed[q.ReturnSale]) -> Answer[r.SaleAccepted]: ...

    def query_trail(self, message: Committed[q.QueryTrail]) -> Answer[r.TrailFound]: ...

    def tell_stock(self, message: Committed[StockRecord]) -> Answer[r.SaleAccepted]:
        """A count, a change, a purchase or its return."""
        ...

    def presettle(self, message: Committed[q.Presettle]) -> Answer[r.Presettled]: ...

    def settle(self, message: Committed[q.Settle]) -> Answer[r.Settled]: ...

    def revoke_settlement(self, message: Committed[q.RevokeSettlement]) -> Answer[r.Revoked]: ...

    def reverse(self, message: Committed[q.Reverse]) -> Answer[None]: ...

    def query_settlement(
        self, message: Committed[q.QuerySettlement]
    ) -> Answer[r.SettlementFound]: ...

    def reconcile_totals(
        self, message: Committed[q.ReconcileTotals]
    ) -> Answer[r.TotalsCompared]: ...

    def upload_file(self, message: Committed[q.UploadFile]) -> Answer[r.FileStored]: ...

    def download_file(self, message: Committed[q.DownloadFile]) -> Answer[r.FileFetched]: ...

    def reconcile_lines(self, message: Committed[q.ReconcileLines]) -> Answer[r.FileStored]: ...

    def statement_file(self, lines: Sequence[q.StatementLine]) -> bytes:
        """The upload file of the line-by-line comparison (core-platform 8.2)."""
        ...

    def read_statement(self, content: bytes) -> tuple[r.StatementResult, ...]:
        """Difference lines of a fetched result. Raises ``OutcomeUnknown`` where unreadable."""
        ...


class GoodsPlatform(Protocol):
    """医保核心平台 where it keeps the books of goods: many rows at once, and what it holds."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...

    def tell_rows(self, message: Committed[g.StockRows]) -> Answer[g.RowsTold]:
        """A yes may hold a no for single rows. Raises ``OutcomeUnknown`` also where the answer
        does not say which rows it means."""
        ...

    def erase_upload(self, message: Committed[g.EraseUpload]) -> Answer[r.SaleAccepted]: ...

    def query_stock(self, message: Committed[g.QueryStock]) -> Answer[g.StockPage]: ...

    def query_records(self, message: Committed[g.QueryRecords]) -> Answer[g.RecordPage]: ...


class CataloguePlatform(Protocol):
    """医保核心平台 where it gives out its catalogues."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...

    def fetch_list(self, message: Committed[k.FetchList]) -> Answer[k.ListFile]: ...

    def download_list(self, message: Committed[k.DownloadList]) -> Answer[bytes]:
        """The archive as it came; nothing about it is trusted yet."""
        ...

    def query_list(self, message: Committed[k.QueryList]) -> Answer[k.ListPage]: ...

    def query_dictionary(
        self, message: Committed[k.QueryDictionary]
    ) -> Answer[tuple[k.DictionaryWord, ...]]: ...

    def rows_of(self, kind: k.Listing, archive: bytes) -> Iterator[k.Entry]:
        """Rows of a fetched archive, one at a time.

        Raises ``OutcomeUnknown`` where the archive or a row cannot be read.
        """
        ...


class InsurancePlatform(Protocol):
    """医保核心平台 where it answers questions about an insurance around a settlement."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...

    def check_entitlement(
        self, message: Committed[i.CheckEntitlement]
    ) -> Answer[tuple[i.Entitlement, ...]]: ...

    def query_fees(self, message: Committed[i.QueryFees]) -> Answer[tuple[i.FeeLine, ...]]: ...

    def check_ahead(self, message: Committed[i.CheckAhead]) -> Answer[tuple[i.Concern, ...]]: ...


class SaleBook(Protocol):
    """Whoever is told what was sold: the core platform or the prescription centre."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...

    def upload_sale(self, message: Committed[q.UploadSale]) -> Answer[r.SaleAccepted]: ...

    def return_sale(self, message: Committed[q.ReturnSale]) -> Answer[r.SaleAccepted]: ...


class RxCentre(SaleBook, Protocol):
    """医保电子处方中心."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...

    def authorise(self, message: Committed[q.Authorise]) -> Answer[r.Authorised]: ...

    def download(self, message: Committed[q.Download]) -> Answer[r.Downloaded]: ...

    def verify(self, message: Committed[q.Verify]) -> Answer[r.Verified]: ...

    def upload_audit(self, message: Committed[q.UploadAudit]) -> Answer[r.AuditAccepted]: ...

    def query_online(self, message: Committed[c.QueryOnlineRx]) -> Answer[c.OnlineRxPage]: ...

    def decode_code(self, message: Committed[c.DecodeRxCode]) -> Answer[c.RxCodeDecoded]: ...

    def sync_delivery(self, message: Committed[c.SyncDelivery]) -> Answer[c.DeliveryTaken]: ...

    def confirm_delivery(
        self, message: Committed[c.ConfirmDelivery]
    ) -> Answer[c.DeliveryTaken]: ...

    def query_catalogue(self, message: Committed[c.QueryCatalogue]) -> Answer[c.CirculatedPage]: ...


class VoucherService(Protocol):
    """医保电子凭证解码."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...

    def decode(self, message: Committed[q.DecodeVoucher]) -> Answer[r.Decoded]: ...

    def verify_password(self, message: Committed[q.VerifyPassword]) -> Answer[r.Decoded]: ...

    def leave(self) -> None:
        """Give up a reading that waits for somebody's code, from any thread; else nothing."""
        ...


class DocumentSeal(Protocol):
    """Checks the insurance e-signature inside a prescription file (app/crypto behind it)."""

    def digest(self, document: bytes) -> str:
        """SM3 of the bytes, lower-case hex."""
        ...

    def inspect(self, document: bytes) -> "SealFacts":
        """Who sealed these bytes. Raises ``PlatformRejected`` where the seal does not hold."""
        ...


@dataclass(frozen=True, slots=True)
class SealFacts:
    """A seal that holds over every byte of the file."""

    signer: str
    certificate_serial: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Platform:
    """The three neighbours of a counter; ``goods``, ``catalogue`` and ``insurance`` are rooms of
    the core platform."""

    core: CorePlatform
    goods: GoodsPlatform
    catalogue: CataloguePlatform
    insurance: InsurancePlatform
    rxcentre: RxCentre
    voucher: VoucherService
    seal: DocumentSeal
