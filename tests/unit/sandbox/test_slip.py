"""The slip a hospital gives to the insured: everything of the template can be read back."""

import base64
import json

import pypdfium2

from tests.support.core_bill import demo, person
from tests.support.rx_client import RxClient
from tests.support.rx_visit import scenario_number


def asked(client: RxClient, number: str) -> tuple[int, dict[str, str]]:
    status, body = client.post("purchase_slip", json.dumps({"hi_rxno": number}).encode())
    return status, json.loads(body)


def test_every_field_of_the_template_is_on_it(pharmacy: RxClient) -> None:
    number = scenario_number(pharmacy.ready, "rx01")["hiRxno"]
    status, answer = asked(pharmacy, number)
    assert status == 200
    document = pypdfium2.PdfDocument(base64.b64decode(answer["pdf"]))
    try:
        page = document[0].get_textpage()
        text: str = page.get_text_range()
        page.close()
    finally:
        document.close()
    who, rx = person("p01"), demo().prescriptions[0]
    drug = demo().drugs[rx.lines[0].drug]
    for wanted in (
        "购药信息提示清单",
        number,
        who.name,
        who.card_no,
        "购药有效截止时间",
        "外配药清单",
        drug.generic_name,
        "不是真的清单",
    ):
        assert wanted in text
    assert asked(pharmacy, number)[1] == answer


def test_an_unknown_prescription_has_none(pharmacy: RxClient) -> None:
    assert asked(pharmacy, "0")[0] == 404
