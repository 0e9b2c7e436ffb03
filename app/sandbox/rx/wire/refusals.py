"""How the centre and the voucher service say no: a word in code, number and sentence in a table."""

import tomllib
from functools import cache
from importlib import resources

import msgspec


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invented number and what the counter reads; the text may have named gaps."""

    code: int
    text: str


class Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rxcentre: dict[str, Sentence]
    voucher: dict[str, Sentence]


@cache
def sentences() -> Sentences:
    """``resources/tables/wire/rx_refusals.toml``."""
    text = (resources.files("resources") / "tables" / "wire" / "rx_refusals.toml").read_text(
        "utf-8"
    )
    return msgspec.convert(tomllib.loads(text), Sentences)


class Refused(Exception):
    """The centre says no (prescription-centre 11). ``word`` stands in the table."""

    def __init__(self, word: str, **gaps: str) -> None:
        super().__init__(word)
        sentence = sentences().rxcentre[word]
        self.word = word
        self.code = sentence.code
        self.text = sentence.text.format(**gaps)
