"""Indicators in a text: what points to an attacker, found, made plain and put into one form. A person confirms them.

Found are addresses (IPv4, IPv6), names of hosts, addresses of the web and of mail, hashes (MD5, SHA-1, SHA-256) and CVE numbers, also
where they were broken so that nobody follows them (hxxp, [.], (dot), [@], 。). An address of the web or of mail is one indicator: the
name in it is not a second one. The time taken grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.incidents.engine import hosts
from kizuki.incidents.engine.refang import STOP, Plain, refanged

Kind: TypeAlias = Literal["ip", "domain", "url", "mail", "md5", "sha1", "sha256", "cve"]
#: No indicator is kept longer; a longer address of the web loses what is asked of it, or is its host alone.
LONGEST: Final = 500


class Found(msgspec.Struct, frozen=True):
    """An indicator. `value`: in its one form, never defanged; `start`, `end`: where it stands in the text as typed; `private`: it is in
    a network, or under a name, of one's own."""

    kind: Kind
    value: str
    start: int
    end: int
    private: bool = False


#: Letters of alphabets that part words by spaces; Japanese and Chinese writing ends a name.
_L: Final = "a-z0-9_\u00c0-\u024f\u0370-\u03ff\u0400-\u052f-"
_CJK: Final = "\u3005-\u3007\u3041-\u30fe\u3400-\u9fff\uac00-\ud7a3"
_URL: Final = re.compile(
    r"(?<![a-z0-9])(?P<scheme>https?|ftps?|wss?|sftp|tcp|ldaps?|rmi)://(?P<rest>[^\s<>\"'`{}|\\^「」『』、。，！；（）]{1,4000})",
    re.IGNORECASE,
)
_AUTHORITY: Final = re.compile(
    r"(?P<user>[^@/?#]*@)?(?P<host>\[[0-9a-f:.]+\]|[^\s/?#:@\[\]]+)(?P<port>:[0-9]{1,5})?", re.IGNORECASE
)
_MAIL: Final = re.compile(
    rf"(?<![a-z0-9._%+'/=-])(?P<local>[a-z0-9][a-z0-9._%+'=-]{{0,63}})@(?P<host>[{_L}]++(?:\.[{_L}]++)++)",
    re.IGNORECASE,
)
_V4: Final = re.compile(r"(?<![0-9a-z_.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9a-z_]|\.[0-9a-z_])", re.IGNORECASE)
_V6: Final = re.compile(
    r"(?<![0-9a-z_:.])(?:[0-9a-f]{0,4}:){2,7}(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-f]{0,4})(?![0-9a-z_:])",
    re.IGNORECASE,
)
_HASH: Final = re.compile(r"(?<![0-9a-z_])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z_])", re.IGNORECASE)
_CVE: Final = re.compile(r"(?<![0-9a-z])CVE[-‐–—_ ]((?:19|20)[0-9]{2})[-‐–—_]([0-9]{4,10})(?![0-9])", re.IGNORECASE)
_NAME: Final = re.compile(rf"(?<![{_L}@])[{_L}]++(?:[.。][{_L}]++)++", re.IGNORECASE)
_PART: Final = re.compile(r"[^。]+")
#: A name with Japanese or Chinese labels has to stand by itself: nobody could tell where it begins or ends in a sentence.
_WIDE_NAME: Final = re.compile(
    rf"(?<![^\s(（「『:：、,<\[])[{_L}{_CJK}]++(?:\.[{_L}{_CJK}]++)++(?![^\s)）」』、。,>\]/:])", re.IGNORECASE
)
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_IS_CJK: Final = re.compile(f"[{_CJK}]")
#: What stands before, and after, four numbers that are a version or a section.
_COUNTED: Final = re.compile(
    r"(?:(?i:\bv|ver\.?|version|release|rev\.?|build|firmware|section|バージョン|第|版|§)|\b[A-Z][a-z]+/) ?$"
)
_COUNTS: Final = re.compile(r" ?[版節章項]")
#: Words that begin a sentence after a full stop without a space, and are endings of names.
_SENTENCE: Final = frozenset(
    {"it", "is", "in", "so", "to", "at", "no", "my", "me", "be", "as", "am", "by", "us", "do", "id", "ms", "mr"}
)
_CLOSING: Final = {")": "(", "]": "["}
_HASH_KIND: Final[dict[int, Kind]] = {32: "md5", 40: "sha1", 64: "sha256"}
_PORTS: Final = {"http": ":80", "https": ":443", "ftp": ":21", "ws": ":80", "wss": ":443"}

