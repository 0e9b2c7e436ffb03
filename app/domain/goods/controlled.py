"""Ephedrine-containing compounds: who may have how many (trace-and-stock T58 to T60)."""

from dataclasses import dataclass

from app.domain.credential import IdNumber, PersonName


@dataclass(frozen=True, slots=True)
class ShownIdentity:
    """The document a buyer showed; masks itself."""

    name: PersonName
    id_kind: str
    id_number: IdNumber
