"""``item`` and ``lot``."""

from typing import Any

from app.domain.goods.stock import Item, Lot, LotHold, Storage
from app.domain.money import Price, Quantity
from localdb.statements import AnyRow


def item_values(item: Item) -> dict[str, Any]:
    """Columns of an item, without id and prefixes."""
    return {
        "store_code": item.store_code,
        "national_code": item.national_code,
        "generic_name": item.generic_name,
        "product_name": item.product_name,
        "dose_form": item.dose_form,
        "specification": item.specification,
        "maker": item.maker,
        "approval_no": item.approval_no,
        "product_barcode": item.product_barcode,
        "needs_prescription": item.needs_prescription,
        "pay_class": item.pay_class,
        "retail_price": item.retail_price,
        "unit": item.unit,
        "initials": item.initials,
        "shelf": item.shelf,
    }


def item_of(row: AnyRow) -> Item:
    """``row`` carries ``prefixes`` in one text, commas between, or nothing; and its care."""
    prefixes = frozenset(row.prefixes.split(",")) if row.prefixes else frozenset()
    return Item(
        item_id=row.item_id,
        store_code=row.store_code,
        national_code=row.national_code,
        generic_name=row.generic_name,
        product_name=row.product_name,
        dose_form=row.dose_form,
        specification=row.specification,
        maker=row.maker,
        approval_no=row.approval_no,
        product_barcode=row.product_barcode,
        prefixes=prefixes,
        needs_prescription=row.needs_prescription,
        pay_class=row.pay_class,
        retail_price=Price(row.retail_price),
        unit=row.unit,
        initials=row.initials,
        shelf=row.shelf,
        storage=Storage(row.storage or Storage.ROOM),
        ephedrine=bool(row.ephedrine),
        pieces=row.pieces or 1,
        piece_unit=row.piece_unit or "",
        splits=bool(row.allowed),
    )


def lot_values(lot: Lot) -> dict[str, Any]:
    """Columns of a lot, without id and count."""
    return {
        "item_id": lot.item_id,
        "upload_lot": lot.upload_lot,
        "lot_no": lot.lot_no,
        "made_on": lot.made_on,
        "expires_on": lot.expires_on,
        "hold": lot.hold,
    }


def lot_of(row: AnyRow) -> Lot:
    """``row`` carries ``loose`` and ``loose_share``, unless the lot was made just now."""
    return Lot(
        lot_id=row.lot_id,
        item_id=row.item_id,
        upload_lot=row.upload_lot,
        lot_no=row.lot_no,
        made_on=row.made_on,
        expires_on=row.expires_on,
        on_hand=row.on_hand,
        hold=LotHold(row.hold),
        loose=getattr(row, "loose", 0),
        loose_share=Quantity(getattr(row, "loose_share", 0)),
    )
