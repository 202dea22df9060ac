"""Indicators in text: what is found, in which form, what is not one, and in how much time."""

from __future__ import annotations

import ipaddress
import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.incidents.choices import IndicatorKind
from kizuki.incidents.engine.defang import defanged
from kizuki.incidents.engine.indicators import LONGEST, Found, found

MD5, SHA1 = "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


#: A busy machine is no fault of what is tried.
UNHURRIED = settings(deadline=None)


def pairs(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in found(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("203.0.113.5", "ip", "203.0.113.5"), ("203.0.113.5:443", "ip", "203.0.113.5"),
        ("10.0.0.1/24", "ip", "10.0.0.1"), ("送信元203.0.113.5から", "ip", "203.0.113.5"),
        ("203[.]0[.]113[.]5", "ip", "203.0.113.5"), ("203.0.113[.]5", "ip", "203.0.113.5"),
        ("203(.)0(.)113(.)5", "ip", "203.0.113.5"), ("２０３．０．１１３．５", "ip", "203.0.113.5"),
        ("2001:DB8:0:0::1", "ip", "2001:db8::1"), ("[2001:db8::1]:443", "ip", "2001:db8::1"),
        ("2001:db8::1: denied", "ip", "2001:db8::1"), ("2001[:]db8::1", "ip", "2001:db8::1"),
        ("fe80::1%eth0", "ip", "fe80::1"), ("::ffff:203.0.113.5", "ip", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "ip", "2001:db8:1:2:3:4:5:6"), ("64:ff9b::cb00:7105", "ip", "64:ff9b::cb00:7105"),
        ("Evil.Example.COM.", "domain", "evil.example.com"), ("evil[.]example", "domain", "evil.example"),
        ("evil(dot)example(dot)com", "domain", "evil.example.com"),
        ("evil[dot]example", "domain", "evil.example"), ("evil{.}example", "domain", "evil.example"),
        ("evil[.example", "domain", "evil.example"), ("evil.]example", "domain", "evil.example"),
        ("evil\\.example\\.com", "domain", "evil.example.com"), ("evil。example。com", "domain", "evil.example.com"),
        ("ｅｖｉｌ．ｃｏｍ", "domain", "evil.com"), ("*.evil.com", "domain", "evil.com"),
        ("接続先evil.example.comに接続", "domain", "evil.example.com"),
        ("接続先はevil.example.com。PC-1を", "domain", "evil.example.com"), ("a.github.io", "domain", "a.github.io"),
        ("evil.co.jp", "domain", "evil.co.jp"), ("abc.onion", "domain", "abc.onion"),
        ("update[.]zip", "domain", "update.zip"), ("_dmarc.evil.com", "domain", "_dmarc.evil.com"),
        ("日本語.jp に接続", "domain", "xn--wgv71a119e.jp"), ("日本語[.]jp", "domain", "xn--wgv71a119e.jp"),
        ("faß.de", "domain", "xn--fa-hia.de"), ("ÉVIL.com", "domain", "xn--vil-9la.com"),
        ("xn--wgv71a119e.jp", "domain", "xn--wgv71a119e.jp"),
        ("evil.みんな", "domain", "evil.xn--q9jyb4c"), ("\\\\srv.example.com\\share", "domain", "srv.example.com"),
        ("hxxp://evil[.]example/a?x=1", "url", "http://evil.example/a?x=1"),
        ("hXXps://evil[.]example", "url", "https://evil.example"),
        ("h**p://evil.example/", "url", "http://evil.example/"),
        ("hxxps[:]//evil[.]example/", "url", "https://evil.example/"),
        ("hxxp[://]evil.example/", "url", "http://evil.example/"),
        ("HTTP://EVIL.example:80/Path", "url", "http://evil.example/Path"),
        ("https://evil.example:8443/x", "url", "https://evil.example:8443/x"),
        ("(http://evil.example/a(b)).", "url", "http://evil.example/a(b)"),
        ("http://203.0.113.5/x.sh", "url", "http://203.0.113.5/x.sh"),
        ("http://[2001:DB8::1]:8080/x", "url", "http://[2001:db8::1]:8080/x"),
        ("http://evil.example/pathに接続", "url", "http://evil.example/path"),
        ("http://evil.exampleに接続", "url", "http://evil.example"),
        ("http://日本語.jp/x", "url", "http://xn--wgv71a119e.jp/x"),
        ("「http://evil.example/x」", "url", "http://evil.example/x"),
        ("fxp://evil.example/x", "url", "ftp://evil.example/x"),
        ("http://evil.example/update.zip", "url", "http://evil.example/update.zip"),
        ("ftp://evil.example", "url", "ftp://evil.example"),
        ("http://u:p@evil.com/#a", "url", "http://u:p@evil.com/#a"),
        ("Eve@Evil.Example", "mail", "eve@evil.example"), ("eve[@]evil[.]example", "mail", "eve@evil.example"),
        ("eve[at]evil[dot]com", "mail", "eve@evil.com"), ("送信者eve@evil.comから", "mail", "eve@evil.com"),
        ("<eve+x@evil.co.jp>", "mail", "eve+x@evil.co.jp"), ("eve(at)evil.com", "mail", "eve@evil.com"),
        (MD5.upper(), "md5", MD5), (f"MD5={MD5}", "md5", MD5), (SHA1, "sha1", SHA1),
        (f"sha256:{SHA256}", "sha256", SHA256), (f"ハッシュ値{SHA256}を", "sha256", SHA256),
        ("cve-2026-12345", "cve", "CVE-2026-12345"), ("CVE–2026–1234", "cve", "CVE-2026-1234"),
        ("（CVE-2026-1234）", "cve", "CVE-2026-1234"),
    ],
)  # fmt: skip
def test_indicators_in_their_one_form(text: str, kind: str, value: str) -> None:
    assert pairs(text) == [(kind, value)]
    again = f"前 {text} 後"
    assert (kind, value) in pairs(again)