_Hit: TypeAlias = tuple[Kind, str, int, int, bool]


def found(text: str) -> tuple[Found, ...]:
    """Every indicator of the text, in order; one that stands there twice is given twice."""
    plain = refanged(text)
    taken = bytearray(len(plain.text))
    made: list[Found] = []
    for sign, reader in _READERS:
        for kind, value, start, end, private in reader(plain) if sign in plain.text else ():
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\x01" * (end - start)
                if value:
                    made.append(Found(kind, value, plain.place(start), plain.place(end - 1) + 1, private))
    return tuple(sorted(made, key=lambda one: one.start))


def _urls(plain: Plain) -> Iterator[_Hit]:
    for match in _URL.finditer(plain.text):
        written = _without_end(_ascii_path(match["rest"]))
        end = match.start("rest") + len(written)
        read = _AUTHORITY.match(written)
        made = _host(read["host"]) if read else None
        if read is None or made is None:
            continue
        host, private = made
        if not host.startswith("[") and not _host_ends(written, read.end()):  # the sentence goes on after the name
            end = match.start("rest") + read.end()
            written = written[: read.end()]
        scheme = match["scheme"].lower()
        port = read["port"] if read["port"] and read["port"] != _PORTS.get(scheme) else ""
        begin, path = f"{scheme}://{read['user'] or ''}{host}{port}", written[read.end() :]
        if len(begin) + len(path) > LONGEST:
            path = re.split("[?#]", path)[0]
        if len(begin) + len(path) <= LONGEST:
            yield "url", begin + path, match.start(), end, private
        elif not private and not hosts.address(host.strip("[]")):
            yield "domain", host, match.start(), end, False


def _host_ends(written: str, at: int) -> bool:
    return at == len(written) or written[at] in "/?#"


def _ascii_path(rest: str) -> str:
    """The address of the web up to where a sentence goes on in another writing: such signs belong to a host only, and to that only if
    names may end as it does (日本語.jp, but not evil.exampleに)."""
    written = re.match(r"[^/?#]*", rest)
    host = written[0] if written else ""
    if _IS_CJK.search(host) and not hosts.ends_publicly(host.rpartition(".")[2].partition(":")[0].lower()):
        name = re.match(rf"(?:[^@]*@)?[{_L}.:\[\]]+", host, re.IGNORECASE)
        return name[0] if name else rest
    wide = _NOT_ASCII.search(rest, len(host))
    return rest[: wide.start()] if wide else rest


def _without_end(written: str) -> str:
    """Without the signs that end the sentence and not the address."""
    counts = {sign: written.count(sign) for sign in "()[]"}
    end = len(written)
    while end:
        last = written[end - 1]
        if last in _CLOSING:
            if counts[last] <= counts[_CLOSING[last]]:
                break
            counts[last] -= 1
        elif last not in ".,;:!?*…":
            break
        end -= 1
    return written[:end]


def _host(written: str) -> tuple[str, bool] | None:
    """The host of an address of the web in its one form, and whether it is one's own; None for what is none."""
    made = hosts.address(written.strip("[]"))
    if made is not None:
        return (f"[{made}]" if made.version == 6 else str(made)), hosts.is_own_address(made)
    name = hosts.host_name(written)
    return (name, hosts.is_own_name(name)) if name else None


def _mails(plain: Plain) -> Iterator[_Hit]:
    for match in _MAIL.finditer(plain.text):
        name = hosts.host_name(match["host"].rstrip("-_"))
        if not name:
            continue
        private = hosts.is_own_name(name)
        if private or plain.was_broken(match.start(), match.end()) or hosts.is_public_name(name, meant=True):
            value = f"{match['local'].lower()}@{name}"
            end = match.start("host") + len(match["host"].rstrip("-_"))
            yield "mail", value if len(value) <= LONGEST else "", match.start(), end, private


