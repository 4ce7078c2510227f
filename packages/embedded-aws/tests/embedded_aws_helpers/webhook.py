"""An HTTPS endpoint of a test, on this machine, which keeps what is posted to it."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from embedded_aws.serving_thread import ServingThread
from embedded_aws_helpers.web_server import JsonHandler

_ADDRESS = "127.0.0.1"


@dataclass(slots=True)
class Webhook:
    """What was posted, in order, and with which status the endpoint responds."""

    url: str = ""
    status: int = 200
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)


@contextmanager
def webhook(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """Serve an endpoint whose certificate this process trusts meanwhile.

    Args:
        folder: for the certificate and its key.
        monkeypatch: sets the environment.
    """
    hook = Webhook()

    class Handler(JsonHandler):
        def do_POST(self) -> None:
            hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            hook.headers.append(dict(self.headers))
            hook.times.append(datetime.now(UTC))
            self.send_json(hook.status, {})

    certificate = _write_certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = ThreadingHTTPServer((_ADDRESS, 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = ServingThread(server)
    hook.url = f"https://{_ADDRESS}:{server.server_port}/hooks/secret"
    try:
        yield hook
    finally:
        thread.stop()


def _write_certificate(folder: Path) -> Path:
    """Write a key and its own certificate for this machine, valid at any time of a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _ADDRESS)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(_ADDRESS))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "webhook.pem"
    path.write_bytes(private + certificate.public_bytes(pem))
    return path
