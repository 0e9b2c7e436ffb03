"""The seven error families: a family says what the machine does, a code what the screen reads."""

from collections.abc import Mapping
from enum import IntEnum
from typing import ClassVar


class Code(IntEnum):
    """Stable codes; the thousands digit is the family, ``resources/errors`` has the sentences."""

    # 1xxx the person at the counter can fix it here
    SCAN_UNKNOWN = 1200
    SCAN_NOT_TRACE_CODE = 1201
    SCAN_REPEATED = 1202
    SCAN_WRONG_PRODUCT = 1203
    SCAN_SOLD_BEFORE = 1204
    SCAN_ENOUGH = 1205
    SCAN_EXPIRED = 1206
    SCAN_HELD_LOT = 1207
    SCAN_NEAR_EXPIRY = 1208
    SCAN_CONTROL_CHARACTERS = 1209
    SCAN_CASE_CODE = 1210
    SCAN_UNSEEN_AT_RECEIPT = 1211
    SCAN_EARLIER_LOT = 1212
    SCAN_WRONG_LOT = 1213
    SCAN_NOT_NOW = 1214
    SCAN_PAYMENT_CODE = 1215
    SCAN_FOREIGN_QR = 1216
    SCAN_MENDED = 1217
    SCAN_CLAIMED_ELSEWHERE = 1218
    SCAN_NEEDS_PRESCRIPTION = 1251
    SCAN_NOT_OF_SALE = 1219
    SCAN_EXPIRES_SOON = 1220
    SCAN_PRESCRIPTION_CODE = 1221
    SCAN_NOT_RECEIVED = 1222
    SCAN_SEPARATOR_LOST = 1223
    SCAN_NO_SERIAL = 1224
    SCAN_DEVICE_CODE = 1225
    SCAN_LOT_UNKNOWN = 1226
    SCAN_GS1_UNREADABLE = 1227
    SCAN_NO_CODE = 1228
    NO_CODE_REFUSED = 1229
    SCAN_BOX_OPENED = 1231
    SCAN_BOX_USED_UP = 1232
    SCAN_OPENED_FIRST = 1233
    SCAN_BOX_SIZE = 1234
    PREFIX_UNCONFIRMED = 1235
    PREFIX_DIFFERS = 1236
    SCAN_BOX_LEFT = 1237
    SCAN_BOX_STOPPED = 1238
    IDENTITY_INVALID = 1301
    PATIENT_DIFFERS = 1302
    IDENTITY_NEEDED_AGAIN = 1303
    PERSON_NOT_INSURED = 1304
    CHOICE_UNAVAILABLE = 1305
    PASSWORD_NEEDED = 1306
    CUSTOMER_CHANGED = 1307
    VOUCHER_BY_TERMINAL = 1308
    NO_TERMINAL = 1309
    PHARMACIST_UNKNOWN = 1401
    PHARMACIST_DIFFERS = 1402
    CHECKS_OPEN = 1403
    OPINION_MISSING = 1404
    PHARMACIST_NEEDED = 1405
    SELF_AUDIT = 1406
    BOXES_MISSING = 1501
    STOCK_SHORT = 1502
    ITEM_UNMAPPED = 1503
    CASH_SHORT = 1504
    SPLIT_NOT_SOLD = 1505
    ITEM_NOT_CARRIED = 1506
    PACK_UNCONFIRMED = 1507
    SALE_EMPTY = 1508
    DISPENSER_MISSING = 1509
    PIECES_WRONG = 1511
    SPLIT_NEEDS_CODE = 1512
    SIGN_IN_WRONG = 1601
    SIGN_IN_LOCKED = 1602
    NOT_ALLOWED = 1603
    STEP_MOVED_ON = 1604
    ABANDON_REFUSED = 1605
    PRESCRIPTION_LIVE_ELSEWHERE = 1606
    AMOUNT_INVALID = 1607
    EVIDENCE_CONTRADICTS = 1608
    RETURN_CODES_DIFFER = 1609
    REASON_MISSING = 1610
    STATEMENT_MISSING = 1611
    SALE_NOT_FOUND = 1612
    SECOND_NOT_ALLOWED = 1613
    SECOND_IS_FIRST = 1614
    SETTLED_NUMBER_WRONG = 1621
    SETTLED_NUMBER_KNOWN = 1622
    SETTLED_RX_KNOWN = 1623
    SETTLED_PARTS_DIFFER = 1624
    CENTRE_NOT_TOLD = 1626
    PIN_DUE = 1641
    PIN_WEAK = 1642
    PIN_DIFFERS = 1643
    PIN_OWN = 1644
    MEND_WRONG = 1651
    DAY_NOT_OPEN = 1653
    OFFLINE_LIMIT = 1654
    LIMITS_WRONG = 1655
    AUDIT_WAITS = 1656
    DAY_MONEY_OPEN = 1661
    RECOVERY_OPEN = 1662
    BEFORE_RECOVERY = 1663
    CLOCK_BEHIND = 1664
    ADOPT_RETURN_FIRST = 1665
    ADOPT_KIND_UNKNOWN = 1666
    CLOCK_DIFFERS = 1667
    STILL_ON_ITS_WAY = 1668
    DELIVERY_INCOMPLETE = 1671
    DELIVERY_MOVED_ON = 1672
    DELIVERY_NOT_OF_RX = 1673
    USAGE_WRONG = 1701
    FILE_UNREADABLE = 1702
    READY_LINE_WRONG = 1703
    FAULT_UNKNOWN = 1704
    COMMAND_MISSING = 1705
    VISIT_STALLED = 1706
    CUSTOMERS_SERVED = 1707
    DELIVERY_KNOWN = 1801
    LINE_WRONG = 1802
    BOX_KNOWN = 1803
    BOX_WITHOUT_LINE = 1804
    NOTE_EMPTY = 1805
    NOTE_UNNAMED = 1806
    TEMPLATE_WRONG = 1807
    SHEET_UNREADABLE = 1808
    CHANGE_KIND_UNKNOWN = 1809
    INVOICE_MISSING = 1810
    ERASE_OTHERS = 1811
    RECORD_ON_ITS_WAY = 1812
    COUNT_OPEN = 1813
    COUNT_NONE = 1814
    COUNT_INCOMPLETE = 1815
    QUEUE_NOT_DRAINED = 1816
    BOX_NEVER_HERE = 1817
    COLD_STAYS_OUT = 1818
    CODES_MISSING = 1819
    ITEM_CODE_UNKNOWN = 1831
    PACK_SIZE_WRONG = 1832
    PACK_HAS_OPENED = 1833
    CHANGE_OTHER_LOT = 1834
    CHANGE_NOT_WHOLE = 1835
    BUYER_MISSING = 1821
    BUYER_LIMIT = 1822
    BUYER_WINDOW = 1823
    BUYER_NOT_NOW = 1824
    REGISTER_EMPTY = 1825
    STOCK_WENT_ON = 1840

    # 2xxx a thing is absent, busy or empty
    CAMERA_MISSING = 2101
    CAMERA_DARK = 2102
    CAMERA_FROZEN = 2103
    SCANNER_MISSING = 2111
    SCANNER_CAPS_LOCK = 2114
    READER_SERVICE_MISSING = 2201
    READER_MISSING = 2202
    READER_SILENT = 2203
    CARD_ABSENT = 2204
    CARD_UNKNOWN = 2205
    CARD_PULLED = 2206
    CARD_UNREADABLE = 2207
    CARD_EXPIRED = 2208
    ID_READER_MISSING = 2211
    PRINTER_OUT_OF_PAPER = 2301
    PRINTER_MISSING = 2302
    DECODER_MISSING = 2401

    # 3xxx a clear no, with reason
    REFUSED = 3001
    SIGN_IN_REQUIRED = 3002
    ENVELOPE_REFUSED = 3003
    SIGNATURE_INVALID = 3012
    DOCUMENT_UNREADABLE = 3013
    DOCUMENT_CHANGED = 3014
    PRESCRIPTION_UNKNOWN = 3020
    PRESCRIPTION_WITHDRAWN = 3021
    PRESCRIPTION_HELD = 3022
    PRESCRIPTION_EXPIRED = 3023
    PRESCRIPTION_USED = 3024
    PRESCRIPTION_REFUSED_BY_PHARMACIST = 3025
    NO_PRESCRIPTION = 3026
    VOUCHER_USED = 3101
    VOUCHER_EXPIRED = 3102
    VOUCHER_UNKNOWN = 3103
    TOKEN_REFUSED = 3104
    PERSON_UNKNOWN = 3105
    PASSWORD_WRONG = 3106
    READING_CANCELLED = 3107
    SALE_REFUSED = 3117
    CODE_SOLD_ELSEWHERE = 3118
    NOTHING_TO_RETURN = 3119
    SETTLEMENT_REFUSED = 3201
    AMOUNTS_DIFFER = 3202
    REFUND_REFUSED = 3203
    REVERSAL_NOTHING_FOUND = 3204

    # 4xxx certainly did not leave
    OFFLINE_SAVED = 4001
    DID_NOT_LEAVE = 4002
    NO_LINE = 4003
    QUEUE_LATE = 4010
    LIBRARY_ABSENT = 4021
    LIBRARY_UNLOADABLE = 4022
    LIBRARY_BITS = 4023
    LIBRARY_EXPORT = 4024
    LIBRARY_REFUSED = 4025
    LIBRARY_HOST = 4026
    LIBRARY_FELL = 4027
    LIBRARY_RESTING = 4028
    LIBRARY_BUSY = 4029
    LIBRARY_ROOM = 4030
    TOKEN_NOT_GIVEN = 4041
    TOKEN_MISSING = 4042
    CERTIFICATE_EXPIRED = 4051
    CERTIFICATE_OTHER_NAME = 4052
    CERTIFICATE_UNTRUSTED = 4053
    CERTIFICATE_NOT_PINNED = 4054
    TLS_ABSENT = 4055
    ADDRESS_UNKNOWN = 4056
    ADDRESS_REFUSED = 4057

    # 5xxx left, or may have left
    ANSWER_MISSING = 5001
    ANSWER_UNREADABLE = 5002
    SETTLEMENT_UNKNOWN = 5003
    REFUND_UNKNOWN = 5004
    UPLOAD_UNKNOWN = 5005
    AUDIT_UNKNOWN = 5006
    ANSWER_FORGED = 5007
    FOUND_SETTLED = 5010
    FOUND_ABSENT = 5011
    RECORD_LOST = 5012
    MANAGER_NEEDED = 5020
    DECISION_NEEDED = 5021
    EVIDENCE_MISSING = 5022
    LIBRARY_CRASHED = 5031
    LIBRARY_HUNG = 5032
    LIBRARY_SILENT = 5033
    LIBRARY_OVERFLOW = 5034
    LIBRARY_ERROR = 5035
    READING_LEFT = 5036
    ANSWER_IS_GBK = 5041
    ANSWER_IS_UTF8 = 5042
    ANSWER_WITHOUT_CODE = 5043
    ANSWER_IN_CAPITALS = 5044
    ANSWER_TEXT_FOR_OBJECT = 5045
    ANSWER_LACKS = 5046

    # 6xxx disk, lock, corruption, schema
    STORE_FAILED = 6001
    DISK_FULL = 6002
    STORE_LOCKED = 6003
    STORE_NEWER = 6004
    STORE_CORRUPT = 6005
    ALREADY_RUNNING = 6006
    KEY_MISSING = 6007
    MIGRATION_FAILED = 6008
    PROFILE_INVALID = 6009
    PLATFORM_NOT_STARTED = 6010
    DISPLAY_MISSING = 6011
    CRYPTO_SELF_TEST = 6012
    STORE_ABSENT = 6013
    START_FAILED = 6014
    BACKUP_BROKEN = 6015
    BACKUP_OF_OTHERS = 6016
    BACKUP_MISSING = 6017
    COPY_NOT_BESIDE = 6018
    LIBRARY_NOT_NAMED = 6021
    CHANNEL_NOT_BUILT = 6022
    TERMINAL_NOT_NAMED = 6023
    PLATFORM_OTHER_REGION = 6024
    KEY_NOT_TEXT = 6031
    KEY_LENGTH = 6032
    KEY_VALUE = 6033
    KEY_CONTAINER = 6034
    KEY_OTHER_HALF = 6035
    KEYS_NO_PAIR = 6036
    KEY_OF_OURS = 6037
    PROFILE_ABSENT = 6041
    PROFILE_BROKEN = 6042
    PROFILE_KEY_UNKNOWN = 6043
    SETTINGS_ABSENT = 6051
    SETTINGS_BROKEN = 6052
    SETTINGS_KEY_UNKNOWN = 6053
    SETTINGS_LACK = 6054
    SETTINGS_WRONG = 6055
    SETTINGS_FILE_MISSING = 6056
    SECRET_ABSENT = 6057
    SECRET_OPEN = 6058
    COUNTER_UNNAMED = 6059
    TRAINING_MIXED = 6060
    OTHER_INSTITUTION = 6061
    STAFF_ABSENT = 6062
    LIST_WRONG = 6063
    KEYS_END = 6064

    # 9xxx anything else
    BUG = 9001


