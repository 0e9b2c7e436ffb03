"""The table of architecture 13 on real sockets: what proves that nothing left, what does not."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.domain.errors import Bug
from app.gateways.transport.http import Exchanged, HttpTransport, Limits, Tls
from tests.support.platform_parts import SteadyClock
from tests.support.scripted_server import (
    ScriptedServer,
    cut,
    drip,
    hang_up,
    raw,
    refused_url,
    reset,
    response,
    silence,
    whole,
)

BODY = b'{"infcode":0}'
SHORT = Limits(connect=0.5, total=0.5, reply_bytes=1000)


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    opened = HttpTransport(SteadyClock())
    yield opened
    opened.close()


def _post(transport: HttpTransport, url: str, fresh: bool = True) -> Exchanged:
    return transport.post(
        url, b"question", {"Content-Type": "application/json"}, SHORT, fresh=fresh
    )


@pytest.mark.parametrize("fresh", [True, False])
def test_a_whole_answer_is_handed_over(server, transport, fresh):
    server.then(whole(BODY))
    seen = _post(transport, server.url, fresh)
    assert seen.body == BODY
    assert seen.facts.status == 200
    assert seen.facts.first_byte_left
    assert seen.facts.bytes_sent > len(b"question")
    assert seen.facts.bytes_received == len(BODY)
    assert not seen.nothing_left
    assert server.heard[0].body == b"question"


def test_refused_connection_proves_that_nothing_left(transport):
    seen = _post(transport, refused_url())
    assert seen.nothing_left
    assert not seen.facts.first_byte_left
    assert seen.facts.bytes_sent == 0


def test_unknown_name_proves_that_nothing_left(transport):
    assert _post(transport, "http://nobody.invalid/x").nothing_left


def test_tls_refused_before_the_first_byte_proves_that_nothing_left(server, transport):
    seen = _post(transport, server.url.replace("http://", "https://"))
    assert seen.nothing_left
    assert seen.facts.failure == "handshake"


def test_stalled_handshake_proves_that_nothing_left(transport):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        seen = _post(transport, f"https://127.0.0.1:{port}/x")
    assert seen.nothing_left


@pytest.mark.parametrize(
    "act",
    [
        hang_up,
        reset,
        silence,
        cut(BODY, 5),
        cut(BODY, len(response(BODY)) - 1),
        raw(b"HTTP/1.1 two hundred\r\n\r\n"),
        raw(b"\x00\x01\x02 not http at all\r\n\r\n"),
        raw(b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 300 + b"\r\n"),
        raw(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
        raw(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
    ],
    ids=[
        "hang_up",
        "reset",
        "silence",
        "cut_in_head",
        "cut_in_body",
        "bad_status_line",
        "not_http",
        "too_many_headers",
        "cut_chunk",
        "bad_chunk",
    ],
)
def test_after_the_first_byte_nothing_is_proved(server, transport, act):
    server.then(act)
    seen = _post(transport, server.url)
    assert seen.body is None
    assert seen.facts.first_byte_left
    assert seen.facts.failure
    assert not seen.nothing_left


def test_a_dripping_answer_ends_at_the_deadline(server, transport):
    server.then(drip(b"x" * 900, 0.02))
    seen = _post(transport, server.url)
    assert seen.body is None
    assert seen.facts.failure == "deadline"
    assert 400 <= seen.facts.took_ms < 5000


def test_an_answer_over_the_cap_is_dropped(server, transport):
    server.then(whole(b"x" * 5000))
    seen = _post(transport, server.url)
    assert seen.body is None
    assert seen.facts.failure == "too_long"


def test_a_compressed_answer_is_not_unpacked(server, transport):
    server.then(whole(b"\x1f\x8b", extra="Content-Encoding: gzip\r\n"))
    seen = _post(transport, server.url)
    assert seen.body is None
    assert seen.facts.failure == "encoded"
    assert server.heard[0].header("Accept-Encoding") == "identity"


def test_a_redirect_is_an_answer_and_is_not_followed(server, transport):
    server.then(whole(b"", 307, f"Location: {server.url}\r\n"), whole(BODY))
    seen = _post(transport, server.url)
    assert seen.facts.status == 307
    assert len(server.heard) == 1


def test_money_gets_a_connection_of_its_own_and_the_rest_keeps_one(server, transport):
    server.then(*[whole(BODY)] * 4)
    for fresh in (False, False, True, True):
        assert _post(transport, server.url, fresh).body == BODY
    kept_one, kept_two, own_one, own_two = (heard.connection for heard in server.heard)
    assert kept_one == kept_two
    assert len({kept_one, own_one, own_two}) == 3


def _interim_first(conn: socket.socket, stopping: threading.Event) -> bool:
    """Says that it works on it, and answers when the next message is here."""
    conn.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
    if conn.recv(1):
        whole(b"of the first message")(conn, stopping)
    return False


def test_an_answer_that_comes_behind_an_interim_one_is_not_taken_for_the_next(server, transport):
    server.then(_interim_first, whole(b"of the second message"))
    first = _post(transport, server.url, fresh=False)
    assert (first.facts.status, first.body) == (102, b"")
    assert _post(transport, server.url, fresh=False).body == b"of the second message"


@pytest.mark.parametrize("act", [whole(BODY, 502), cut(BODY, 3), whole(b"x" * 2000)])
def test_nothing_goes_out_behind_an_odd_exchange(server, transport, act):
    server.then(act, whole(BODY))
    _post(transport, server.url, fresh=False)
    assert _post(transport, server.url, fresh=False).body == BODY
    assert [heard.connection for heard in server.heard] == [1, 2]


def test_cookies_are_not_kept(server, transport):
    server.then(whole(BODY, extra="Set-Cookie: a=b\r\n"), whole(BODY))
    _post(transport, server.url, fresh=False)
    _post(transport, server.url, fresh=False)
    assert server.heard[1].header("Cookie") == ""


def test_the_environment_names_no_proxy(server, transport, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", refused_url())
    monkeypatch.setenv("http_proxy", refused_url())
    server.then(whole(BODY))
    assert _post(transport, server.url).body == BODY


@pytest.mark.parametrize("url", ["nothing", "ftp://127.0.0.1/x", "http://"])
def test_an_address_that_cannot_be_one_is_a_bug(transport, url):
    with pytest.raises(Bug):
        _post(transport, url)


def test_two_lanes_do_not_share_a_mark(server, transport):
    server.then(silence)
    results: dict[str, Exchanged] = {}
    stuck = threading.Thread(target=lambda: results.update(stuck=_post(transport, server.url)))
    stuck.start()
    results["refused"] = _post(transport, refused_url())
    stuck.join()
    assert results["refused"].nothing_left
    assert results["stuck"].facts.first_byte_left


def test_server_support_reports_what_it_heard(transport):
    with ScriptedServer() as running:
        running.then(whole(b"a"), whole(b"b"))
        assert _post(transport, running.url, fresh=False).body == b"a"
        assert _post(transport, running.url, fresh=False).body == b"b"
        assert [heard.connection for heard in running.heard] == [1, 1]


def test_closing_closes_at_once_although_an_exception_is_remembered(server):
    transport = HttpTransport(SteadyClock())
    server.then(whole(BODY), hang_up, whole(BODY))
    seen = [_post(transport, server.url, fresh=False) for _ in range(3)]
    transport.close()
    assert [one.body for one in seen] == [BODY, None, BODY]
    server.wait_until_all_hung_up()


class _Authority:
    """A certificate for 127.0.0.1 and a TLS server that shows it."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
            )
            .sign(key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(Encoding.PEM).decode()
        self.pin = certificate.fingerprint(hashes.SHA256()).hex()
        held = folder / "server.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        held.write_bytes(secret + self.pem.encode())
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(held)


@pytest.fixture
def authority(tmp_path) -> _Authority:
    return _Authority(tmp_path)


@pytest.fixture
def tls_server(authority) -> Iterator[ScriptedServer]:
    with ScriptedServer(tls=authority.context) as running:
        yield running


def _tls_post(server: ScriptedServer, tls: Tls) -> Exchanged:
    transport = HttpTransport(SteadyClock(), tls)
    server.then(whole(BODY))
    seen = _post(transport, server.url)
    transport.close()
    return seen


def test_a_believed_certificate_lets_the_message_out(tls_server, authority):
    for pins in ((), (authority.pin,), ("00" * 32, authority.pin)):
        seen = _tls_post(tls_server, Tls(authority.pem, pins))
        assert seen.body == BODY


@pytest.mark.parametrize("case", ["nobody_believed", "another_pin"])
def test_an_unbelieved_certificate_gets_not_one_byte(tls_server, authority, case):
    tls = Tls() if case == "nobody_believed" else Tls(authority.pem, ("00" * 32,))
    seen = _tls_post(tls_server, tls)
    assert seen.nothing_left
    words = {"nobody_believed": "certificate_untrusted", "another_pin": "certificate_not_pinned"}
    assert seen.facts.failure == words[case]
    assert tls_server.heard == []


def test_the_machines_own_trust_is_not_asked(tls_server, authority, monkeypatch, tmp_path):
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(authority.pem)
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(bundle))
    assert _tls_post(tls_server, Tls()).nothing_left


def test_a_connect_that_hangs_proves_that_nothing_left(transport):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        seen = _post(transport, f"http://127.0.0.1:{address[1]}/x")
        for one in waiting:
            one.close()
    assert seen.nothing_left
    assert seen.facts.failure == "connect_timeout"
