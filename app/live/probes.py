"""What the doctor asks of a live store: settings, keys, addresses, what training might share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.ending import near
from app.domain.errors import Code, LocalTrouble
from app.gateways.endings import endings_of
from app.gateways.live_access import access_of, addresses_of, tls_of
from app.gateways.probes import terminal as terminal_of
from app.gateways.reach import reach
from app.jobs.clock import SystemClock
from app.live.database import shown
from app.live.store import (
    keys_of_base,
    location_of,
    region_of,
    require_apart,
    secrets_here,
)
from app.workflow.upkeep.doctor import Finding, Health, Probe

if TYPE_CHECKING:
    from app.live.store import LiveStore

_CHINA = timezone(timedelta(hours=8))


def probes(
    store: LiveStore, practice: Path, words: Callable[[LocalTrouble], str]
) -> tuple[tuple[str, Probe], ...]:
    """Where the settings cannot be read there is one row. No value of a key is ever shown.

    ``words`` turns what is only worth a warning into its sentence.
    """

    def settings() -> Finding:
        found = store.installation
        require_apart(found, practice)
        profile = region_of(found)
        return Finding(Health.OK, f"{found.file} {profile.id} {found.counter:02}")

    try:
        settings()
    except LocalTrouble:
        return (("settings", settings),)
    found = store.installation
    profile = region_of(found)

    def keys() -> Finding:
        secret = secrets_here(found)
        access_of(profile, found, secret)
        return Finding(Health.OK, secret.where)

    def terminal() -> Finding:
        return terminal_of(profile, access_of(profile, found, secrets_here(found)).terminal)

    def base_key() -> Finding:
        keys_of_base(found).load(location_of(found).name)
        kept_in_file = found.settings.storage.key == "file"
        return Finding(Health.WARN if kept_in_file else Health.OK, found.settings.storage.key)

    def address(name: str, url: str) -> Finding:
        seen = reach(url, tls_of(found))
        return Finding(Health.OK if seen != "http" else Health.WARN, f"{name} {seen}")

    def addresses() -> Finding:
        addresses_of(profile, found)
        return Finding(Health.OK, "")

    def endings() -> Finding:
        on = SystemClock().now().astimezone(_CHINA).date()
        soon = near(endings_of(found), on)
        if not soon:
            return Finding(Health.OK, "")
        said = "; ".join(f"{one.what} {one.name} {one.on} {one.days_left(on)}d" for one in soon)
        loud = any(one.loud(on) for one in soon)
        remedy = words(LocalTrouble(Code.KEYS_END, on=soon[0].on.isoformat()))
        return Finding(Health.FAIL if loud else Health.WARN, said, remedy)

    rows: list[tuple[str, Probe]] = [("settings", settings), ("keys", keys), ("base_key", base_key)]
    if profile.reads_by_terminal:
        rows.append(("terminal", terminal))
    rows.append(("endings", endings))
    if found.settings.database.url:
        rows.append(("server", partial(_server, store, words)))
    try:
        named = addresses_of(profile, found)
    except LocalTrouble:
        return (*rows, ("addresses", addresses))
    rows += [(f"address_{name}", partial(address, name, url)) for name, url in named.items()]
    return (*rows, ("staff", partial(_staff, store, words)))


def _staff(store: LiveStore, words: Callable[[LocalTrouble], str]) -> Finding:
    """Can anybody sign in at all?"""
    from contextlib import closing

    from localdb.store import open_store_beside

    found = store.installation
    location = location_of(found)
    if not location.url and not location.base.exists():
        return Finding(Health.WARN, "0", words(LocalTrouble(Code.STAFF_ABSENT)))
    with (
        closing(open_store_beside(location, keys_of_base(found), SystemClock())) as base,
        base.reading() as unit,
    ):
        count = len(unit.people.all())
    if not count:
        return Finding(Health.WARN, "0", words(LocalTrouble(Code.STAFF_ABSENT)))
    return Finding(Health.OK, str(count))


CLOCKS_LOUD, CLOCKS_WRONG = timedelta(seconds=60), timedelta(seconds=300)
"""How far the clocks of counter and server may be apart (reliability 9)."""


def _server(store: LiveStore, words: Callable[[LocalTrouble], str]) -> Finding:
    """Whether it answers, safely; nothing of its address but host and base is shown."""
    from localdb.postgres.probing import look

    location = location_of(store.installation)
    seen = look(location.url)
    line = "TLS" if seen.tls else "socket"
    said = f"{shown(location.url)} PostgreSQL {seen.version} {line} {seen.role}"
    if not seen.known:
        raise LocalTrouble(Code.STORE_NEWER, found=seen.revision or "", known="")
    apart = abs(SystemClock().now() - seen.at)
    if apart > CLOCKS_LOUD:
        wrong = LocalTrouble(Code.SERVER_CLOCK_DIFFERS, seconds=int(apart.total_seconds()))
        loud = Health.FAIL if apart > CLOCKS_WRONG else Health.WARN
        return Finding(loud, said, words(wrong))
    if seen.may_build:
        return Finding(Health.WARN, said, words(LocalTrouble(Code.BASE_ROLE_WIDE)))
    return Finding(Health.OK, said)