def _hashes(plain: Plain) -> Iterator[_Hit]:
    for match in _HASH.finditer(plain.text):
        value = match[0].lower()
        if not value.isdigit() and not value.isalpha():
            yield _HASH_KIND[len(value)], value, match.start(), match.end(), False


def _cves(plain: Plain) -> Iterator[_Hit]:
    for match in _CVE.finditer(plain.text):
        yield "cve", f"CVE-{match[1]}-{match[2]}", match.start(), match.end(), False


def _v6s(plain: Plain) -> Iterator[_Hit]:
    for match in _V6.finditer(plain.text):
        written = match[0].removesuffix(":") if match[0][-2:-1].isalnum() else match[0]
        groups = written.split(":")
        # Names of code (a::b), times and numbers of network cards are not addresses.
        long = written.startswith("::") or len(groups[0]) > 2 or written.lower().startswith("64:ff9b:")
        full = len(groups) == 8 and all(groups) and any(len(group) != 2 for group in groups)
        if (long or full) and any(map(str.isdigit, written)) and (made := hosts.address(written)) is not None:
            yield "ip", str(made), match.start(), match.start() + len(written), hosts.is_own_address(made)


def _v4s(plain: Plain) -> Iterator[_Hit]:
    text = plain.text
    for match in _V4.finditer(text):
        start, end = match.span()
        made = hosts.address(match[0])
        if made is None or int(made) < 1 << 24 or int(made) >= 240 << 24 or _COUNTS.match(text, end):
            continue
        if match[0].endswith(".0.0.0") and text[end : end + 1] != "/":  # no host, but a version such as Chrome's
            continue
        if not plain.was_broken(start, end) and _COUNTED.search(text, max(0, start - 14), start):
            continue
        yield "ip", str(made), start, end, hosts.is_own_address(made)


def _names(plain: Plain) -> Iterator[_Hit]:
    for match in _NAME.finditer(plain.text):
        written, start = match[0], match.start()
        if STOP in written and "." not in written:
            name = hosts.host_name(written.replace(STOP, "."))
            if name and hosts.is_public_name(name, meant=True):
                yield "domain", name, start, match.end(), False
            continue
        if _in_a_path(plain.text, start):
            continue
        for part in _PART.finditer(written):
            bare = part[0].rstrip("-_").lstrip("-")
            at = start + part.start() + part[0].index(bare) if bare else 0
            meant = plain.was_broken(at, at + len(bare))
            if (
                "." in bare
                and hosts.ends_publicly(bare[bare.rindex(".") + 1 :].lower())
                and (meant or not _two_sentences(bare))
            ):
                name = hosts.host_name(bare)
                if name and hosts.is_public_name(name, meant=meant):
                    yield "domain", name, at, at + len(bare), False


def _in_a_path(text: str, start: int) -> bool:
    """Whether the name is a file's, or the end of a longer name in Japanese or Chinese writing."""
    before, sign = text[start - 2 : start - 1] if start > 1 else "", text[start - 1 : start]
    if sign in ("/", "\\"):
        return before != sign
    return sign == "." and bool(_IS_CJK.match(before))


def _two_sentences(written: str) -> bool:
    """“It is done.The next”: a full stop without a space after it."""
    before, _, last = written.rpartition(".")
    title = last[:1].isupper() and last[1:].islower()
    return title and (before.islower() or last.lower() in _SENTENCE)


def _wide_names(plain: Plain) -> Iterator[_Hit]:
    for match in _WIDE_NAME.finditer(plain.text):
        if _IS_CJK.search(match[0]):
            name = hosts.host_name(match[0].strip("-_"))
            if name and hosts.is_public_name(name, meant=True):
                yield "domain", name, match.start(), match.end(), False


#: What reads each kind, the longest first; without the sign there is nothing to read.
_READERS: Final[tuple[tuple[str, Callable[[Plain], Iterator[_Hit]]], ...]] = (
    ("://", _urls), ("@", _mails), ("", _hashes), ("", _cves), (":", _v6s), (".", _v4s), ("", _names), (".", _wide_names),
)  # fmt: skip
