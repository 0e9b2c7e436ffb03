"""A province for a live store: the training platform behind TLS, with a region and keys of its own.

Nothing of training is left to the store: another region, institution, key and address. Controls
of the stand-in (a phone that shows codes, its books) are reached over a second, plain listener.
"""

import base64
import json
import re
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.profile.loader import load, profile_folder
from app.sandbox import control
from app.sandbox.core import install as core
from app.sandbox.faults import Switchboard, known_in
from app.sandbox.rx import install as rx
from app.sandbox.server import furnish
from app.sandbox.state import State
from app.sandbox.wire import WireServer
from resources.scenarios import DemoStore
from tests.support.furnished import demo_of

_HANDSHAKE_S = 10.0
REGION = "exampleland"
CODE, NAME = "P99000000077", "示例正式药房"
LOGIN, HANDED, OWN = "9001", "48291735", "zhenshi-07"
PEOPLE = f"""
[[people]]
login = "{LOGIN}"
name = "正式收银"
pin = "{HANDED}"
roles = ["clerk"]

[[drugs]]
code = "LIVE1"
national_code = "XA10BAE047A001010000099"
generic_name = "示例片"
specification = "0.5g×20片"
maker = "示例制药"
approval_no = "国药准字H00000099"
pack_unit = "盒"
price = "12.30"
prescription_only = false
pay_class = "a"
storage = "常温"
"""


class Authority:
    """A small CA, and certificates of it; ``names`` are addresses or host names."""

    def __init__(self, folder: Path, called: str = "Example CA") -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, called)])
        own = self._builder(self._name, self._key, 1, 30).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        root = own.sign(self._key, hashes.SHA256())
        self.pem = root.public_bytes(Encoding.PEM).decode()

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, begun: int, left: int
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=begun))
            .not_valid_after(now + timedelta(days=left))
        )

    def issued(self, name: str, *, left: int = 30) -> tuple[bytes, bytes]:
        """The secret key and the certificate of a server, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        entry: x509.GeneralName = (
            x509.IPAddress(ip_address(name)) if name[:1].isdigit() else x509.DNSName(name)
        )
        certificate = (
            self._builder(subject, key, 40, left)
            .add_extension(x509.SubjectAlternativeName([entry]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return secret, certificate.public_bytes(Encoding.PEM)

    def server(self, name: str = "127.0.0.1", *, left: int = 30) -> SSLContext:
        """A server's context; ``left`` below 0 for a certificate that has expired."""
        held = self._folder / f"{x509.random_serial_number():x}.pem"
        held.write_bytes(b"".join(self.issued(name, left=left)))
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(held)
        held.unlink()
        return context


class SecuredServer(WireServer):
    """The stand-in's server behind TLS; ``tls`` may be exchanged while it runs."""

    tls: SSLContext

    def get_request(self) -> tuple[socket, Any]:
        """A connection whose handshake fails is an ``OSError``: the server goes on to the next."""
        line, where = super().get_request()
        line.settimeout(_HANDSHAKE_S)
        try:
            return self.tls.wrap_socket(line, server_side=True), where
        except OSError:
            line.close()
            raise


@dataclass
class Province:
    """A platform that answers at ``url``; ``ready`` has its keys and the plain controls."""

    url: str
    ready: dict[str, Any]
    demo: DemoStore
    authority: Authority
    folder: Path
    server: SecuredServer

    def settings(self, folder: Path, **changed: str) -> Path:
        """The settings file of a live store, its keys and roots beside it.

        ``changed`` replaces a line by its key with dots for underscores between table and key.
        """
        keys = folder / "keys"
        keys.mkdir(parents=True, exist_ok=True)
        shown = self.ready["pharmacy"]["keys"]
        gateway = self.ready["gateway"]["secret"]
        for name in ("appSecret", "privateKey", "publicKey", "platformPublicKey"):
            _keep(keys / f"{name}.txt", shown[name])
        _keep(keys / "gatewaySecret.txt", gateway)
        (folder / "ca.pem").write_text(self.authority.pem, encoding="ascii")
        roots = []
        for number, root in enumerate(self.ready["pharmacy"]["sealRoots"]):
            (folder / f"seal{number}.der").write_bytes(base64.b64decode(root))
            roots.append(f"seal{number}.der")
        base = {
            "region": json.dumps(REGION),
            "regions": json.dumps(str(self.folder / "regions")),
            "institution.code": json.dumps(CODE),
            "institution.name": json.dumps(NAME, ensure_ascii=False),
            "institution.area": '"990100"',
            "addresses.core": json.dumps(self.url),
            "addresses.prescription": json.dumps(self.url),
            "addresses.voucher": json.dumps(self.url),
            "trust.ca": '"ca.pem"',
            "trust.seal_roots": json.dumps(roots),
            "keys.folder": '"keys"',
            "keys.app_id": json.dumps(shown["appId"]),
            "keys.paasid": json.dumps(self.ready["gateway"]["paasid"]),
            "storage.folder": '"base"',
            "storage.key": '"file"',
            "storage.key_folder": '"base-keys"',
        }
        lines = base | {key.replace("__", "."): value for key, value in changed.items()}
        text = "".join(f"{key} = {value}\n" for key, value in lines.items() if value)
        file = folder / "live.toml"
        file.write_text(text, encoding="utf-8")
        tomllib.loads(text)
        return file


def _keep(path: Path, text: str) -> None:
    path.write_text(f"{text}\n", encoding="utf-8")
    path.chmod(0o600)


def write_region(folder: Path, rests_on: str = "") -> None:
    """A region as a province would send it: what the training platform promises, under a name.

    ``rests_on``: another region than training rests on, whose way of reading e-vouchers stays.
    """
    regions = folder / "regions"
    regions.mkdir()
    text = (profile_folder() / "training.toml").read_text("utf-8")
    text = text.replace('id = "training"', f'id = "{REGION}"').replace(
        'name = "训练"', 'name = "示例省"'
    )
    if rests_on:
        text = text.replace('extends = "fujian"', f'extends = "{rests_on}"')
        text = re.sub(r"\[voucher\]\n(ec_.*\n)+", "", text)
    (regions / f"{REGION}.toml").write_text(text, encoding="utf-8")


@contextmanager
def a_province(folder: Path, rests_on: str = "") -> Iterator[Province]:
    """The stand-in behind TLS on loopback. The region has to be known by its environment."""
    write_region(folder, rests_on)
    authority = Authority(folder)
    profile = load(REGION).profile
    plain = demo_of(datetime.now(UTC).date())
    demo = replace(plain, store=replace(plain.store, code=CODE, name=NAME, area="990100"))
    with State(None) as state:
        site, registry, shown = furnish(profile, state, 7, demo=demo)
        switchboard = Switchboard()
        control.install(
            registry,
            site,
            switchboard,
            known_in(profile),
            lambda: core.counts(site),
            lambda: rx.counts(site),
        )
        behind = SecuredServer(0, registry, switchboard)
        behind.tls = authority.server()
        controls = WireServer(0, registry, switchboard)
        with _serving(behind), _serving(controls):
            ready: dict[str, Any] = {
                "profile": profile.id,
                "endpoints": registry.endpoints(controls.url),
                **shown,
            }
            url = behind.url.replace("http:", "https:")
            yield Province(url, ready, demo, authority, folder, behind)


@contextmanager
def _serving(server: WireServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="province")
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join()
