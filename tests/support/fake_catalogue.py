"""Catalogues behind their port, in memory: rows that a test puts there, given out page by page."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.ports import catalogue as k
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.ports.stock import PagePlace
from tests.support.fake_goods import Wire


@dataclass
class FakeCatalogue:
    """``rows`` of each list; ``files`` by version: what is newer than it. ``words`` by kind."""

    wire: Wire
    rows: dict[k.Listing, list[k.Row]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, list[k.DictionaryWord]] = field(default_factory=lambda: defaultdict(list))

    def compose(self, request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]:
        return self.wire.compose(request, sender, stamp)

    def fetch_list(self, message: Committed[k.FetchList]) -> Answer[k.ListFile]:
        return self.wire.exchange(message, self._fetch)

    def _fetch(self, message: Committed[k.FetchList]) -> k.ListFile:
        asked = message.draft.request
        newer = self._newer(asked.listing, asked.version)
        if not newer:
            return k.ListFile("", "", 0)
        return k.ListFile(f"{asked.listing}-{asked.version}", "list.zip", len(newer))

    def _newer(self, listing: k.Listing, version: str) -> list[k.Entry]:
        return [
            row
            for row in self.rows[listing]
            if isinstance(row, k.Entry) and int(row.version) > int(version)
        ]

    def download_list(self, message: Committed[k.DownloadList]) -> Answer[bytes]:
        return self.wire.exchange(message, lambda m: m.draft.request.file_query_no.encode())

    def rows_of(self, kind: k.Listing, archive: bytes) -> Iterator[k.Entry]:
        version = archive.decode().rpartition("-")[2]
        yield from self._newer(kind, version)

    def query_list(self, message: Committed[k.QueryList]) -> Answer[k.ListPage]:
        return self.wire.exchange(message, self._page)

    def _page(self, message: Committed[k.QueryList]) -> k.ListPage:
        asked = message.draft.request
        found = self.rows[asked.listing]
        start = (asked.page - 1) * asked.page_size
        pages = -(-len(found) // asked.page_size)
        place = PagePlace(asked.page, pages, len(found), asked.page >= pages)
        return k.ListPage(tuple(found[start : start + asked.page_size]), place)

    def query_dictionary(
        self, message: Committed[k.QueryDictionary]
    ) -> Answer[tuple[k.DictionaryWord, ...]]:
        return self.wire.exchange(message, lambda m: tuple(self.words[m.draft.request.kind]))
