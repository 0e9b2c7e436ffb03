"""The shape of a region. Closed vocabularies: an unknown key or value refuses to load.

Key names are those of core-platform 12, prescription-centre 14, identity-and-devices 10 and
trace-and-stock 8; what each means is written there.
"""

from enum import StrEnum
from typing import Literal

import msgspec

from app.domain.case import Kind, Step
from app.domain.settlement import StatusQuery
from app.domain.uploads import AnswerClass, Remedy
from app.profile.operations import Operation, Service


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a profile."""


class Transport(StrEnum):
    HTTP = "http"
    DLL = "dll"
    IN_PROCESS = "in_process"


class Security(StrEnum):
    """How requests of the core platform prove who sends them: headers (core-platform 1.4)."""

    NONE = "none"
    TIF = "tif"
    OAUTH = "oauth"
    TIF_OAUTH = "tif_oauth"

    @property
    def tif(self) -> bool:
        return self in (Security.TIF, Security.TIF_OAUTH)

    @property
    def oauth(self) -> bool:
        return self in (Security.OAUTH, Security.TIF_OAUTH)


class Signing(StrEnum):
    """What stands in ``cainfo`` and around ``input`` (core-platform 1.5).

    ``sm2_fields``: a signature over the other fields of the envelope. ``sm2_sealed``: a signature
    over the input, which travels under SM4, as the output does.
    """

    NONE = "none"
    SM2_FIELDS = "sm2_fields"
    SM2_SEALED = "sm2_sealed"


class Confidence(StrEnum):
    """Marks of the interface reference."""

    CONFIRMED = "confirmed"
    SINGLE = "single"
    SIBLING = "sibling"
    PROPOSED = "proposed"
    ASSUMED = "assumed"


class Timeouts(Part, frozen=True):
    """Seconds."""

    connect: float
    query: float
    settle: float
    file: float


class CorePart(Part, frozen=True):
    transport: Transport
    path_mode: Literal["single", "suffix", "per_service"]
    path: str
    security: Security
    signing: Signing
    timeout: Timeouts
    infver: str
    recer_sys_code: str
    opter_type: str
    insuplc_default: Literal["empty", "local"]
    input_as_string: bool
    amount_as: Literal["number", "string"]
    tif_hex_case: Literal["lower", "upper"]
    tif_window_s: int
    reply_limit_bytes: int
    require_sign_no: Literal["off", "warn", "reject"]
    signin_shape: Literal["signIn", "data_result"]
    sign_in_per: Literal["operator", "institution"]
    token_len_max: int
    cert_fields_1101: bool
    unknown_text_patterns: tuple[str, ...]
    sign_in_text_patterns: tuple[str, ...]
    encoding: Literal["utf-8", "gb18030"]


class OauthPart(Part, frozen=True):
    """Where a token is asked for and how (core-platform 1.4). ``early_s``: seconds before its end
    at which a token is not used any more; ``life_s`` where an answer names no end."""

    path: str
    grant_type: Literal["password", "client_credentials"]
    scope: str
    early_s: int
    life_s: int


class LibraryPart(Part, frozen=True):
    """The vendor's library, where ``core.transport`` is ``dll`` (core-platform 1.2).

    ``signature`` is the shape of its functions. ``sized``: open with user and password, call with
    the room for the answer and a text of its own for errors. ``plain``: open with nothing, call
    with text in and text out. ``configured``: as ``plain``, opened with a JSON text of
    ``settings``, in which ``$institution``, ``$area``, ``$user`` and ``$password`` stand for what
    this store has. ``decode``: a function of its own for the text of an e-voucher (channel B4).
    ``too_small`` are the values by which the vendor promises that the room was
    too small and nothing was sent. Sizes in bytes, ``start_s`` in seconds.
    """

    file: str
    signature: Literal["sized", "plain", "configured"]
    convention: Literal["cdecl", "stdcall"]
    start: str
    call: str
    decode: str
    answer_bytes: int
    error_bytes: int
    too_small: tuple[int, ...]
    answer_limit_bytes: int
    start_s: float
    over_http: tuple[Operation, ...]
    settings: dict[str, str]


class TerminalPart(Part, frozen=True):
    """The certified scanner or 综合服务终端 whose library reads an e-voucher by itself, where
    ``voucher.ec_decode_channel`` is ``A`` (identity-and-devices 2.3, 2.9).

    ``national``: one function with address, question and room, which gives back a text.
    ``configured``: opened with a JSON text of ``settings``, asked with text in and text out.
    ``$address`` in ``settings`` stands for the address of the decoding service, the others as in
    ``LibraryPart``. ``trans_type`` names the question. ``wait_s``: how long a person may hold out
    a phone. Sizes in bytes.
    """

    file: str
    signature: Literal["national", "configured"]
    convention: Literal["cdecl", "stdcall"]
    start: str
    call: str
    trans_type: str
    encoding: Literal["utf-8", "gb18030"]
    answer_bytes: int
    error_bytes: int
    start_s: float
    wait_s: float
    settings: dict[str, str]


class RxCentrePart(Part, frozen=True):
    epc_channel: Literal["http", "fsi", "hybrid"]
    epc_generation: Literal["2021", "2022_http", "2024_fsi", "hybrid"]
    epc_field_case: Literal["camel", "snake"]
    epc_alg_case: Literal["upper", "lower"]
    epc_version: str
    epc_timestamp_format: Literal["ms13", "s10", "yyyyMMddHHmmss"]
    epc_key_derivation: Literal["first16", "even"]
    epc_canon_variant: Literal["A", "B"]
    epc_strict_plaintext: bool
    epc_verify_mode: Literal["strict", "tolerant"]
    epc_code_type: Literal["int", "string"]
    epc_token_len_max: int
    epc_token_scope: Literal["list", "prescription"]
    epc_token_ttl_s: int
    epc_rx_key: Literal["hiRxno", "authRxno"]
    epc_dise_shape: Literal["array", "object"]
    epc_vali_days: int
    epc_downloads_per_identity: int
    epc_code_pattern: str
    list_scope: Literal["valid", "all"]
    document_limit_bytes: int
    timeout_s: float


class VoucherPart(Part, frozen=True):
    ec_decode_channel: Literal["A", "B1", "B2", "B3", "B4"]
    ec_qr_channel: str
    ec_code_text_sources: tuple[Literal["camera", "wedge", "serial"], ...]
    ec_business_type_rx: str
    ec_business_type_sale: str
    ec_qr_pattern: str
    ec_qr_lenient: str
    ec_qr_ttl_s: int
    token_reuse: Literal["per_call", "per_sale", "ttl"]
    password_mode: Literal["none", "cainfo_rsa", "token_after_password", "pw_ectoken"]
    password_trans_type: str
    password_operations: tuple[Operation, ...]
    password_with_token: bool
    path: str
    timeout_s: float


class SettlePart(Part, frozen=True):
    """How money moves. ``compared_kinds``: kinds of clearing, beside the usual one, of which the
    day's totals and the statement of a doubt are asked although no book of ours names them."""

    mode: Literal["own", "external"]
    settle_shape: Literal["A1", "A2", "A3", "none"]
    quiescence_s: int
    reversible: tuple[Operation, ...]
    reverse_shape: Literal["data", "flat"]
    status_query: StatusQuery
    confirm: tuple[Literal["statement", "query"], ...]
    definite_rejects: tuple[str, ...]
    backoff_s: tuple[int, ...]
    max_reversals: int
    pharmacy_med_type: str
    clearing_kind: str
    compared_kinds: tuple[str, ...]
    insurance_order: tuple[str, ...]
    account_used: bool


