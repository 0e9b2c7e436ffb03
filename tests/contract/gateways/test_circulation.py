"""Online lists, codes, deliveries and the centre's catalogue, through our codecs and theirs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.credential import PersonName, PhoneNumber
from app.domain.delivery import Courier, Delivery, DeliveryState, Receiver, StreetAddress
from app.domain.errors import PlatformRejected
from app.domain.prescription import RxState
from app.ports import circulation as c
from app.ports import requests as q


@pytest.fixture
def taken(shop):
    """A prescription nobody has taken yet, and whose it is."""
    for person in shop.demo.persons:
        credential, insured = shop.identify(person.id_no)
        listed = shop.authorise(credential, insured)
        for rx in listed.prescriptions:
            if rx.state is RxState.AVAILABLE:
                return rx, credential, insured
    raise AssertionError("every prescription of the demo store is taken")


def test_what_was_sent_online_is_listed_and_opens(shop, taken):
    rx, _, insured = taken
    shop.control("send_rx", hi_rxno=str(rx.rx_number))
    now = datetime.now(UTC)
    asked = c.QueryOnlineRx(now - timedelta(hours=1), now + timedelta(hours=1), 1, 50)
    page = shop.platform.rxcentre.query_online(shop.centre(asked)).value
    (row,) = [one for one in page.rows if one.summary.rx_number == rx.rx_number]
    assert page.last
    assert row.patient == insured.name
    wanted = q.Download(rx.rx_number, rx.rx_number, row.rx_token, shop.area(insured))
    assert shop.platform.rxcentre.download(shop.centre(wanted)).value.prescription


def test_a_code_opens_once(shop, taken):
    rx, _, insured = taken
    code = shop.control("show_rx_code", hi_rxno=str(rx.rx_number))["code"]
    asked = c.DecodeRxCode(code, "1001", "收银一")
    found = shop.platform.rxcentre.decode_code(shop.centre(asked)).value
    assert (found.name, found.id_number) == (insured.name, insured.id_number)
    with pytest.raises(PlatformRejected):
        shop.platform.rxcentre.decode_code(shop.centre(asked))


def test_the_catalogue_comes_whole_page_by_page(shop):
    seen, page = [], 1
    while True:
        answer = shop.platform.rxcentre.query_catalogue(shop.centre(c.QueryCatalogue(page, 40)))
        seen += [drug.national_code for drug in answer.value.rows]
        if answer.value.last:
            break
        page += 1
    assert sorted(seen) == sorted(drug.national_code for drug in shop.demo.drugs.values())
    one = c.QueryCatalogue(1, 40, codes=(seen[0],))
    (drug,) = shop.platform.rxcentre.query_catalogue(shop.centre(one)).value.rows
    assert drug.national_code == seen[0]


def sold(shop, taken) -> Delivery:
    """The whole visit up to the money, and the goods ready to leave."""
    rx, credential, insured = taken
    listed = shop.authorise(credential, insured)
    fetched = shop.download(rx.rx_number, listed, shop.area(insured))
    seal, token = shop.platform.seal, fetched.rx_token or listed.rx_token
    digest = seal.digest(fetched.document)
    verify = q.Verify(rx.rx_number, token, digest, "")
    verified = shop.platform.rxcentre.verify(shop.centre(verify)).value
    shop.audit(verify, verified)
    line = shop.line(generic_name=fetched.prescription.lines[0].generic_name)
    fresh, insured = shop.identify(insured.id_number.reveal())
    bill = shop.bill(fresh, insured, line, rx_number=rx.rx_number)
    shop.upload(bill, line)
    shop.settle(bill, shop.presettle(bill))
    return Delivery(
        delivery_no=f"D{bill.receipt_no}",
        case_id=1,
        rx_number=rx.rx_number,
        receipt_no=bill.receipt_no,
        receiver=Receiver(
            PersonName("甄示例"), PhoneNumber("13800000001"), StreetAddress("训练市示例区示例路1号")
        ),
        courier=Courier("示例配送", PersonName("示例骑手"), PhoneNumber("13800000002")),
        state=DeliveryState.UNDER_WAY,
        moved_at=datetime.now(UTC),
    )


def test_a_delivery_is_told_and_signed_for(shop, taken):
    way = sold(shop, taken)
    begun = shop.platform.rxcentre.sync_delivery(shop.centre(c.SyncDelivery(way, "收银一"))).value
    assert begun.serial
    done = replace(
        way,
        state=DeliveryState.ARRIVED,
        moved_at=datetime.now(UTC),
        signed_by=PersonName("甄示例"),
    )
    told = shop.centre(c.ConfirmDelivery(done, "收银一"))
    assert shop.platform.rxcentre.confirm_delivery(told).value.serial == begun.serial
    refused = replace(way, state=DeliveryState.REFUSED)
    with pytest.raises(PlatformRejected):
        shop.platform.rxcentre.confirm_delivery(shop.centre(c.ConfirmDelivery(refused, "收银一")))
