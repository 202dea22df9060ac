"""People's own tables: encodings, separators, headings, and what is said of rows that are wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import kizuki
from kizuki.kit.faults import BadFile
from kizuki.register.engine import sources
from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.headings import field_of
from kizuki.register.tests.reading_tables import assets, read, told

JA = "資産名,部署,IPアドレス,重要度\nサーバ①,総務部,192.0.2.1,高\n表計算ソ,経理部,192.0.2.2,低\n"


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp932"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.replace("\n", "\r\n").encode("cp932"),
        lambda text: text.replace("\n", "\r").encode(),
    ],
)
def test_a_table_says_the_same_in_every_encoding(encode: Callable[[str], bytes]) -> None:
    raw = encode(JA)
    assert sources.detect("x", raw) == "csv"
    assert assets(read(raw)) == [
        {"name": "サーバ①", "unit": "総務部", "ips": ("192.0.2.1",),
         "importance": {"confidentiality": 3, "integrity": 3, "availability": 3}},
        {"name": "表計算ソ", "unit": "経理部", "ips": ("192.0.2.2",),
         "importance": {"confidentiality": 1, "integrity": 1, "availability": 1}},
    ]  # fmt: skip
    assert read(raw).faults == ()


def test_lines_of_two_encodings_in_one_file_are_read_each_by_its_own() -> None:
    raw = "資産名,部署\n".encode() + "サーバ,総務部\n".encode("cp932") + "端末,経理部\n".encode() + b"\xff\xfe\x81,x\n"
    reading = read(raw)
    assert [asset["name"] for asset in assets(reading)] == ["サーバ", "端末"]
    assert told(reading) == [(4, "", says.UNREADABLE, "row")]


def test_one_broken_line_does_not_make_a_table_shift_jis() -> None:
    good = "name,unit\n" + "".join(f"pc{n},あい\n" for n in range(5))
    raw = good.encode() + "pc,ｹｲﾘ\n".encode("cp932")
    assert raw.decode("cp932")  # all of it could be read as that
    assert [asset["unit"] for asset in assets(read(raw))] == ["あい"] * 5 + ["ｹｲﾘ"]
    kana = (good + "pc,ﾃｰ\n").encode("cp932")
    assert b"\xc3\xb0".decode()  # and this line as UTF-8
    assert assets(read(kana))[-1] == {"name": "pc", "unit": "ﾃｰ"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_usual_separator(separator: str) -> None:
    rows = [["名称", "備考", "IPアドレス"], ["a", '"x, y; z"', "192.0.2.1"], ["b", "", "192.0.2.2"]]
    reading = read("\n".join(separator.join(row) for row in rows))
    assert assets(reading) == [
        {"name": "a", "notes": "x, y; z", "ips": ("192.0.2.1",)},
        {"name": "b", "ips": ("192.0.2.2",)},
    ]
    assert read("sep=;\nname;notes\na;b,c,d\n").proposals[0].fields == {"name": "a", "notes": "b,c,d"}


def test_a_title_above_the_headings_is_not_taken_for_them() -> None:
    reading = read("情報資産台帳,,\n2026年度,,\n\n資産名,部署,備考\na,総務部,\n")
    assert assets(reading) == [{"name": "a", "unit": "総務部"}]
    assert reading.proposals[-1].place == 5  # as a spreadsheet counts
    assert assets(read("x,y\nname,unit\na,b\n", header_row=1, mapping={"x": "name"})) == [
        {"name": "name"},
        {"name": "a"},
    ]


def test_ragged_rows_and_headings_that_stand_twice() -> None:
    reading = read("name,ip,ip,notes\na,192.0.2.1,192.0.2.2\nb,,,x,y\nc,,,x\n")
    assert assets(reading) == [{"name": "a", "ips": ("192.0.2.1", "192.0.2.2")}, {"name": "c", "notes": "x"}]
    assert told(reading) == [
        (1, "ip (2)", says.TWICE, "nothing"), (2, "", says.FEWER_CELLS, "nothing"), (3, "", says.MORE_CELLS, "row"),
    ]  # fmt: skip
    assert (
        reading.faults[2].message
        == "the row has 5 cells and the headings are 4; put texts that hold the separator in quotes"
    )


def test_a_quotation_mark_that_is_not_closed_costs_only_what_is_within_it() -> None:
    reading = read('name,notes\na,x\nb,"never closed\n' + "c,x\n" * 50_000)
    assert assets(reading)[0] == {"name": "a", "notes": "x"}
    assert (3, "", says.NOT_CLOSED, "row") in told(reading)


def test_a_formula_is_never_taken_and_its_guard_is_taken_off() -> None:
    reading = read("name,serial,notes\n=cmd|' /C calc'!A0,=\"00123\",'=1+2\n@home,'+81-3,-\n=SUM(A1),S-1,#REF!\n")
    first, second, third = assets(reading)
    assert first == {"serials": ("00123",), "notes": "=1+2", "name": "00123"}
    assert second == {"name": "@home", "serials": ("+81-3",)}
    assert third == {"serials": ("S-1",), "name": "S-1"}
    assert [(fault.place, fault.form) for fault in reading.faults] == [
        (2, says.FORMULA), (4, says.FORMULA), (4, says.CELL_ERROR),
    ]  # fmt: skip


def test_columns_of_passwords_are_not_read_even_where_they_are_mapped() -> None:
    text = "name,Password,パスワード,NTLM hash,Password Last Set,BitLocker recovery key\na,p1,p2,p3,2026-01-01,p5\n"
    reading = read(text, mapping=dict.fromkeys(text.partition("\n")[0].split(",")[1:], "notes") | {"name": "name"})
    assert assets(reading) == [{"name": "a", "notes": "2026-01-01"}]
    assert [fault.column for fault in reading.faults] == [
        "BitLocker recovery key",
        "NTLM hash",
        "Password",
        "パスワード",
    ]
    assert {fault.form for fault in reading.faults} == {says.SECRET}


def test_a_row_is_offered_without_the_values_that_are_wrong() -> None:
    reading = read(
        "name,kind,ip,mac,host,url,count,status,importance,公開\n"
        "a,spaceship,1.2.3,zz,bad name!@,example,none?,asleep,11,maybe\n"
        'b,サーバー,10.0.0.1 10.0.0.2,"00:00:5e:00:53:01\n00-00-5E-00-53-02",B.Example.JP.,https://b.example.jp/,3台,稼働中,高,なし\n'
    )
    assert assets(reading) == [
        {"name": "a", "hosts": ("bad",)},
        {"name": "b", "kind": "server", "ips": ("10.0.0.1", "10.0.0.2"), "macs": ("00:00:5e:00:53:01", "00:00:5e:00:53:02"),
         "hosts": ("b.example.jp",), "urls": ("https://b.example.jp/",), "count": 3, "lifecycle": "in use",
         "importance": {"confidentiality": 3, "integrity": 3, "availability": 3}, "internet_facing": False},
    ]  # fmt: skip
    assert {fault.place for fault in reading.faults} == {2}
    assert {fault.form for fault in reading.faults} == {
        says.NOT_KIND, says.NOT_IP, says.NOT_MAC, says.NOT_HOST, says.NOT_URL, says.NOT_COUNT, says.NOT_LIFECYCLE,
        says.NOT_IMPORTANCE, says.NOT_YES_NO,
    }  # fmt: skip
    assert {fault.loses for fault in reading.faults} == {"value"}


def test_numbers_and_addresses_that_stand_twice() -> None:
    reading = read("id,name,mac,serial\n1,a,00:00:5e:00:53:01,S1\n1,b,,\n2,c,00:00:5e:00:53:01,S1\n,,,\n3,,,\n")
    assert [asset["name"] for asset in assets(reading)] == ["a", "c", "3"]
    assert told(reading) == [
        (3, "", says.REPEATED_ID, "row"), (4, "", says.REPEATED_ADDRESS, "nothing"), (4, "", says.REPEATED_ADDRESS, "nothing"),
    ]  # fmt: skip


def test_importance_of_each_aspect_goes_before_the_one_for_all() -> None:
    [asset] = assets(read("資産名,機密性,重要度,可用性\na,3,1,2\n"))
    assert asset["importance"] == {"confidentiality": 3, "integrity": 1, "availability": 2}
    [asset] = assets(read("資産名,機密性\na,3\n"))
    assert asset["importance"] == {"confidentiality": 3}


def test_what_assets_name_is_proposed_once() -> None:
    reading = read(
        "name,部署,設置場所,管理者,domain\na,総務部,DMZ,taro@example.jp,corp.example.jp\nb,総務部,DMZ,taro@example.jp,\n"
    )
    assert [(proposal.kind, proposal.fields, proposal.place) for proposal in reading.proposals if proposal.kind != "asset"] == [
        ("unit", {"name": "総務部"}, 2), ("zone", {"name": "DMZ", "kind": "dmz"}, 2),
        ("contact", {"name": "taro@example.jp", "mail": "taro@example.jp"}, 2),
        ("realm", {"name": "corp.example.jp", "id": "corp.example.jp"}, 2),
    ]  # fmt: skip


def test_last_seen_gives_a_sighting_and_a_day_that_can_be_two_gives_none() -> None:
    reading = read(
        "name,ip,last seen\na,192.0.2.1,2026/11/03 9:05\nb,192.0.2.2,03/04/2026\nc,192.0.2.3,\nd,,2026-11-03\n"
    )
    assert [(seen.ips, seen.at) for seen in reading.observations] == [
        (("192.0.2.1",), datetime(2026, 11, 3, 9, 5, tzinfo=UTC))
    ]
    assert told(reading) == [(3, "last seen", says.TWO_DAYS, "value")]
    for day_first, month in ((True, 4), (False, 3)):
        seen = read("name,ip,last seen\nb,192.0.2.2,03/04/2026\n", day_first=day_first).observations
        assert seen[0].at.month == month


def test_tables_of_units_zones_and_contacts() -> None:
    units = read("部署コード,部署名,上位部署\n1,本社,\n2,総務部,本社\n3,a,b\n4,b,a\n", kind="unit")
    assert [proposal.fields for proposal in units.proposals][:2] == [
        {"id": "1", "name": "本社"},
        {"id": "2", "name": "総務部", "parent": "本社"},
    ]
    assert told(units) == [(4, "", says.CYCLE, "value"), (5, "", says.CYCLE, "value")]
    zones = read(
        "セグメント名,種別,ネットワークアドレス\n社内,社内LAN,192.0.2.77/24 2001:db8::/48\n,DMZ,300.0.0.0/8\n",
        kind="zone",
    )
    assert [proposal.fields for proposal in zones.proposals] == [
        {"name": "社内", "kind": "office", "ranges": ("192.0.2.0/24", "2001:db8::/48")},
    ]  # fmt: skip
    assert told(zones) == [(3, "", says.NO_NAME, "row"), (3, "ネットワークアドレス", says.NOT_RANGE, "value")]
    contacts = read("氏名,メールアドレス,部署\n山田 太郎,taro@example.jp,総務部\n佐藤,ですか,\n", kind="contact")
    assert [dict(proposal.fields) for proposal in contacts.proposals if proposal.kind == "contact"] == [
        {"name": "山田 太郎", "mail": "taro@example.jp", "unit": "総務部"}, {"name": "佐藤"},
    ]  # fmt: skip


def test_files_that_are_no_table_are_not_taken_for_one() -> None:
    for text in (
        "",
        "hello\n",
        "Dear all,\nthis is a letter.\n",
        "schema: kizuki/organisation/1\nassets:\n- {id: a, name: b}\n- {id: c, name: d}\n",
    ):
        assert sources.detect("list.csv", text.encode()) is None, text
    assert sources.detect("x", "資産名,部署\n".encode("cp932")) == "csv"
    assert sources.detect("x", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") is None
    assert sources.detect("x.xlsx", b"PK\x03\x04 other archive") == "xlsx"
    assert sources.detect("x.zip", b"PK\x03\x04 other archive") is None


def test_the_limit_of_rows_is_said() -> None:
    reading = read("name,ip\n" + "".join(f"a{n},\n" for n in range(10)), max_rows=4)
    assert [len(assets(reading)), reading.rows] == [4, 4]
    assert told(reading) == [(6, "", says.TOO_MANY_ROWS, "row")]
    assert reading.faults[0].message.startswith("only the first 4 rows were read")


def test_faults_are_bounded_and_counted() -> None:
    reading = read("name,ip\n" + "".join(f"a{n},x.y\n" for n in range(1500)))
    assert (len(reading.faults), reading.faults_left_out, len(assets(reading))) == (1000, 500, 1500)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("資産名", "name"), ("管理番号", "id"), ("部署", "unit"), ("設置場所", "zone"), ("ＩＰアドレス", "ips"),
        ("MACアドレス（無線）", "macs"),
        ("管理者", "owner"), ("重要度", "importance"), ("OS", "os"), ("シリアル番号", "serials"), ("IP Address", "ips"),
        ("mac_address 2", "macs"), ("Serial No.", "serials"), ("Host-Name", "hosts"), ("備考※", "notes"),
        ("機密性", "importance.confidentiality"),
        ("型番", "model"), ("メーカー", "make"), ("台数", "count"), ("最終確認日", "seen_at"), ("外部公開", "internet_facing"),
        ("初期パスワード", None), ("購入金額", None), ("", None),
    ],
)  # fmt: skip
def test_usual_headings_are_known(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_the_titles_of_fields_are_known_as_headings_in_both_languages() -> None:
    with (Path(kizuki.__file__).parent / "locale/parts/register.po").open("rb") as file:
        japanese = {message.id: message.string for message in read_po(file, locale="ja")}
    for kind, fields in sources.FIELDS.items():
        for field, title in fields.items():
            assert field_of(title, kind) == field, title
            assert field_of(str(japanese.get(title, title)), kind) == field, title


def test_a_mapping_is_plain_data_and_gives_a_field_of_one_value_once() -> None:
    mapping = sources.guess_mapping(["資産名", "名称", "IPアドレス", "IPアドレス (2)", "金額"])
    assert mapping == {"資産名": "name", "IPアドレス": "ips", "IPアドレス (2)": "ips"}
    assert sources.headings("csv", "x.csv", JA.encode()) == ["資産名", "部署", "IPアドレス", "重要度"]
    assert assets(read(JA, mapping={"部署": "name", "資産名": "nonsense"}))[0] == {"name": "総務部"}
    with pytest.raises(BadFile, match="no column of this table is known"):
        read("a,b\n1,2\n")
    with pytest.raises(BadFile, match="no column of this table is known"):
        read(JA, mapping={"a column of another table": "name"})


MILLION = """
import io, resource
from kizuki.register.engine import sources