class RulesPart(Part, frozen=True):
    sale_upload_order: Literal["before_settlement", "after_settlement", "both"]
    sale_channel: Literal["core", "centre", "both"]
    pharmacist_proof: Literal["login", "own_voucher"]
    pharmacist_proof_ttl_s: int
    print_and_hand_sign: bool
    store_mode: Literal["partial", "full"]
    bchno_mode: Literal["batch", "per_row"]
    trace_placement: Literal["nested_array", "nested_object", "sibling"]
    trace_len: int
    trace_pattern_20: str
    gs1_string_form: Literal["raw", "no_separator", "bracketed", "serial"]
    trace_levels_at_sale: Literal["unit", "any"]
    split_remainder_mode: Literal["none", "reuse_box", "skip", "filler"]
    split_filler: str
    split_count: Literal["pack", "piece"]
    trace_exempt_forms: tuple[str, ...]
    no_code_reasons: tuple[Literal["exempt", "old_stock", "damaged", "fault"], ...]
    no_code_made_before: str
    mdtrt_setl_type_key: Literal["mdtrt_setl_type", "MDTRT_SETL_TYPE"]
    time_format_3505: str
    required_set_35xx: Literal["old", "new", "union"]
    max_rows_A: int
    page_size_max: int
    result_node: Literal["flat", "result", "none"]
    hi_feesetl_local: str
    near_expiry_days: int
    near_expiry_red_days: int
    ephedrine_packs: int
    ephedrine_window_days: int
    ephedrine_window_packs: int
    unseen_code_action: Literal["warn", "stop"]
    upload_deadline_h: int
    doctor_without_rx: str
    entitlement_check: Literal["asked", "before_presettle"]
    ahead_check: Literal["asked", "before_settle"]


