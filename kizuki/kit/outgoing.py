"""The one way in which Kizuki asks or tells another server something.

Whoever may enter an address could otherwise make the server speak to what only the server reaches: its own ports, the machines beside
it, the cloud's metadata. So nothing is sent unless whoever runs the site allows it; a name is resolved once and the connection goes
to exactly the address that was looked at; addresses of one's own network are refused unless their host is named; redirects are
not followed; time and size are bounded; and no error repeats an address, a header or a body, since they hold secrets.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as LateError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Why nothing was sent, or no answer taken: sending is off; not an address; neither https nor an allowed host; the name is not known;
#: it leads to an address that is not public; nobody answers; no trusted certificate; too slow; the answer is too long.
Code: TypeAlias = Literal["off", "address", "scheme", "unknown", "inside", "connect", "tls", "late", "long"]

SECONDS: Final = 10.0
MOST: Final = 64 * 1024
_PORTS: Final = {"https": 443, "http": 80}
#: Addresses of IPv6 in which one of IPv4 is wrapped (RFC 6052, RFC 4291).
_WRAPPED: Final = [ipaddress.IPv6Network(net) for net in ("64:ff9b::/96", "::/96")]


class Policy(NamedTuple):
    """What may be sent where. `on`: anything at all. `inside`: hosts (“chat.lan” or “chat.lan:8065”) of one's own network, to which
    http and private addresses are allowed as well."""

    on: bool = False
    inside: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """What the other server said. A status of 300 and more is an answer too, not an error."""

    status: int
    body: bytes


class NotSent(Exception):
    """Nothing was sent, or no answer came. `code` says why; there is no text, for it could hold what nobody may read."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


class Target(NamedTuple):
    """Where an address leads, as far as it can be read without asking anybody. `inside`: the policy names its host."""

    scheme: str
    host: str
    port: int
    path: str
    inside: bool

    @property
    def called(self) -> str:
        """The host as the header Host names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str, policy: Policy) -> Target:
    """Read and judge an address. Raises NotSent ("off", "address", "scheme")."""
    if not policy.on:
        raise NotSent("off")
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        host = _host(parts)
    except (ValueError, UnicodeError):
        raise NotSent("address") from None
    strange = any(ord(sign) <= 32 or ord(sign) > 126 for sign in parts.path + parts.query)
    if not host or strange or "@" in parts.netloc or parts.fragment:
        raise NotSent("address")
    inside = host in policy.inside or f"{host}:{port}" in policy.inside
    if parts.scheme != "https" and not (parts.scheme == "http" and inside):
        raise NotSent("scheme")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, inside)


def _host(parts: SplitResult) -> str:
    """The host in lower case and in ASCII. ValueError where it is none."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    made = host.encode("idna").decode("ascii").lower()
    if not all(sign.isalnum() or sign in "-._" for sign in made):
        raise ValueError(host)
    return made


def permitted(address: Address, *, inside: bool) -> bool:
    """Whether one may connect there. Public addresses only; `inside`: also private ones and this machine itself, but never link-local
    ones, where clouds keep their credentials."""
    bare = _unwrapped(address)
    if bare is not address and not permitted(bare, inside=inside):
        return False
    if bare is not address:
        return True
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    if inside and address.is_loopback:
        return True
    return (address.is_global or (inside and address.is_private)) and not address.is_reserved


def _unwrapped(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for; else the address itself."""
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in net for net in _WRAPPED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def resolve(where: Target, seconds: float = SECONDS) -> list[Address]:
    """The addresses of the host, asked for once. Raises NotSent ("unknown", "late"; "inside" where any of them may not be spoken to)."""
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            rows = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
            found.extend(str(row[4][0]).partition("%")[0] for row in rows)

    # The system's resolver knows no time limit of ours; what it still does then goes on without us.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(max(0.1, seconds))
    if thread.is_alive():
        raise NotSent("late")
    addresses = [ipaddress.ip_address(one) for one in dict.fromkeys(found)]
    if not addresses:
        raise NotSent("unknown")
    if not all(permitted(one, inside=where.inside) for one in addresses):
        raise NotSent("inside")
    return addresses


def send(
    url: str,
    *,
    policy: Policy,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    seconds: float = SECONDS,
    most: int = MOST,
) -> Answer:
    """Send one request and give the answer, of at most `most` bytes, within about `seconds`. Raises NotSent."""
    end = time.monotonic() + seconds
    where = target(url, policy)
    told = {"Host": where.called, "User-Agent": "Kizuki", "Accept-Encoding": "identity", **(headers or {})}
    try:
        with _connected(where, end) as connection:
            connection.request(method, where.path, body, told, preload_content=False, decode_content=False)
            with contextlib.closing(connection.getresponse()) as response:
                read = response.read(most + 1, decode_content=False)
                status, missing = response.status, response.length_remaining
    except ssl.SSLError:
        raise NotSent("tls") from None
    except (OSError, HTTPError, HTTPException) as error:
        late = isinstance(error, (LateError, TimeoutError)) and not isinstance(error, NewConnectionError)
        # Cut off at the end of its time, the connection looks as if the other side had gone.
        raise NotSent("late" if late or time.monotonic() >= end else "connect") from None
    if len(read) > most:
        raise NotSent("long")
    if missing:
        raise NotSent("late" if time.monotonic() >= end else "connect")
    return Answer(status, read)


@contextlib.contextmanager
def _connected(where: Target, end: float) -> Iterator[HTTPConnection]:
    """A connection to one of the host's addresses, which is cut at the moment `end`."""
    connection = _connect(where, end)
    # A server that sends a byte now and then would never run into the socket's own time limit.
    guard = threading.Timer(max(0.0, end - time.monotonic()), _cut, [connection.sock])
    guard.daemon = True
    guard.start()
    try:
        yield connection
    finally:
        guard.cancel()
        connection.close()


def _connect(where: Target, end: float) -> HTTPConnection:
    """Connect to the first of the addresses that takes it, never to the name."""
    failed: Exception = NotSent("connect")
    for address in resolve(where, end - time.monotonic()):
        rest = end - time.monotonic()
        if rest <= 0:
            raise NotSent("late")
        connection = _connection(where, address, rest)
        try:
            connection.connect()
        except (OSError, HTTPError) as error:
            connection.close()
            failed = error
        else:
            return connection
    raise failed


def _connection(where: Target, address: Address, seconds: float) -> HTTPConnection:
    if where.scheme == "http":
        return HTTPConnection(str(address), where.port, timeout=seconds)
    # The certificate must be the name's, though the connection goes to the address.
    return HTTPSConnection(
        str(address), where.port, timeout=seconds, server_hostname=where.host,
        ssl_context=ssl.create_default_context(),
    )  # fmt: skip


def _cut(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # Of the socket below TLS: its own shutdown may not be called while another thread reads.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