Param = str | int


class Trouble(Exception):
    """Root of the families; carries a code, named parameters for its sentence, and evidence."""

    family: ClassVar[str] = "trouble"
    thousands: ClassVar[int] = 0

    def __init__(self, code: Code, *, evidence: object | None = None, **params: Param) -> None:
        if code // 1000 != self.thousands:
            raise ValueError(f"code {int(code)} does not belong to {self.family}")
        super().__init__(int(code))
        self.code = code
        self.params: Mapping[str, Param] = params
        self.evidence = evidence

    def __str__(self) -> str:
        return f"{self.family} {int(self.code)}"


class OperatorInput(Trouble):
    """The person can fix it here."""

    family = "operator_input"
    thousands = 1


class DeviceTrouble(Trouble):
    """A thing is absent, busy or empty."""

    family = "device"
    thousands = 2


class PlatformRejected(Trouble):
    """A verified answer says no, with a reason. ``platform_text`` is shown as it came."""

    family = "rejected"
    thousands = 3

    def __init__(
        self,
        code: Code,
        *,
        platform_code: str = "",
        platform_text: str = "",
        evidence: object | None = None,
        **params: Param,
    ) -> None:
        params.setdefault("reason", platform_text)
        super().__init__(code, evidence=evidence, **params)
        self.platform_code = platform_code
        self.platform_text = platform_text


class NotSent(Trouble):
    """Proof exists that no byte left this machine."""

    family = "not_sent"
    thousands = 4


class OutcomeUnknown(Trouble):
    """It left or may have left, and no verified answer came."""

    family = "unknown"
    thousands = 5


class LocalTrouble(Trouble):
    """Disk, lock, corruption, newer schema, missing key: stop taking cases."""

    family = "local"
    thousands = 6


class Bug(Trouble):
    """Anything else: park the case, write a report."""

    family = "bug"
    thousands = 9

    def __init__(self, *, evidence: object | None = None, **params: Param) -> None:
        super().__init__(Code.BUG, evidence=evidence, **params)


FAMILIES: tuple[type[Trouble], ...] = (
    OperatorInput,
    DeviceTrouble,
    PlatformRejected,
    NotSent,
    OutcomeUnknown,
    LocalTrouble,
    Bug,
)
