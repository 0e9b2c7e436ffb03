"""购药信息提示清单: what the insured carries from the hospital to a pharmacy (S1, its template)."""

import base64
import io
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Any

from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.sandbox.documents import Sheet, SheetLine, font, words
from app.sandbox.router import Handler, Reply, Request, json_reply
from app.sandbox.state import Connection, State

SCHEMA = "CREATE TABLE IF NOT EXISTS rx_slip (hi_rxno TEXT PRIMARY KEY, sheet TEXT NOT NULL);"
_TOP, _LEFT, _STEP = A5[1] - 16 * mm, 14 * mm, 6 * mm


@cache
def slip_words() -> Mapping[str, str]:
    """``resources/templates/purchase_slip.toml``."""
    path = resources.files("resources") / "templates" / "purchase_slip.toml"
    return tomllib.loads(path.read_text("utf-8"))


def keep_slip(db: Connection, sheet: Sheet, card_no: str) -> None:
    """Remember what stands on it; it is drawn when somebody asks for it."""
    told = json.dumps({"sheet": asdict(sheet), "card": card_no}, ensure_ascii=False)
    db.execute("INSERT OR REPLACE INTO rx_slip VALUES (?,?)", (sheet.rx_number, told))


def slip_pdf(sheet: Sheet, card_no: str) -> bytes:
    """One A5 page, the same bytes for the same sheet."""
    known, genders = slip_words(), words()["genders"]
    target = io.BytesIO()
    page = Canvas(target, pagesize=A5, invariant=1, pageCompression=1)
    title = known["title"].format(hospital=sheet.hospital)
    page.setTitle(title)
    page.setFont(font(), 13)
    page.drawCentredString(A5[0] / 2, _TOP, title)
    facts = (
        ("number", sheet.rx_number),
        ("visit_no", sheet.visit_no),
        ("name", sheet.name),
        ("card", card_no),
        ("gender", genders.get(sheet.gender, sheet.gender)),
        ("age", f"{sheet.age}{known['age_unit']}"),
        ("category", sheet.scheme),
        ("diagnosis", sheet.diagnosis),
        ("allergies", sheet.allergies or words()["no_allergies"]),
        ("issued", sheet.issued_at),
        ("until", sheet.valid_until),
    )
    lines = [f"{known[name]}：{text}" for name, text in facts]
    lines += ["", f"{known['list']}："]
    for place, line in enumerate(sheet.lines, 1):
        lines += [f"{place}. {line.drug} {line.amount}", f"    {known['usage']}：{line.usage}"]
    page.setFont(font(), 10)
    for place, text in enumerate(lines, 2):
        page.drawString(_LEFT, _TOP - place * _STEP, text)
    page.setFont(font(), 7)
    page.drawCentredString(A5[0] / 2, 8 * mm, known["training"])
    page.showPage()
    page.save()
    return target.getvalue()


def slip_handler(state: State) -> Handler:
    """The control that shows the slip of a prescription, as PDF in Base64."""

    def shown(request: Request) -> Reply:
        try:
            number = str(json.loads(request.body)["hi_rxno"])
        except (ValueError, TypeError, KeyError):
            return json_reply({"error": "hi_rxno"}, 400)
        with state.reading() as db:
            row = db.execute("SELECT sheet FROM rx_slip WHERE hi_rxno=?", (number,)).fetchone()
        if row is None:
            return json_reply({"error": "unknown"}, 404)
        told: dict[str, Any] = json.loads(row["sheet"])
        lines = tuple(SheetLine(**line) for line in told["sheet"].pop("lines"))
        sheet = Sheet(**told["sheet"], lines=lines)
        return json_reply({"pdf": base64.b64encode(slip_pdf(sheet, told["card"])).decode()})

    return shown
