"""What is asked of catalogues and dictionaries, and what they answer (core-platform 7.2 to 7.6)."""

from collections.abc import Callable, Mapping
from datetime import date

from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.fields import Fields, flag, wire_day
from app.gateways.goods.wording import place
from app.gateways.wording.sale import Content
from app.ports import catalogue as k
from app.ports.platform import Sender
from app.profile.model import Profile

_MADE_BY_THE_CENTRE = "plc"
_MOST_COUNTED = 10**9
_VALID = ("1", "true", "")


def download(profile: Profile, request: k.DownloadList, sender: Sender) -> Content:
    """The constant of the centre stands where this region puts it (7.2)."""
    by_name = profile.catalogue.plc_in == "filename"
    return {
        "fsDownloadIn": {
            "file_qury_no": request.file_query_no,
            "filename": _MADE_BY_THE_CENTRE if by_name else request.filename,
            "fixmedins_code": sender.institution_code if by_name else _MADE_BY_THE_CENTRE,
        }
    }


def list_file(output: Fields) -> k.ListFile:
    """Nothing newer comes without a file, and so may a count of nought."""
    counted = output.text("data_cnt")
    if counted and not (counted.isascii() and counted.isdigit() and int(counted) < _MOST_COUNTED):
        raise Unreadable("count_data_cnt")
    number = output.text("file_qury_no")
    if counted == "0" or (not counted and not number):
        return k.ListFile("", "", 0)
    count = int(counted) if counted else 1
    return k.ListFile(output.need("file_qury_no"), output.need("filename"), count)


def page_asked(request: k.QueryList) -> Content:
    return {
        "data": {
            "updt_time": wire_day(request.since),
            "page_num": str(request.page),
            "page_size": str(request.page_size),
        }
    }


def page(output: Fields, request: k.QueryList) -> k.ListPage:
    read = _READERS[request.listing]
    rows = tuple(read(row) for row in output.rows("data"))
    return k.ListPage(rows, place(output, request.page, len(rows)))


def _item(row: Fields) -> k.Entry:
    return k.Entry(
        row_no=row.need("rid"),
        code=row.need("hilist_code"),
        name=row.need("hilist_name"),
        pay_class=row.text("chrgitm_lv"),
        initials=row.text("pinyin"),
        valid=row.text("vali_flag") in _VALID,
    )


def _term(code: str, other: str, kind: str, value: str) -> Callable[[Fields], k.Term]:
    def read(row: Fields) -> k.Term:
        return k.Term(
            row_no=row.need("rid"),
            code=row.need(code),
            other=row.text(other) if other else "",
            kind=row.text(kind) if kind else "",
            value=row.text(value) if value else "",
            area=row.text("insu_admdvs"),
            begins=_day(row, "begndate"),
            ends=_day(row, "enddate"),
            valid=row.text("vali_flag") in _VALID,
        )

    return read


def _day(row: Fields, name: str) -> date | None:
    """A recorded row shows a day with a time behind it (7.5)."""
    text = row.text(name)[:10]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Unreadable(f"date_{name}") from wrong


_READERS: Mapping[k.Listing, Callable[[Fields], k.Row]] = {
    k.Listing.INSURED: _item,
    k.Listing.ITEM_LINKS: _term("med_list_codg", "hilist_code", "list_type", ""),
    k.Listing.STORE_LINKS: _term("medins_list_codg", "med_list_codg", "list_type", ""),
    k.Listing.CEILINGS: _term(
        "hilist_code", "overlmt_dspo_way", "hilist_lmtpric_type", "hilist_pric_uplmt_amt"
    ),
    k.Listing.SHARES: _term(
        "hilist_code", "selfpay_prop_psn_type", "selfpay_prop_type", "selfpay_prop"
    ),
}


def dictionary_asked(request: k.QueryDictionary) -> Content:
    """All five fields are wanted; the parent of a flat table is nobody (7.6)."""
    return {
        "data": {
            "type": request.kind,
            "parentValue": "",
            "admdvs": request.area,
            "date": wire_day(request.day),
            "valiFlag": flag(True),
        }
    }


def dictionary(output: Fields) -> tuple[k.DictionaryWord, ...]:
    return tuple(
        k.DictionaryWord(
            kind=row.text("type"),
            code=row.need("value"),
            label=row.need("label"),
            valid=row.text("valiFlag") in _VALID,
        )
        for row in output.rows("list")
    )
