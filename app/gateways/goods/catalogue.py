"""Catalogues: lists by version as files, the others page by page, and dictionaries (7.4 to 7.6)."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.errors import Bug
from app.gateways.core import CoreGateway
from app.gateways.goods import listing, lists
from app.gateways.wording.sale import Content
from app.ports import catalogue as k
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Q, Sender, Stamp
from app.profile.model import Profile
from app.profile.operations import Operation


class CatalogueGateway:
    """Implements ``ports.catalogue.CataloguePlatform`` over the core platform's envelope.

    Pages are public lists: of an answer only its size is remembered, not the rows.
    """

    def __init__(self, profile: Profile, core: CoreGateway) -> None:
        self._profile = profile
        self._core = core

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        operation, content = self._asked(request, sender)
        return self._core.write(request, operation, content, "", sender, stamp)

    def _asked(self, request: object, sender: Sender) -> tuple[Operation, Content]:
        match request:
            case k.FetchList():
                return k.OPERATION_OF[request.listing], {"data": {"ver": request.version}}
            case k.DownloadList():
                return Operation.DOWNLOAD_FILE, lists.download(self._profile, request, sender)
            case k.QueryList():
                return k.OPERATION_OF[request.listing], lists.page_asked(request)
            case k.QueryDictionary():
                return Operation.QUERY_DICTIONARY, lists.dictionary_asked(request)
            case _:
                raise Bug(what=f"{type(request).__name__} is nothing the catalogues are asked")

    def fetch_list(self, message: Committed[k.FetchList]) -> Answer[k.ListFile]:
        return self._core.carry(message, lambda reply: lists.list_file(reply.output))

    def download_list(self, message: Committed[k.DownloadList]) -> Answer[bytes]:
        found = self._core.fetch(message, self._profile.catalogue.archive_limit_bytes)
        return Answer(found.value.content, found.facts, found.notice)

    def query_list(self, message: Committed[k.QueryList]) -> Answer[k.ListPage]:
        request = message.draft.request
        answer = self._core.carry(message, lambda reply: lists.page(reply.output, request))
        size = answer.facts.bytes_received
        return replace(answer, facts=replace(answer.facts, kept_reply=f"({size})"))

    def query_dictionary(
        self, message: Committed[k.QueryDictionary]
    ) -> Answer[tuple[k.DictionaryWord, ...]]:
        return self._core.carry(message, lambda reply: lists.dictionary(reply.output))

    def rows_of(self, kind: k.Listing, archive: bytes) -> Iterator[k.Entry]:
        """Raises ``OutcomeUnknown`` where the archive or a row cannot be read."""
        return listing.rows(self._profile.catalogue, kind, archive)
