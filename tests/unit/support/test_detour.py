"""The hand on the wire passes on unchanged, spoils once, and is really gone when it is gone."""

import json
import urllib.error
import urllib.request

import pytest

from tests.support.detour import a_detour, envelope_with
from tests.support.scripted_server import ScriptedServer, whole

BODY = json.dumps({"code": 0, "message": "好"}, ensure_ascii=False).encode()


def asked(url: str) -> bytes:
    request = urllib.request.Request(url, data=b"{}", headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        content: bytes = answer.read()
    return content


def named(envelope: dict[str, object]) -> None:
    envelope["appId"] = "x"


def test_an_answer_passes_unchanged_until_one_is_spoiled() -> None:
    with ScriptedServer() as behind, a_detour() as detour:
        behind.then(whole(BODY), whole(BODY), whole(BODY))
        ready = {"url": behind.url, "endpoints": {"download": behind.url}}
        url = detour.road(ready)["endpoints"]["download"]
        assert url != behind.url
        assert asked(url) == BODY
        detour.spoil(behind.url, envelope_with(named))
        assert json.loads(asked(url)) == {"appId": "x", "code": 0, "message": "好"}
        assert asked(url) == BODY


def test_gone_means_that_nobody_listens_and_back_means_the_same_place() -> None:
    with ScriptedServer() as behind, a_detour() as detour:
        behind.then(whole(BODY))
        url = detour.road({"url": behind.url, "endpoints": {"x": behind.url}})["endpoints"]["x"]
        detour.vanish()
        with pytest.raises(urllib.error.URLError):
            asked(url)
        detour.appear()
        assert asked(url) == BODY
