"""What the doctor asks of the things at a counter."""

from collections.abc import Callable

from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceStatus
from app.workflow.upkeep.doctor import Finding, Health, Probe
from devices.card.pcsc import PcscCardReader


def _decoder() -> Finding:
    from devices.code.decoder import decode
    from devices.code.virtual import phone_picture

    probe = "4240000000000000000010010000"
    found = decode(phone_picture(probe))
    seen = any(code.text == probe for code in found)
    return Finding(Health.OK if seen else Health.FAIL, "zxing-cpp")


def _reader(remedy_of: Callable[[DeviceTrouble], str]) -> Finding:
    reader = PcscCardReader("")
    state = reader.state()
    reader.stop()
    if state.status is DeviceStatus.MISSING:
        # Training and the e-voucher work without a reader.
        code = state.code or Code.READER_MISSING
        return Finding(Health.WARN, f"{int(code)}", remedy_of(DeviceTrouble(code)))
    return Finding(Health.OK, state.name)


def probes(remedy_of: Callable[[DeviceTrouble], str]) -> tuple[tuple[str, Probe], ...]:
    """``remedy_of`` turns what is missing into the sentence the window shows."""
    return ("decoder", _decoder), ("card_reader", lambda: _reader(remedy_of))