class PapersPart(Part, frozen=True):
    """Papers after a region's own template. ``prescription`` is the title of the sheet."""

    prescription: str


class CataloguePart(Part, frozen=True):
    """How lists are fetched (core-platform 7). ``columns`` of a list: our name of a column and its
    place from the left, counted from 1; ``least_columns`` says how many a row has at least."""

    plc_in: Literal["filename", "fixmedins_code"]
    first_version: str
    archive_limit_bytes: int
    least_columns: dict[str, int]
    columns: dict[str, dict[str, int]]


class ScanningPart(Part, frozen=True):
    scan_gap_ms: int
    scan_min_len: int
    scan_idle_ms: int
    camera_decoders: tuple[Literal["zxing", "pyzbar"], ...]


class UploadsPart(Part, frozen=True):
    """How records that wait are told (reliability 4). Gaps and the lease in seconds.

    ``rows_at_once``: how many records of one kind may travel in one message, 1 for none.
    ``answers`` is what each class of answer leads to; ``[operations.*.answers]`` goes before it.
    ``unclear`` and ``forged`` follow ``on_unknown`` of the operation where nothing is said.
    """

    first_gap_s: int
    growth: int
    longest_gap_s: int
    most_tries: int
    lease_s: int
    at_once: int
    rows_at_once: int
    answers: dict[AnswerClass, Remedy]


class OperationPart(Part, frozen=True, kw_only=True):
    """One operation of this region. ``address`` is the number or the path it is known by.

    ``answers``: what an answer to this one leads to, by class or by the name of a code.
    ``already_there``: names of the refusals that mean that this very record is on file.
    ``after``: operations whose waiting records go first.
    ``on_unknown`` and ``on_absent`` are read by ``app.profile.unknown``.
    """

    service: Service
    address: str
    kind: Kind
    path: str = ""
    undo: Operation | None = None
    deferrable: bool = False
    enabled: bool = True
    on_unknown: str = ""
    on_absent: Literal["", "resend", "person"] = ""
    answers: dict[str, Remedy] = {}
    already_there: tuple[str, ...] = ()
    after: tuple[Operation, ...] = ()
    source: str
    confidence: Confidence


class Profile(Part, frozen=True, kw_only=True):
    """A region, complete and validated. ``digest`` identifies the exact rules of a case."""

    id: str
    name: str
    area: str
    routes: dict[str, tuple[Step, ...]]
    core: CorePart
    library: LibraryPart
    terminal: TerminalPart
    oauth: OauthPart
    rxcentre: RxCentrePart
    voucher: VoucherPart
    settle: SettlePart
    rules: RulesPart
    scanning: ScanningPart
    catalogue: CataloguePart
    papers: PapersPart
    uploads: UploadsPart
    operations: dict[Operation, OperationPart]
    tables: dict[str, dict[str, str]]
    digest: str = ""

    def operation(self, operation: Operation) -> OperationPart:
        """The region's entry for ``operation``. Raises ``KeyError`` where it has none."""
        return self.operations[operation]

    @property
    def reads_by_terminal(self) -> bool:
        """Whether a library reads e-vouchers by itself: no text of a code is worth anything."""
        return self.voucher.ec_decode_channel == "A"

    def encoding(self, operation: Operation) -> str:
        """Of a message of the core platform: what goes past the library is always UTF-8."""
        past = operation in self.library.over_http and self.core.transport is Transport.DLL
        return "utf-8" if past else self.core.encoding

    def address(self, operation: Operation) -> str:
        return self.operations[operation].address

    def known_as(self, service: Service, address: str) -> Operation | None:
        """The operation behind a wire address, for servers."""
        for operation, part in self.operations.items():
            if part.service is service and part.address == address:
                return operation
        return None