@pytest.mark.parametrize(
    "text",
    [
        "report.docx", "update.zip", "run.sh", "invoice.pdf.zip", "libc.so.6", "id_rsa.pub", "README.md", "svchost.exe",
        "C:\\temp\\evil.com", "/opt/bin/a.com", "archive.tar.gz", "config.yaml",
        "v1.2.3.4", "version 1.2.3.4", "Ver.1.2.3.4", "バージョン7.0.1.2", "Chrome/142.0.0.0", "142.0.0.0",
        "Firefox/10.1.2.3",
        "firmware 1.2.3.4", "第1.2.3.4", "1.2.3.4版", "1.2.3", "1.2.3.4.5", "01.02.03.04",
        "300.1.2.3", "0.0.0.0", "255.255.255.0", "14:02", "14:02:05", "2026-11-22", "2026.11.22", "22.11.2026", "e.g.",
        "i.e.", "e.g.,", "etc...", "done.The next", "Server.It was", "ASP.NET",
        "Node.js", "com.example.app", "org.apache.commons", "a::b", "std::string", "::", "00:1a:2b:3c:4d:5e",
        "00:1a:2b:ff:fe:3c:4d:5e", "12:30::", "co.jp", "jp", "localhost", "fs01.corp.local",
        "2026/11/22", "3.14", "$1.50", "192.168.1", "john.smith", "です.次に", "確認した.そして", "@saeki.hana",
        "user@host", "d41d8cd98f00b204e9800998ecf8427", MD5 + "0", SHA256 * 2, "1" * 32, "a" * 32,
        "0x" + MD5, "cve-26-1", "http://", "hxxp", "[.]", "https://.", "http://-a-/", "..", "a..b", "x" * 5000, "",
        "株式会社.例",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_indicator_is_none(text: str) -> None:
    assert pairs(text) == []
    assert pairs(f"前 {text} 後") == []


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("10.1.2.3", True), ("172.16.0.1", True), ("172.32.0.1", False), ("192.168.1.1", True), ("127.0.0.1", True),
        ("169.254.1.1", True), ("100.64.0.1", True), ("::1", True), ("fd00::1", True),
        ("fe80::1", True), ("8.8.8.8", False), ("203.0.113.5", False), ("2001:db8::1", False),
        ("http://10.0.0.1/x", True), ("http://intranet/", True), ("http://fs.corp.local/x", True),
        ("a@b.internal", True),
        ("http://evil.example/", False), ("evil.com", False), ("10.0.0.0/8", True),
    ],
)  # fmt: skip
def test_ones_own_networks_are_marked(text: str, private: bool) -> None:
    (one,) = found(text)
    assert one.private is private


def test_places_are_those_of_the_text_as_typed() -> None:
    text = "hxxps[:]//evil[.]example/a から203[.]0[.]113[.]5、ｅｖｉｌ．ｃｏｍ、eve[at]evil[.]com (CVE-2026-1234)"
    assert [text[one.start : one.end] for one in found(text)] == [
        "hxxps[:]//evil[.]example/a", "203[.]0[.]113[.]5", "ｅｖｉｌ．ｃｏｍ", "eve[at]evil[.]com", "CVE-2026-1234",
    ]  # fmt: skip


def test_a_name_inside_an_address_is_not_a_second_indicator() -> None:
    assert pairs("http://evil.com/b.com?c=203.0.113.5 eve@evil.com") == [
        ("url", "http://evil.com/b.com?c=203.0.113.5"), ("mail", "eve@evil.com"),
    ]  # fmt: skip
    assert pairs("evil.com/evil2.com") == [("domain", "evil.com")]


def test_one_that_stands_there_twice_is_given_twice_in_order() -> None:
    assert [(one.value, one.start) for one in found("b.com a.com b.com")] == [("b.com", 0), ("a.com", 6), ("b.com", 12)]


def test_an_address_that_is_too_long_loses_what_is_asked_of_it() -> None:
    asked = "http://evil.example/a?" + "x" * LONGEST
    assert pairs(asked) == [("url", "http://evil.example/a")]
    path = "http://evil.example/" + "x" * LONGEST
    assert pairs(path) == [("domain", "evil.example")]