ROW, ROWS = 16, 1_000_000


class Rows(io.RawIOBase):
    # a file of a million rows of 16 bytes that never stands anywhere as a whole
    at = 0

    def readable(self): return True
    def seekable(self): return True
    def tell(self): return self.at

    def seek(self, at, whence=0):
        self.at = at
        return at

    def readinto(self, buffer):
        first, n = self.at // ROW, min(len(buffer), ROW * ROWS - self.at)
        rows = (b'name,notes,ip,\\r\\n' if i == 0 else b'PC%07d,note,\\n' % i for i in range(first, (self.at + n) // ROW + 1))
        text = b''.join(rows)[self.at - first * ROW:][:n]
        buffer[:len(text)] = text
        self.at += len(text)
        return len(text)


def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

source = sources.source_of('csv', 'large.csv', io.BufferedReader(Rows()), sources.Options(max_rows=200_000))
early = 0
for item in sources.stream(source):
    if source.rows == 20_000:
        early = early or most()
print(source.rows, item.place, (most() - early) // 1024)
"""


@pytest.mark.slow
def test_a_file_of_a_million_rows_costs_no_more_memory_from_row_to_row() -> None:
    done = subprocess.run([sys.executable, "-c", MILLION], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows, place_of_the_limit, megabytes = map(int, done.stdout.split())
    assert (rows, place_of_the_limit) == (200_000, 200_002)
    assert megabytes < 5  # between the 20,000th row and the 200,000th
