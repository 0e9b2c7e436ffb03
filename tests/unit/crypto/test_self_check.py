import copy
from collections.abc import Iterator
from typing import Any

import pytest

from app.crypto.self_check import Vectors, self_check


def test_every_vector_holds() -> None:
    results = self_check()
    assert [result.name for result in results if not result.ok] == []
    assert len(results) == 10
    assert {result.detail for result in results} == {""}


def test_every_stored_answer_counts(vectors: Vectors) -> None:
    """Change each stored answer in turn: exactly its own check fails."""
    for path in _answers(vectors):
        broken = copy.deepcopy(vectors)
        _spoil(broken, path)
        failed = [result for result in self_check(broken) if not result.ok]
        assert failed, path
        assert all(result.detail for result in failed)


def test_a_broken_table_is_a_failed_check(vectors: Vectors) -> None:
    broken = copy.deepcopy(vectors)
    del broken["independent"]["sm2_openssl_cross"]["message"]
    failed = [result for result in self_check(broken) if not result.ok]
    assert [(result.name, result.detail) for result in failed] == [("sm2-cross", "KeyError")]


@pytest.mark.parametrize("key", ["publicKeyBase64", "privateKeyBase64"])
def test_an_unreadable_key_is_a_failed_check(vectors: Vectors, key: str) -> None:
    broken = copy.deepcopy(vectors)
    broken["independent"]["key_format_33_bytes"][key] = "none"
    failed = [result for result in self_check(broken) if not result.ok]
    assert [result.name for result in failed] == ["key-33-bytes"]


def _answers(vectors: Vectors) -> Iterator[tuple[Any, ...]]:
    independent = vectors["independent"]
    for index, name in ((0, "sm3"), (1, "cipherHex"), (2, "pubYHex"), (2, "rHex"), (2, "sHex")):
        yield "independent", "gb_standards", index, name
    for group, names in (
        ("sm2_openssl_cross", ("message", "signatureRsHex", "privateKeyHex")),
        (
            "spec_sample_43AF",
            (
                "derivedSm4KeyAscii",
                "fullDerivationHexUpper",
                "dataCanonicalSha256",
                "encDataHexUpper",
                "signString_version_1.0.0_no_transTypeSha256",
                "signString_version_1.0.0_with_transTypeSha256",
            ),
        ),
        ("fsi_edge_cases", ("canonicalData", "encDataHexUpper")),
    ):
        assert set(names) <= set(independent[group])
        for name in names:
            yield "independent", group, name
    for index in range(2):
        for name in ("canonicalData", "signString", "encDataHexUpper"):
            yield "derived", "messages", index, name
    yield "derived", "kHex"


def _spoil(table: Vectors, path: tuple[Any, ...]) -> None:
    *way, name = path
    target: Any = table
    for step in way:
        target = target[step]
    text = target[name]
    last = "0" if text[-1] != "0" else "1"
    target[name] = text[:-1] + last
