"""Every format by a sample that was written from its documentation: what it is taken for, and all that is read from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kizuki.kit.faults import BadFile
from kizuki.register.engine import sources
from kizuki.register.engine.sources import says
from kizuki.register.tests.reading_samples import FORMATS, GIVEN, SAMPLES, of, read, told


def test_every_sample_is_listed_and_every_format_has_one() -> None:
    assert {path.name for path in SAMPLES.iterdir()} - {"README.md"} == set(FORMATS)
    assert set(FORMATS.values()) == set(sources.FORMATS) - {"xlsx"}
    readme = (SAMPLES / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_known_by_its_content_whatever_it_is_called(name: str) -> None:
    raw = (SAMPLES / name).read_bytes()
    assert sources.detect("upload.bin", raw) == FORMATS[name]
    assert sources.detect("upload.bin", raw[:2000]) == FORMATS[name]
    if FORMATS[name] in ("neighbours", "dnsmasq", "dhcpd"):
        return
    as_powershell_writes_it = raw.decode("cp932" if name == "assets-ja.csv" else "utf-8").encode("utf-16")
    assert sources.detect("upload.bin", as_powershell_writes_it) == FORMATS[name]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "nmap.xml"])
def test_a_file_says_the_same_in_utf_16(name: str) -> None:
    raw = (SAMPLES / name).read_bytes()
    text = raw.decode("cp932" if name in ("assets-ja.csv", "arp-windows.txt") else "utf-8")
    again = sources.read(FORMATS[name], name, text.encode("utf-16"), sources.Options(seen_at=GIVEN))
    assert again == read(name)


@pytest.mark.parametrize("name", FORMATS)
def test_no_password_and_no_token_gets_through(name: str) -> None:
    reading = read(name)
    said = repr((reading.proposals, reading.observations))
    assert "secret" not in said
    assert "'x'" not in said
    assert all(seen.at.tzinfo is not None and seen.source == f"{FORMATS[name]}:{name}" for seen in reading.observations)


@pytest.mark.parametrize("name", [name for name, format in FORMATS.items() if sources.FORMATS[format].timeless])
def test_without_times_and_without_one_given_there_are_no_sightings(name: str) -> None:
    reading = read(name, seen_at=None)
    assert reading.observations == ()
    assert (1, says.NO_TIME, "nothing") in told(reading)
    assert read(name).observations != ()


def test_active_directory_computers() -> None:
    reading = read("ad-computers.csv")
    assert of(reading, "asset")[0] == {
        "name": "PC-101", "hosts": ("pc-101.corp.example.jp",), "ips": ("192.0.2.101",),
        "cloud_ids": ("7f1b2c3d-0000-4000-8000-000000000101",), "notes": "経理部のPC", "owner": "佐藤 花子",
        "os": "Windows 11 Enterprise 10.0 (22631)", "kind": "pc", "realm": "corp.example.jp",
    }  # fmt: skip
    assert [asset["kind"] for asset in of(reading, "asset")] == ["pc", "directory", "pc"]
    assert of(reading, "realm") == [{"id": "corp.example.jp", "name": "corp.example.jp"}]
    assert told(reading) == [(2, says.SECRET, "nothing")]
    from zoneinfo import ZoneInfo

    there = read("ad-computers.csv", clock=ZoneInfo("Asia/Tokyo"), seen_at=None)
    assert [seen.at.isoformat() for seen in there.observations] == [
        "2026-11-20T00:12:33+00:00",
        "2026-11-21T16:00:00+00:00",
    ]
    [server] = read("ad-computers.json").observations
    assert server.at == datetime.fromtimestamp(1764133200, UTC)


def test_active_directory_users_are_counted_and_not_kept() -> None:
    reading = read("ad-users.csv")
    assert of(reading, "realm") == [
        {"id": "corp.example.jp", "name": "corp.example.jp", "accounts": 3, "disabled_accounts": 1, "accounts_with_mfa": 1,
         "accounts_without_mfa": 2, "mfa": "partial", "privileged_accounts": 2, "privileged_with_mfa": 1, "passwords_not_required": 1,
         "passwords_never_expire": 2},
        {"id": "lab.example.jp", "name": "lab.example.jp", "accounts": 1, "disabled_accounts": 0, "accounts_with_mfa": 0,
         "accounts_without_mfa": 1, "mfa": "none", "privileged_accounts": 0, "privileged_with_mfa": 0, "passwords_not_required": 0,
         "passwords_never_expire": 0},
    ]  # fmt: skip
    assert [fault.column for fault in reading.faults] == ["unicodePwd"]


def test_what_a_directory_does_not_say_of_accounts_stays_unknown() -> None:
    raw = b'[{"DistinguishedName": "CN=a,DC=example,DC=jp", "SamAccountName": "a", "Enabled": true}]'
    [realm] = of(sources.read("ad-users", "u.json", raw), "realm")
    assert realm == {"id": "example.jp", "name": "example.jp", "accounts": 1, "disabled_accounts": 0}
    flags = b'[{"distinguishedName": "CN=a,DC=example,DC=jp", "userAccountControl": 328194}]'  # disabled, never expires, card
    [realm] = of(sources.read("ad-users", "u.json", flags), "realm")
    assert (realm["accounts"], realm["disabled_accounts"]) == (0, 1)


def test_entra() -> None:
    reading = read("entra-devices.json")
    assert of(reading, "asset") == [
        {"name": "PC-101", "cloud_ids": ("7f1b2c3d-0000-4000-8000-000000000101", "6a59ea83-02bd-468f-a40b-f2c3d1821983"),
         "make": "Example", "model": "Book 13", "owner": "hanako@example.jp", "os": "Windows 10.0.22631.1", "kind": "pc",
         "hosts": ("pc-101",)},
        {"name": "花子の iPhone", "cloud_ids": ("7f1b2c3d-0000-4000-8000-000000000201", "6a59ea83-02bd-468f-a40b-f2c3d1821984"),
         "os": "IOS 18.1", "kind": "mobile"},
    ]  # fmt: skip
    assert of(reading, "contact") == [{"name": "hanako@example.jp", "mail": "hanako@example.jp"}]
    assert [seen.at.isoformat() for seen in read("entra-devices.json", seen_at=None).observations] == [
        "2026-11-21T02:03:04+00:00"
    ]
    [tablet] = of(read("entra-devices.csv"), "asset")
    assert (tablet["kind"], tablet["os"], tablet["owner"]) == ("mobile", "Android 15", "Taro Yamada")
    users = read("entra-users.json")
    assert of(users, "realm") == [
        {"id": "entra:example.jp", "name": "Entra ID example.jp", "accounts": 4, "disabled_accounts": 0, "accounts_with_mfa": 2,
         "accounts_without_mfa": 2, "mfa": "partial", "privileged_accounts": 2, "privileged_with_mfa": 1, "guest_accounts": 1},
    ]  # fmt: skip
    assert told(users) == [(5, says.NOT_AN_ENTRY, "row")]


def test_the_computer_of_the_directory_and_of_entra_share_an_id() -> None:
    [first, *_] = of(read("ad-computers.csv"), "asset")
    [other, *_] = of(read("entra-devices.json"), "asset")
    assert set(first["cloud_ids"]) & set(other["cloud_ids"])


def test_aws_config() -> None:
    reading = read("aws-config.json", seen_at=None)
    server, database = of(reading, "asset")
    assert server == {
        "name": "web-1", "cloud_ids": ("arn:aws:ec2:ap-northeast-1:123456789012:instance/i-0abc", "i-0abc"), "zone": "vpc-1",
        "owner": "web-team@example.jp", "hosts": ("ip-10-0-1-10.ap-northeast-1.compute.internal",), "model": "t3.small",
        "ips": ("10.0.1.10", "203.0.113.10", "2001:db8:1::a"), "macs": ("06:00:00:00:00:0a",), "os": "Linux/UNIX", "kind": "server",
        "internet_facing": True, "lifecycle": "in use",
    }  # fmt: skip
    assert (database["kind"], database["lifecycle"], database["internet_facing"]) == (
        "database-server",
        "retired",
        False,
    )
    assert of(reading, "zone") == [
        {"kind": "cloud", "id": "vpc-1", "name": "production", "ranges": ("10.0.0.0/16", "10.1.0.0/16")}
    ]
    assert [seen.at.isoformat() for seen in reading.observations] == [
        "2026-11-20T01:02:03.004000+00:00"
    ]  # not of what is gone
    assert reading.passed_over == (("AWS::IAM::Role", 1),)
    assert told(reading) == [(5, says.NOT_AN_ENTRY, "row")]
    [asset] = of(read("aws-query.json"), "asset")
    assert asset == {"name": "batch-1", "cloud_ids": ("i-0def",), "model": "m6i.large", "ips": ("10.0.2.20",), "os": "windows",
                     "kind": "server", "lifecycle": "in use"}  # fmt: skip


def test_azure_resource_graph() -> None:
    reading = read("azure-graph.json")
    [machine] = of(reading, "asset")
    assert machine["macs"] == ("00:0d:3a:00:00:01",)  # of its card, which is a resource of its own
    assert machine["ips"] == ("10.2.0.4", "203.0.113.20")
    assert (machine["zone"], machine["internet_facing"], machine["owner"]) == ("vnet1", True, "app-team@example.jp")
    assert (machine["os"], machine["hosts"], machine["kind"]) == ("Linux ubuntu-24_04-lts", ("app-1",), "server")
    assert of(reading, "zone") == [{"kind": "cloud", "id": "vnet1", "name": "vnet1", "ranges": ("10.2.0.0/16",)}]
    assert reading.passed_over == (("microsoft.network/networksecuritygroups", 1),)
    [store] = of(read("azure-graph.csv"), "asset")
    assert (store["kind"], store["internet_facing"], store["unit"], store["model"]) == (
        "data-store", False, "情報システム部", "Standard_LRS",
    )  # fmt: skip


def test_google_cloud() -> None:
    reading = read("gcp-assets.jsonl", seen_at=None)
    [machine] = of(reading, "asset")
    assert machine == {
        "name": "batch-1", "os": "debian-12-bookworm", "model": "e2-small", "zone": "tokyo", "owner": "batch-team", "kind": "server",
        "cloud_ids": ("//compute.googleapis.com/projects/example-project/zones/asia-northeast1-a/instances/batch-1",
                      "5345555555555555555"),
        "ips": ("10.3.0.2", "203.0.113.30"), "internet_facing": True, "lifecycle": "in use",
    }  # fmt: skip
    assert of(reading, "zone") == [
        {"kind": "cloud", "id": "tokyo", "name": "tokyo", "ranges": ("10.3.0.0/20", "10.4.0.0/16")}
    ]
    assert [seen.at.isoformat() for seen in reading.observations] == ["2026-11-19T00:00:00+00:00"]
    assert read("gcp-assets.jsonl").observations[0].at == GIVEN
    assert told(reading) == [(4, says.NOT_AN_ENTRY, "row")]
    assert (reading.rows, reading.counts) == (4, "line")


def test_netbox() -> None:
    switch, store = of(read("netbox-devices.json"), "asset")
    assert switch == {
        "id": "A-0003", "name": "sw-3f", "unit": "情報システム部", "zone": "本社", "serials": ("SN0003",), "make": "Example",
        "model": "S-24", "os": "Example OS", "notes": "3F", "ips": ("192.0.2.3",), "kind": "network-device", "lifecycle": "in use",
        "hosts": ("sw-3f",),
    }  # fmt: skip
    assert (store["kind"], store["lifecycle"]) == ("file-server", "retired")
    table = read("netbox-devices.csv")
    assert [asset["name"] for asset in of(table, "asset")] == ["sw-4f"]
    assert told(table) == [(3, says.REPEATED_ID, "row")]
    prefixes = read("netbox-prefixes.csv")
    assert of(prefixes, "zone") == [{"name": "本社の事務", "ranges": ("10.10.0.0/16",), "unit": "情報システム部"}]
    assert told(prefixes) == [(4, says.NOT_RANGE, "row")]
    assert all(
        not read(name).observations for name in ("netbox-devices.json", "netbox-devices.csv", "netbox-prefixes.csv")
    )


def test_glpi() -> None:
    reading = read("glpi.json", seen_at=None)
    assert of(reading, "asset") == [
        {"id": "K-0071", "name": "LAPTOP-71", "unit": "営業部", "zone": "本社 2F", "owner": "taro", "serials": ("SN0071",),
         "make": "Example", "model": "Book 13", "notes": "貸出機", "cloud_ids": ("4c4c4544-0000-4000-8000-000000000071",),
         "macs": ("00:00:5e:00:53:71",), "ips": ("192.0.2.171",), "kind": "pc", "lifecycle": "in use", "hosts": ("laptop-71",)},
    ]  # fmt: skip
    assert [(seen.serial, seen.at.isoformat()) for seen in reading.observations] == [
        ("SN0071", "2026-11-20T09:30:00+00:00")
    ]
    assert reading.passed_over == (("template", 1),)
    [laptop] = of(read("glpi.csv"), "asset")
    assert (laptop["name"], laptop["zone"], laptop["owner"], laptop["os"]) == (
        "LAPTOP-80",
        "本社 3F",
        "jiro",
        "Windows 11",
    )
    assert "unit" not in laptop  # the root entity is the organisation itself


@pytest.mark.parametrize(
    ("format", "raw", "form"),
    [
        ("nmap", b"<nmaprun><host>", says.NOT_XML),
        ("nmap", b"<html></html>", says.OTHER_KIND),
        ("nmap", b"", says.NOT_XML),
        ("nmap", b"<nmaprun>" + b"<a>" * 100_000, says.TOO_DEEP),
        ("dhcpd", b"hello", says.OTHER_KIND),
        ("dhcpd", b"", says.EMPTY),
        ("dhcpd", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", says.NOT_TEXT),
        ("windows-dhcp", b"a,b\n1,2\n", says.OTHER_KIND),
        ("aws-config", b'{"a": [1, 2}', says.NOT_JSON),
        ("aws-config", b"[" * 100_000, says.TOO_DEEP),
        ("azure-graph", b"\n\n", says.EMPTY),
        ("entra-devices", b'{"value": ' + b"9" * 5000, says.NOT_JSON),
        ("csv", b"", says.EMPTY),
        ("xlsx", b"PK\x03\x04 no archive", says.NOT_XLSX),
        ("xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", says.OLD_EXCEL),
        ("tarot", b"x", says.UNKNOWN_FORMAT),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_in_one_line(format: str, raw: bytes, form: str) -> None:
    with pytest.raises(BadFile) as caught:
        sources.read(format, "given", raw)
    [fault] = caught.value.faults
    assert fault.message.startswith(form.partition("%")[0])


def test_more_entries_than_the_limit_are_said_to_be_left_out() -> None:
    for name, format in FORMATS.items():
        if format in ("ad-users", "entra-users") or read(name).rows < 3:
            continue
        reading = read(name, max_rows=1)
        assert reading.rows <= 2, name
        assert says.TOO_MANY_ROWS in {fault.form for fault in reading.faults}, name
