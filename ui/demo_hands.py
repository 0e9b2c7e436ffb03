"""What the person of the demonstration holds up, by the training table."""

from collections.abc import Callable
from pathlib import Path

from app.ports.training import TrainingTable, WantedBox
from ui.counter_window import CounterWindow
from ui.demo_person import Hands
from ui.keys import offer_key

BY_CARD, BY_ID_CARD = 2, 3
"""Which offer of the identify page reads a card, and which an ID card."""


def hands_of(
    counter: CounterWindow,
    table: Callable[[], TrainingTable],
    identity: str,
    picture: Path | None,
    real_reader: bool,
) -> Hands:
    """``identity`` is qr, card or idcard; ``picture`` replaces the fresh e-voucher.

    The customer is who the case on screen already names, else the first who was not passed over.
    Whoever holds up a picture of their own or puts a card into a real reader has nobody behind.
    """
    passed: set[str] = set()
    one_only = picture is not None or (real_reader and identity == "card")

    def waiting() -> list[str]:
        return [key for key in table().customers() if key not in passed]

    def customer() -> str:
        case = counter.counter.case
        named = case.patient.name if case is not None and case.patient is not None else ""
        known = (person.key for person in table().people() if person.name == named)
        return next((key for key in known if key in waiting()), "") or waiting()[0]

    def anybody() -> bool:
        return not passed if one_only else bool(waiting())

    def identify() -> None:
        key = customer()
        if identity == "card":
            if real_reader:
                counter.window.press(offer_key(BY_CARD))
            else:
                table().insert_card(key)
        elif identity == "idcard":
            table().place_id_card(key)
            counter.window.press(offer_key(BY_ID_CARD))
        elif picture is not None:
            table().show_picture(picture)
        else:
            table().show_voucher(key)

    def password() -> str:
        key = customer()
        return next(person.password for person in table().people() if person.key == key)

    return Hands(
        identify=identify,
        clear_away=lambda: table().clear(),
        prove_pharmacist=lambda: table().show_voucher(table().pharmacist()),
        scan=lambda text: table().scan(text),
        codes_for=lambda line: table().codes(WantedBox(line.name, line.first_lot_no, line.codes)),
        password=password,
        anybody=anybody,
        pass_over=lambda: passed.add(customer()),
    )
