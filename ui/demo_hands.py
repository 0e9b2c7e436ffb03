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
    """``identity`` is qr, card or idcard; ``picture`` replaces the fresh e-voucher."""

    def identify() -> None:
        key = table().customer()
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
        key = table().customer()
        return next(person.password for person in table().people() if person.key == key)

    return Hands(
        identify=identify,
        clear_away=lambda: table().clear(),
        prove_pharmacist=lambda: table().show_voucher(table().pharmacist()),
        scan=lambda text: table().scan(text),
        codes_for=lambda line: table().codes(WantedBox(line.name, line.first_lot_no, line.codes)),
        password=password,
    )
