"""``fixmedins_bchno`` of a reported sale: what the region calls it by (core-platform 6.1, T42)."""

from app.profile.model import Profile


def told_serial(profile: Profile, upload_lot: str, sale_serial: str, index: int) -> str:
    """One serial for a goods receipt, or one for each reported row (``bchno_mode``).

    The row of a return has the serial of the row it takes back.
    """
    per_row = profile.rules.bchno_mode == "per_row"
    return f"{sale_serial}-{index}" if per_row else upload_lot