def test_the_kinds_are_those_that_incidents_keep() -> None:
    kinds = {
        one.kind for one in found(f"203.0.113.5 evil.com http://a.com e@a.com {MD5} {SHA1} {SHA256} CVE-2026-1234")
    }
    assert kinds == set(IndicatorKind.values)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://evil.example:8080/a.b?c", "hxxp://evil[.]example:8080/a.b?c"),
        ("https://evil.example", "hxxps://evil[.]example"), ("ftp://a.com/", "fxp://a[.]com/"),
        ("203.0.113.5", "203[.]0[.]113[.]5"),
        ("2001:db8::1", "2001[:]db8::1"), ("evil.co.jp", "evil[.]co[.]jp"), ("eve@evil.com", "eve[@]evil[.]com"),
        (MD5, MD5), ("CVE-2026-1234", "CVE-2026-1234"),
        ("http://[2001:db8::1]/", "hxxp://[2001[:]db8::1]/"),
    ],
)  # fmt: skip
def test_what_is_shown_is_no_link_and_reads_back(value: str, shown: str) -> None:
    assert _safe(value) == shown
    assert [one.value for one in found(shown)] == [value]


def _safe(value: str) -> str:
    return defanged(found(value)[0].kind, value)


LABEL = st.from_regex(r"[a-z][a-z0-9]{0,12}", fullmatch=True)
NAMES = st.builds("{}.{}.{}".format, LABEL, LABEL, st.sampled_from(["com", "jp", "example", "co.uk", "ru"])).filter(
    lambda name: not name.startswith(("com.", "org."))
)
VALUES = st.one_of(
    NAMES,
    st.ip_addresses(v=4).map(str).filter(lambda ip: 0 < int(ip.split(".")[0]) < 240 and not ip.endswith(".0.0.0")),
    st.integers(0x2001 << 112, (0x2002 << 112) - 1).map(lambda n: str(ipaddress.IPv6Address(n))),
    st.builds("http://{}/{}".format, NAMES, st.from_regex(r"[a-z0-9/_-]{0,20}", fullmatch=True)),
    st.builds("{}@{}".format, LABEL, NAMES),
    st.sampled_from([MD5, SHA1, SHA256, "CVE-2026-1234"]),
)


@UNHURRIED
@given(st.lists(VALUES, min_size=1, max_size=6), st.sampled_from([" ", "、", "\n", " と ", "，"]), st.booleans())
def test_every_value_is_found_wherever_it_stands_and_however_it_is_written(
    values: list[str], sign: str, safe: bool
) -> None:
    text = sign.join(_safe(value) if safe else value for value in values)
    assert [one.value for one in found(text)] == values


@UNHURRIED
@given(st.text("ab.1:/@[]()hxtp。日 \n-_%\\,\"'", max_size=200))
def test_any_text_gives_indicators_within_it_in_order(text: str) -> None:
    made = found(text)
    assert all(0 <= one.start < one.end <= len(text) for one in made)
    assert all(before.end <= after.start for before, after in itertools.pairwise(made))
    assert all(
        found(defanged(one.kind, one.value))[:1] == (_moved(one),)
        for one in made
        if one.kind in ("ip", "domain", "mail")
    )


def _moved(one: Found) -> Found:
    return Found(one.kind, one.value, 0, len(defanged(one.kind, one.value)), one.private)


HOSTILE = [
    "a" * 100_000, "a." * 50_000, "1." * 50_000, "1.1.1.1." * 12_500, ":" * 100_000, "a:" * 50_000, "@" * 100_000,
    "a@" * 50_000, "a@a." * 25_000, "http://" * 14_000, "hxxp[:]//" * 11_000,
    "[.]" * 33_000, "http://a.b/" + ")" * 99_000, "http://" + "(" * 90_000, "[" * 100_000, "日" * 100_000,
    "日." * 50_000, "日本.jp" * 20_000, "。" * 100_000, "a。" * 50_000, "f" * 100_000, "-." * 50_000,
    "a-." * 33_000, "http://a@" * 11_000, "http://[" * 12_000, "CVE-2026-" * 11_000, "1:1:1:" * 16_000,
    "x.com " * 16_000, "é." * 50_000,
]  # fmt: skip
PROSE = (
    "2026-11-22T05:02:13Z host sshd[12]: Failed password for root from 203.0.113.5 port 22; see hxxps[:]//evil[.]example/a. "
    "不審な通信先evil.example.comを確認。添付report.docxのSHA-256は" + SHA256 + "、送信者はeve[@]evil[.]com。"
)


def _took(text: str) -> float:
    return min(_once(text) for _ in range(2))


def _once(text: str) -> float:
    begin = time.process_time()
    found(text)
    return time.process_time() - begin


@pytest.mark.parametrize("n", range(len(HOSTILE)))
def test_no_text_takes_long(n: int) -> None:
    assert any(_once(HOSTILE[n][:100_000]) < 1 for _ in range(3))


def test_time_grows_with_length_only() -> None:
    short, long = PROSE * 50, PROSE * 400
    _once(short)
    assert len(found(long)) == 8 * len(found(short))
    assert _took(long) < 24 * max(_took(short), 0.001)
