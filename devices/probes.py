"""What the doctor asks of the things at a counter."""

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


def _reader() -> Finding:
    reader = PcscCardReader("")
    state = reader.state()
    reader.stop()
    if state.status is DeviceStatus.MISSING:
        # Training and the e-voucher work without a reader.
        return Finding(Health.WARN, f"{int(state.code) if state.code else ''}")
    return Finding(Health.OK, state.name)


PROBES: tuple[tuple[str, Probe], ...] = (("decoder", _decoder), ("card_reader", _reader))
