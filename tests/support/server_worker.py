"""One counter in a process of its own: leases what it can get, and draws numbers.

``python -m tests.support.server_worker JSON``: url, folder, folder of keys, number, items.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support import store_builders as a


def main(url: str, folder: str, keys: str, number: int, items: list[int]) -> None:
    location = StoreLocation(Path(folder), "training", True, url, number)
    store = open_store(location, FileKeyStore(Path(keys)), a.PlayedClock())
    leased, numbers = [], []
    for item in items:
        with store.unit() as unit:
            if unit.outbox.claim(item, f"counter-{number}-w", a.NOON + timedelta(minutes=2)):
                leased.append(item)
                numbers.append(unit.settings.next_number("leased"))
    store.close()
    print(json.dumps({"leased": leased, "numbers": numbers}))


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
