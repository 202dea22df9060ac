"""Outgoing HTTP: where it may go, that it goes where it looked, and that nothing of what it holds is told."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from kizuki.kit.outgoing import Answer, NotSent, Policy, permitted, resolve, send, target

ON = Policy(on=True)
HERE = Policy(on=True, inside=frozenset({"127.0.0.1"}))


def refusal(url: str, policy: Policy = ON, **more: Any) -> str:
    """The code with which sending to the address is refused."""
    with pytest.raises(NotSent) as caught:
        send(url, policy=policy, **more)
    return caught.value.code


class Server:
    """A server on this machine that notes what it is asked and answers with what it is told."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = _plainly(b"taken")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.command, self.path, dict(self.headers.items()), body))
                outer.answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        if context is not None:
            self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.httpd.server_address[1]
        threading.Thread(target=self.httpd.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()


def _plainly(
    body: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        with suppress(OSError):
            handler.wfile.write(body)

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def test_nothing_is_sent_unless_it_is_allowed(server: Server) -> None:
    assert refusal("https://example.org/", Policy()) == "off"
    assert refusal(f"http://127.0.0.1:{server.port}/", Policy(inside=frozenset({"127.0.0.1"}))) == "off"
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "https://", "https:///path", "https://user:secret@example.org/", "https://example.org/#part",
        "https://example.org:99999/", "https://example.org/a b", "https://exa mple.org/", "https://[::1/", "https://a..b/",
        "https://example.org/\r\nX: y", "https://" + "a" * 70 + ".org/", "https://exam\x00ple.org/", "ftp://", "https://ex%61mple.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    assert refusal(url) in ("address", "scheme")


@pytest.mark.parametrize(
    "url", ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://x/", "HTTP://x/"]
)
def test_only_https_unless_the_host_is_named(url: str) -> None:
    assert refusal(url) in ("scheme", "address")
    assert target("https://example.org/x", ON).port == 443


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://0/",
        "https://10.1.2.3/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/", "https://100.64.0.1/",
        "https://224.0.0.1/", "https://240.0.0.1/", "https://255.255.255.255/", "https://198.18.0.1/", "https://192.0.2.1/",
        "https://[::1]/", "https://[::]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[ff02::1]/", "https://[2001:db8::1]/",
        "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/",
        "https://[::127.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://localhost/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(url: str) -> None:
    assert refusal(url) in ("inside", "unknown")


def test_a_named_host_may_be_inside_but_never_link_local() -> None:
    for text, allowed in (
        ("10.0.0.1", True), ("127.0.0.1", True), ("::1", True), ("fd00::1", True), ("93.184.215.14", True),
        ("169.254.169.254", False), ("fe80::1", False), ("224.0.0.1", False), ("0.0.0.0", False), ("240.0.0.1", False),
    ):  # fmt: skip
        assert permitted(ipaddress.ip_address(text), inside=True) is allowed, text


@given(st.integers(0, 2**32 - 1))
def test_wrapping_an_address_of_ipv4_changes_nothing(number: int) -> None:
    bare = ipaddress.IPv4Address(number)
    allowed = permitted(bare, inside=False)
    for network in ("::ffff:0:0", "64:ff9b::"):
        wrapped = ipaddress.IPv6Address(int(ipaddress.IPv6Address(network)) | number)
        assert permitted(wrapped, inside=False) == allowed
    assert permitted(ipaddress.IPv6Address((0x2002 << 112) | (number << 80)), inside=False) == allowed


def test_a_name_with_one_address_inside_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*args: Any, **kwargs: Any) -> Any:
        return [(2, 1, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert refusal("https://two.example.org/") == "inside"


def test_the_connection_goes_to_the_address_that_was_looked_at(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers differently the second time is never asked a second time."""
    asked: list[str] = []

    def answer(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host[0].isdigit():  # the connection's own look at the address, which is no name any more
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "192.0.2.66", port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    policy = Policy(on=True, inside=frozenset({f"hook.lan:{server.port}"}))
    assert send(f"http://hook.lan:{server.port}/x?y=1", policy=policy, body=b"{}") == Answer(200, b"taken")
    assert asked == ["hook.lan"]
    command, path, headers, body = server.asked[0]
    assert (command, path, body) == ("POST", "/x?y=1", b"{}")
    assert headers["Host"] == f"hook.lan:{server.port}"


def test_another_port_of_a_named_host_is_not_named(server: Server) -> None:
    policy = Policy(on=True, inside=frozenset({f"127.0.0.1:{server.port + 1}"}))
    assert refusal(f"http://127.0.0.1:{server.port}/", policy) == "scheme"
    assert refusal(f"https://127.0.0.1:{server.port}/", policy) == "inside"


def test_redirects_are_answers_and_not_followed(server: Server) -> None:
    server.answer = _plainly(b"", 302, {"Location": "http://169.254.169.254/"})
    assert send(f"http://127.0.0.1:{server.port}/", policy=HERE).status == 302
    assert len(server.asked) == 1


def test_a_long_answer_is_refused_and_not_read_to_its_end(server: Server) -> None:
    server.answer = _plainly(b"x" * 5_000_000)
    assert refusal(f"http://127.0.0.1:{server.port}/", HERE, most=1000) == "long"
    server.answer = _plainly(b"x" * 1000)
    assert send(f"http://127.0.0.1:{server.port}/", policy=HERE, most=1000).body == b"x" * 1000


def test_a_compressed_answer_is_not_unpacked(server: Server) -> None:
    server.answer = _plainly(b"\x1f\x8b nonsense", headers={"Content-Encoding": "gzip"})
    assert send(f"http://127.0.0.1:{server.port}/", policy=HERE).body == b"\x1f\x8b nonsense"
    assert server.asked[0][2]["Accept-Encoding"] == "identity"


def _drip(handler: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.1)


@pytest.mark.parametrize("answer", [_drip, lambda handler: time.sleep(5)], ids=["drips", "says nothing"])
def test_a_slow_server_is_left(server: Server, answer: Any) -> None:
    server.answer = answer
    start = time.monotonic()
    assert refusal(f"http://127.0.0.1:{server.port}/", HERE, seconds=0.5) == "late"
    assert time.monotonic() - start < 3


def test_a_slow_name_server_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(3))
    with pytest.raises(NotSent, match="late"):
        resolve(target("https://slow.example.org/", ON), 0.2)


def test_nobody_there_and_no_such_name() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/", HERE) == "connect"
    assert refusal("https://no-such-name.invalid/") == "unknown"


def test_no_error_holds_what_was_sent(server: Server) -> None:
    server.answer = lambda handler: handler.connection.close()
    address = f"http://127.0.0.1:{server.port}/hook/s3cret?token=s3cret"
    with pytest.raises(NotSent) as caught:
        send(address, policy=HERE, body=b"s3cret", headers={"X-Key": "s3cret"})
    error = caught.value
    within = error.__traceback__.tb_next if error.__traceback__ else None
    told = "".join(traceback.format_exception(type(error), error, within)) + repr(error)
    assert "s3cret" not in told
    assert error.__cause__ is None


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context whose certificate is for `name`, and the file of it as a root to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1)).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    root = made.public_bytes(serialization.Encoding.PEM)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + root
    )  # fmt: skip
    trusted = folder / f"{name}.root.pem"
    trusted.write_bytes(root)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, trusted


def test_the_certificate_must_be_trusted_and_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = certificate(tmp_path, "hook.lan")
    server = Server(context)
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *a, **k: real(host if host[0].isdigit() else "127.0.0.1", port, *a, **k),
    )
    policy = Policy(on=True, inside=frozenset({"hook.lan", "other.lan"}))
    try:
        assert refusal(f"https://hook.lan:{server.port}/", policy) == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert send(f"https://hook.lan:{server.port}/", policy=policy).status == 200
        assert refusal(f"https://other.lan:{server.port}/", policy) == "tls"
    finally:
        server.close()
