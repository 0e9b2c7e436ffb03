"""The training platform's side of tokens, signatures and seals: what it does not let in."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from app.crypto.sm4 import encrypt_ecb
from app.profile.loader import load
from app.sandbox.core.frame.desk import LIFE_S, Desk, client_of
from app.sandbox.core.frame.envelope import Refusal
from app.sandbox.core.frame.proof import Proof, parties_of
from app.sandbox.router import Request
from app.sandbox.server import RunningSandbox, running_sandbox
from app.sandbox.site import Site

SEALED, FIELDS = "fujian+sealed_input", "fujian+signed_fields"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_sandbox(seed=1, profile=SEALED) as sandbox:
        yield sandbox.site


@pytest.fixture(scope="module")
def by_fields() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=1, profile=FIELDS) as sandbox:
        yield sandbox


def ask(site: Site, basic: str, **form: str) -> tuple[int, dict[str, Any]]:
    coded = base64.b64encode(basic.encode()).decode()
    headers = {"authorization": f"Basic {coded}"}
    request = Request("POST", "/token", headers, urlencode(form).encode())
    reply = Desk(site).token_request(request)
    told: dict[str, Any] = json.loads(reply.body)
    return reply.status, told


def whole(site: Site) -> tuple[str, dict[str, str]]:
    client, rules = client_of(site.seed), site.profile.oauth
    form = {
        "grant_type": rules.grant_type,
        "scope": rules.scope,
        "username": client.user,
        "password": client.password,
    }
    return f"{client.client_id}:{client.client_secret}", form


def test_a_token_is_given_and_known_again(site: Site) -> None:
    basic, form = whole(site)
    status, told = ask(site, basic, **form)
    assert (status, told["expires_in"]) == (200, LIFE_S)
    assert Desk(site).good({"authorization": f"Bearer {told['access_token']}"})


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"username": "other"}, 400, "invalid_grant"),
        ({"password": "other"}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_form_gets_none(
    site: Site, change: Mapping[str, str], status: int, error: str
) -> None:
    basic, form = whole(site)
    found, told = ask(site, basic, **{**form, **change})
    assert (found, told["error"]) == (status, error)


def test_a_wrong_client_gets_none(site: Site) -> None:
    _, form = whole(site)
    assert ask(site, "other:client", **form)[0] == 401
    for header in ("", "Basic %%%", "Bearer x"):
        request = Request("POST", "/token", {"authorization": header}, b"")
        assert Desk(site).token_request(request).status == 401


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "x" + token,
        lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
        lambda token: "1000000000." + token.partition(".")[2],
        lambda token: token.partition(".")[0] + ".钥",
    ],
)
def test_a_forged_or_ended_token_is_not_good(site: Site, spoil: Callable[[str], str]) -> None:
    desk = Desk(site)
    assert not desk.good({"authorization": f"Bearer {spoil(desk.token())}"})
    assert not desk.good({"authorization": f"Basic {desk.token()}"})


def frame(site: Site, content: object) -> dict[str, Any]:
    return {"fixmedins_code": site.demo.store.code, "infno": "1", "cainfo": "", "input": content}


def refused(proof: Proof, spoilt: dict[str, Any]) -> str:
    with pytest.raises(Refusal) as no:
        proof.open(spoilt)
    return str(no.value)


def test_a_sealed_input_is_opened_and_others_are_refused(site: Site) -> None:
    proof, app = Proof(site), parties_of(site).of(site.demo.store.code)
    good = proof.sign(frame(site, {"data": {"a": "值"}}), app)
    assert proof.open(good)["input"] == {"data": {"a": "值"}}
    other = parties_of(site).of(site.demo.neighbour.code)
    assert refused(proof, proof.sign(frame(site, {"a": "1"}), other)) == "signature_wrong"
    assert refused(proof, frame(site, {"a": "1"})) == "seal_wrong"
    assert refused(proof, {**good, "input": "%%%"}) == "seal_wrong"
    stranger = {**good, "fixmedins_code": "P00000000000"}
    assert refused(proof, stranger) == "unknown_institution"
    client = client_of(site.seed).client_id.encode()
    garbage = base64.b64encode(encrypt_ecb(client[:16], b"no json")).decode()
    assert refused(proof, {**good, "input": garbage}) == "seal_wrong"


def test_an_answer_is_sealed_and_a_no_is_not(site: Site) -> None:
    proof = Proof(site)
    closed = json.loads(proof.close('{"infcode":0,"output":{"名":1.50}}'.encode()))
    assert isinstance(closed["output"], str)
    assert (closed["signtype"], closed["enc_type"]) == ("SM2", "SM4")
    assert proof.reveal(closed)["output"] == {"名": 1.5}
    no = b'{"infcode":-1,"output":null}'
    assert proof.close(no) == no
    assert proof.reveal(json.loads(no)) == json.loads(no)


def test_signed_fields_cover_all_but_the_input(by_fields: RunningSandbox) -> None:
    site = by_fields.site
    proof, app = Proof(site), parties_of(site).of(site.demo.store.code)
    good = proof.sign(frame(site, '{"a":1}'), app)
    assert proof.open(good) == good
    assert proof.open({**good, "input": '{"a":2}'})["input"] == '{"a":2}'
    assert refused(proof, {**good, "infno": "2"}) == "signature_wrong"
    assert refused(proof, {**good, "cainfo": "no hex"}) == "signature_wrong"
    assert refused(proof, {**good, "input": {"a": 1}}) == "input_not_text"


def test_where_nothing_is_asked_nothing_is_checked() -> None:
    assert load("fujian", "training").profile.core.signing == "none"
    with running_sandbox(seed=1) as sandbox:
        proof = Proof(sandbox.site)
        bare = frame(sandbox.site, {"a": "1"})
        assert proof.open(bare) is bare
        assert proof.close(b"{}") == b"{}"
        assert proof.sign(bare, parties_of(sandbox.site).of(sandbox.site.demo.store.code)) is bare
