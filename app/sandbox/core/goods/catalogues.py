"""Catalogues by version and by page, and dictionaries: the demo store's drugs (7.4 to 7.6)."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.profile.operations import Operation
from app.sandbox.core.files import last_day, store_file
from app.sandbox.core.frame.envelope import Call, Output
from app.sandbox.core.frame.gate import Act
from app.sandbox.core.goods.queries import paged
from app.sandbox.tables import codes
from resources.scenarios import DemoDrug, DemoItem

_VERSION, _SINCE = "202601010001", "2026-01-01"
_BEGUN = "2024-01-01 00:00:00"
_HERBAL = "13"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WIDTHS = {Operation.FETCH_DRUGS: 92, Operation.FETCH_HERBS: 28}
FILES = tuple(_WIDTHS)
"""Lists whose newer rows come as a file."""
_CEILINGS = ("01", "02")
Row = dict[str, object]


def _drugs(call: Call, *, herbal: bool) -> list[DemoDrug]:
    """In a fixed order: a row keeps its number."""
    found = sorted(call.site.demo.drugs.values(), key=lambda drug: drug.national_code)
    return [drug for drug in found if (_kind(call, drug) == _HERBAL) is herbal]


def _kind(call: Call, drug: DemoDrug) -> str:
    words = {word: code for code, word in call.site.profile.tables["rx_item_kind"].items()}
    return words.get(drug.kind, drug.kind)


def by_version(operation: Operation) -> Act:
    """What is newer than a version, as a file of TAB-separated rows (core-platform 7.3)."""
    herbal = operation is Operation.FETCH_HERBS

    def act(call: Call) -> Output:
        rows = _drugs(call, herbal=herbal) if str(call.node("data")["ver"]) < _VERSION else []
        if not rows:
            return Output({"data_cnt": 0})
        make = _herb_row if herbal else _drug_row
        lines = ["\t".join(make(number, drug)) for number, drug in enumerate(rows, 1)]
        name = f"{operation.value}.zip"
        return Output(
            {
                "file_qury_no": store_file(call, name, _packed(lines)),
                "filename": name,
                "dld_end_time": last_day(call),
                "data_cnt": len(rows),
            }
        )

    return act


def _packed(lines: Sequence[str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        name = zipfile.ZipInfo("catalogue.txt", _EPOCH)
        archive.writestr(name, "".join(f"{line}\n" for line in lines).encode())
    return packed.getvalue()


def _placed(width: int, cells: Mapping[int, str]) -> list[str]:
    return [cells.get(place) or "null" for place in range(1, width + 1)]


def _drug_row(number: int, drug: DemoDrug) -> list[str]:
    cells = {
        1: drug.national_code,
        2: drug.product_name,
        4: drug.generic_name,
        11: drug.dose_form,
        14: drug.specification,
        45: drug.pack_unit,
        54: drug.maker,
        62: drug.approval_no,
        79: "1",
        80: f"{number:020d}",
        83: _VERSION,
        92: drug.pay_class,
    }
    return _placed(_WIDTHS[Operation.FETCH_DRUGS], cells)


def _herb_row(number: int, drug: DemoDrug) -> list[str]:
    cells = {
        1: drug.national_code,
        2: drug.generic_name,
        14: "1",
        15: f"{number:020d}",
        18: _VERSION,
    }
    return _placed(_WIDTHS[Operation.FETCH_HERBS], cells)


def _insured(drug: DemoDrug) -> str:
    """A code of the insurance list: the national one with a suffix of the region (7.5)."""
    return f"{drug.national_code}01"[:30]


def _common(call: Call, number: int) -> Row:
    return {
        "insu_admdvs": call.site.demo.store.area,
        "begndate": _BEGUN,
        "enddate": None,
        "vali_flag": "1",
        "rid": f"{number:020d}",
        "updt_time": f"{_SINCE} 08:00:00",
    }


def _items(call: Call) -> Iterator[Row]:
    for number, drug in enumerate(sorted(call.site.demo.drugs.values(), key=_code), 1):
        yield _common(call, number) | {
            "hilist_code": _insured(drug),
            "hilist_name": drug.generic_name,
            "med_chrgitm_type": "10" if _kind(call, drug) == _HERBAL else "09",
            "chrgitm_lv": f"0{drug.pay_class}",
            "lmt_used_flag": "0",
            "list_type": "102" if _kind(call, drug) == _HERBAL else "101",
        }


def _item_links(call: Call) -> Iterator[Row]:
    for number, drug in enumerate(sorted(call.site.demo.drugs.values(), key=_code), 1):
        yield _common(call, number) | {
            "med_list_codg": drug.national_code,
            "hilist_code": _insured(drug),
            "list_type": "101",
        }


def _store_links(call: Call) -> Iterator[Row]:
    items: Sequence[DemoItem] = call.site.demo.items
    for number, item in enumerate(items, 1):
        yield _common(call, number) | {
            "fixmedins_code": call.site.demo.store.code,
            "medins_list_codg": item.code,
            "medins_list_name": item.name,
            "med_list_codg": item.national_code,
            "list_type": "101",
        }


def _ceilings(call: Call) -> Iterator[Row]:
    """Half as much again as the demo price: nothing of the demo store is above it."""
    for number, drug in enumerate(sorted(call.site.demo.drugs.values(), key=_code), 1):
        most = (Decimal(drug.price) * Decimal("1.5")).quantize(Decimal("0.01"))
        yield _common(call, number) | {
            "hilist_code": _insured(drug),
            "hilist_lmtpric_type": _CEILINGS[0],
            "overlmt_dspo_way": _CEILINGS[1],
            "hilist_pric_uplmt_amt": most,
        }


def _shares(call: Call) -> Iterator[Row]:
    for number, drug in enumerate(sorted(call.site.demo.drugs.values(), key=_code), 1):
        yield _common(call, number) | {
            "hilist_code": _insured(drug),
            "selfpay_prop_psn_type": "0",
            "selfpay_prop_type": "1",
            "selfpay_prop": Decimal(drug.self_pay_percent) / 100,
        }


def _code(drug: DemoDrug) -> str:
    return drug.national_code


PAGES: Mapping[Operation, Callable[[Call], Iterator[Row]]] = {
    Operation.QUERY_INSURED_ITEMS: _items,
    Operation.QUERY_ITEM_LINKS: _item_links,
    Operation.QUERY_STORE_LINKS: _store_links,
    Operation.QUERY_PRICE_CEILINGS: _ceilings,
    Operation.QUERY_SELF_PAY_SHARES: _shares,
}
"""Lists that come page by page, and where their rows are from."""


def by_page(operation: Operation) -> Act:
    """Rows changed since a day, that day included (core-platform 7.5)."""
    rows = PAGES[operation]

    def act(call: Call) -> Output:
        asked: Mapping[str, Any] = call.node("data")
        found = list(rows(call)) if str(asked["updt_time"]) <= _SINCE else []
        return Output(paged(found, asked, call.site.profile.rules.page_size_max))

    return act


def query_dictionary(call: Call) -> Output:
    """One table of codes; where the region has words for them, with those."""
    asked = call.node("data")
    kind = str(asked["type"])
    words = call.site.profile.tables.get(kind, {})
    listed = sorted(codes().codes.get(kind, words))
    return Output(
        {
            "list": [
                {
                    "type": kind,
                    "label": words.get(code, code),
                    "value": code,
                    "parentValue": None,
                    "sort": place,
                    "valiFlag": "1",
                }
                for place, code in enumerate(listed, 1)
            ]
        }
    )
