"""Whatever a file holds: it is read, or refused with a reason. Nothing else comes out, and what comes out is in its one form."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kizuki.kit.faults import BadFile
from kizuki.register.engine import identity, sources
from kizuki.register.engine.format import Asset, Realm, Zone
from kizuki.register.engine.sources.moments import moment
from kizuki.register.engine.sources.values import Wrong, is_secret
from kizuki.register.tests.reading_samples import FORMATS, SAMPLES

GIVEN = datetime(2026, 11, 28, tzinfo=UTC)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _workbook() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["資産名", "部署", "IPアドレス"], ["a", "総務部", "192.0.2.1"], ["b", None, "=1+1"]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(file)
    return file.getvalue()


RAW = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.name in FORMATS} | {
    "a.xlsx": _workbook()
}
FORMAT_OF = {**FORMATS, "a.xlsx": "xlsx"}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["192.0.2.1", "=1", "0", "True"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def checked(format: str, raw: bytes) -> sources.SourceReading | None:
    """The reading of a file, with everything that must hold of any; None where the file was refused."""
    try:
        reading = sources.read(format, "given", raw, sources.Options(seen_at=GIVEN))
    except BadFile as error:
        refused(error)
        return None
    for fault in reading.faults:
        assert fault.place >= 1
        assert fault.message
        assert fault.form in sources.says.ALL
        assert fault.message.isprintable()
    for proposal in reading.proposals:
        assert proposal.place >= 1
        well_formed(proposal)
    for seen in reading.observations:
        assert seen.at.tzinfo is not None
        assert seen.mac or seen.ips or seen.hosts or seen.serial or seen.cloud_id
        assert seen.mac is None or identity.mac(seen.mac) == seen.mac
        assert all(identity.ip(ip) == ip for ip in seen.ips)
        assert all(identity.host(host) == host for host in seen.hosts)
    return reading


def refused(error: BadFile) -> None:
    assert error.faults
    assert all(fault.message and "%(" not in fault.message for fault in error.faults)


def well_formed(proposal: sources.Proposal) -> None:
    """A proposal has a name, no secret, and is a record of the organisation file once it has an id and what it names has ids."""
    fields: dict[str, Any] = dict(proposal.fields)
    assert str(fields["name"]).strip()
    if proposal.kind == "asset":
        for field in ("unit", "zone", "owner", "realm"):
            fields.pop(field, None)
        msgspec.convert({"id": "x", "kind": "server", **fields}, Asset, strict=False)
    elif proposal.kind == "zone":
        msgspec.convert({"id": "x", "kind": "office", **fields, "unit": None}, Zone, strict=False)
    elif proposal.kind == "realm":
        known = {key: value for key, value in fields.items() if key in Realm.__struct_fields__}
        msgspec.convert({"id": "x", **known}, Realm, strict=False)


@QUICK
@given(st.sampled_from(sorted(sources.FORMATS)), st.binary(max_size=300))
@example("csv", b"\xff\xfe\x00")
@example("csv", b"name,ip\n\x80,\n")
@example("netbox", b'{"results": [{"name": {"a": 1}, "device_type": []}]}')
@example("nmap", b"<nmaprun><host><status state='up'/><address addr='fe80::1%eth0'/></host></nmaprun>")
def test_any_bytes_are_read_or_refused(format: str, raw: bytes) -> None:
    checked(format, raw)


@QUICK
@given(st.binary(max_size=300), st.text(max_size=10))
def test_any_bytes_are_of_a_known_format_or_of_none(raw: bytes, name: str) -> None:
    assert sources.detect(name, raw) in {None, *sources.FORMATS}


@QUICK
@given(st.data())
def test_a_sample_that_was_damaged_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(RAW)))
    raw = bytearray(RAW[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(raw))), data.draw(st.integers(0, 40))
        raw[at : at + length] = data.draw(
            st.binary(max_size=20) | st.sampled_from([b"\n", b'"', b"\0", b"<", b"{", b"\xff", b"=", b",,"])
        )
    checked(FORMAT_OF[name], bytes(raw))


@QUICK
@given(st.data())
def test_a_sample_given_as_another_format_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(RAW)))
    checked(data.draw(st.sampled_from(sorted(sources.FORMATS))), RAW[name])


def changed(value: Any, data: st.DataObject) -> Any:
    """A JSON document with one of its values replaced by any other."""
    if isinstance(value, dict | list) and value and data.draw(st.integers(0, 6)):
        keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        key = data.draw(st.sampled_from(keys))
        made = dict(value) if isinstance(value, dict) else list(value)
        made[key] = changed(value[key], data)
        return made
    return data.draw(JSON)


@settings(QUICK, max_examples=150)
@given(st.data())
def test_json_of_another_shape_than_documented_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in sorted(RAW) if name.endswith((".json", ".jsonl"))]))
    text = RAW[name].decode()
    lines = [line for line in text.splitlines() if line.endswith("}")] if name.endswith("jsonl") else [text]
    made = "\n".join(json.dumps(changed(json.loads(line), data)) for line in lines)
    checked(FORMAT_OF[name], made.encode("utf-8", "surrogatepass"))


CELLS = st.text(max_size=12) | st.sampled_from(
    ["192.0.2.1", "00:00:5e:00:53:01", "高", "=1+1", "サーバ", "2026/11/28", "1", "はい", "x@y"]
)
HEADINGS = st.sampled_from(
    [
        "資産名",
        "管理番号",
        "部署",
        "IPアドレス",
        "MACアドレス",
        "重要度",
        "URL",
        "台数",
        "パスワード",
        "最終確認日",
        "",
        "x",
    ]
)


@QUICK
@given(
    st.lists(HEADINGS, max_size=6),
    st.lists(st.lists(CELLS, max_size=7), max_size=5),
    st.sampled_from(["utf-8", "utf-16", "cp932"]),
)
def test_any_table_is_read_or_refused_and_every_row_is_accounted_for(
    headings: list[str], rows: list[list[str]], encoding: str
) -> None:
    quoted = [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (["資産名", "部署", *headings], *rows)
    ]
    reading = checked("csv", "\n".join(quoted).encode(encoding, "replace"))
    if reading is None:
        return
    offered = [proposal.place for proposal in reading.proposals if proposal.kind == "asset"]
    left_out = {fault.place for fault in reading.faults if fault.loses == "row"}
    assert len(set(offered)) == len(offered)
    assert not set(offered) & left_out
    assert len(offered) + len(left_out) == reading.rows


@QUICK
@given(
    st.text(max_size=30)
    | st.from_regex(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d\d?:\d\d(:\d\d)?)?( ?[AP]M)?", fullmatch=True)
)
def test_a_time_is_read_or_said_to_be_none(text: str) -> None:
    with contextlib.suppress(Wrong):
        found = moment(text)
        assert found is None or found.tzinfo is UTC


@QUICK
@given(st.datetimes(min_value=datetime(1980, 1, 2), max_value=datetime(2199, 1, 1)))
def test_a_time_is_the_same_in_every_form(when: datetime) -> None:
    at = when.replace(microsecond=0, tzinfo=UTC)
    forms = (
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y/%m/%d %H:%M:%S",
        "%Y年%m月%d日 %H時%M分%S秒",
        "%d.%m.%Y %H:%M:%S",
        "%Y%m%d%H%M%SZ",
    )
    assert {moment(at.strftime(form)) for form in forms} == {at}
    assert moment(at.strftime("%m/%d/%Y %I:%M:%S %p"), day_first=False) == at
    assert moment(at.strftime("%d/%m/%Y %H:%M:%S"), day_first=True) == at
    milliseconds = int(at.timestamp()) * 1000
    assert moment(f"/Date({milliseconds})/") == at
    windows = (int(at.timestamp()) + 11_644_473_600) * 10_000_000
    assert moment(str(windows)) == at


def test_the_same_file_says_the_same_twice() -> None:
    for name, raw in RAW.items():
        assert checked(FORMAT_OF[name], raw) == checked(FORMAT_OF[name], raw)
        pieces = list(
            sources.stream(sources.source_of(FORMAT_OF[name], "given", io.BytesIO(raw), sources.Options(seen_at=GIVEN)))
        )
        whole = sources.read(FORMAT_OF[name], "given", io.BytesIO(raw), sources.Options(seen_at=GIVEN))
        assert [piece for piece in pieces if isinstance(piece, sources.Proposal)] == list(whole.proposals)


def test_names_of_secrets_and_of_facts_about_them() -> None:
    secrets = [
        "Password",
        "初期パスワード",
        "pwd",
        "ms-Mcs-AdmPwd",
        "unicodePwd",
        "NT Hash",
        "API key",
        "回復キー",
        "client_secret",
    ]
    facts = [
        "PasswordLastSet",
        "PasswordNeverExpires",
        "パスワード更新日",
        "名前",
        "badPwdCount",
        "Name",
        "passwordPolicies",
    ]
    assert [name for name in secrets if not is_secret(name)] == []
    assert [name for name in facts if is_secret(name)] == []
