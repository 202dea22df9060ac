"""Reports: what they tell, in every format; empty ones; nothing in them is live; Japanese stays Japanese."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.actions import (
    add_asset,
    add_decision,
    add_entry,
    add_indicators,
    add_task,
    change_incident,
    keep_file,
    mark_milestone,
    open_incident,
    save_item,
    set_severity,
    write_review,
)
from kizuki.incidents.engine import inert
from kizuki.incidents.engine.report import AUDIENCES, Bullets, Pairs, Paragraph, Report, Table, as_json, section, table
from kizuki.incidents.engine.report_docx import as_docx
from kizuki.incidents.engine.report_markdown import markdown
from kizuki.incidents.models import Incident
from kizuki.incidents.reporting import files, report
from kizuki.incidents.tests.live import FORMULAS, LIVE, NAMES
from kizuki.register.models import Organisation

#: A busy machine is no fault of what is tried.
UNHURRIED = settings(deadline=None)
JAPANESE = "攻撃者が研究共有へサインインし、設計図を持ち出した。髙橋・﨑山、𠮷田"


def told(incident: Incident, by: Person, text: str, name: str = "a.txt") -> None:
    """Put the text into every field that a person can write."""
    change_incident(incident=incident, version=incident.version, by=by, title=text[:200], stand=text[:500])
    set_severity(incident=incident, severity=3, reason=text, by=by)
    entry = add_entry(incident=incident, text=text, lane="attacker", kind="attack", handover=["it"], by=by)
    mark_milestone(entry=entry, name="noticed", by=by)
    add_decision(
        incident=incident, question=text, options=[text, "no"], chosen=0, reason=text, decided_by=text[:200], by=by,
        review_on=timezone.now() + dt.timedelta(days=3),
    )  # fmt: skip
    add_task(incident=incident, title=text[:300], role="executive", by=by)
    add_task(incident=incident, title=text[:300], role="it", due=timezone.now() + dt.timedelta(days=1), by=by)
    add_asset(incident=incident, key="www", state="affected", by=by)
    add_indicators(incident=incident, text=f"evil.example.com {text}", by=by, why=text[:300])
    keep_file(incident=incident, upload=SimpleUploadedFile(name, b"x"), by=by)
    for part in ("background", "impact", "causes", "mitigations", "lessons", "challenges"):
        save_item(incident=incident, part=part, text=text, by=by)
    write_review(
        incident=incident, version=1, by=by, outcome=text, publication="no", publication_reason=text, same_setting=text
    )


#: What Markdown of a report may become.
OF_MARKDOWN = {"p", "h1", "h2", "h3", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "br"}


class Tags(HTMLParser):
    """Which tags and attributes a page has, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {
    "html", "head", "meta", "title", "style", "body", "p", "h1", "h2", "h3", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"
}  # fmt: skip


def one_line(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_empty_incident_has_a_report(audience: str, language: str, incident: Incident, cast: Cast) -> None:
    made = report(incident, cast.responder, audience=audience, language=language)
    assert made.sections
    assert all(part.blocks or part.title for part in made.sections)
    for ending, kind in files.FORMATS.items():
        assert len(kind.make(made)) > 500, ending
    other = report(incident, cast.responder, audience=audience, language="en" if language == "ja" else "ja")
    assert made.sections[0].title != other.sections[0].title


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_format_tells_the_same(audience: str, incident: Incident, cast: Cast) -> None:
    told(incident, cast.responder, JAPANESE)
    made = report(incident, cast.responder, audience=audience, language="ja")
    raw = {ending: kind.make(made) for ending, kind in files.FORMATS.items()}
    page = Tags(raw["html"].decode())
    assert page.tags <= OURS
    rendered = Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(raw["md"].decode()))
    document = docx.Document(io.BytesIO(raw["docx"]))
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    of_docx = "".join([*(line.text for line in document.paragraphs), *cells])
    assert json.loads(raw["json"])["number"] == incident.number
    for text in (page.text, rendered.text, of_docx, json.dumps(json.loads(raw["json"]), ensure_ascii=False)):
        assert JAPANESE in text.replace("\\", "")
        assert "TLP:AMBER" in text or text == of_docx
    assert "Web server" in page.text or "ウェブ" in page.text
    if audience == "technical":
        assert "evil[.]example[.]com" in page.text
        assert "a.txt" in page.text


def test_the_marking_stands_on_every_page(small: Organisation, cast: Cast) -> None:
    one = open_incident(title="x", restricted=True, exercise=True, tlp="red", by=cast.responder)
    made = report(one, cast.responder, audience="technical", language="en")
    assert made.marking == f"TLP:RED · {one.number} · Restricted: only for those who have a role in it · EXERCISE"
    raw = as_docx(made)
    parts = zipfile.ZipFile(io.BytesIO(raw))
    head = "".join(parts.read(name).decode() for name in parts.namelist() if "header" in name)
    foot = "".join(parts.read(name).decode() for name in parts.namelist() if "footer" in name)
    assert "TLP:RED" in head
    assert "Restricted" in head
    assert "PAGE" in foot
    assert "NUMPAGES" in foot
    page = files.as_html(made).decode()
    rule = page[page.index("@page { @top-left") :]
    assert "TLP" in rule
    assert "RED" in rule
    assert markdown(made).count("TLP\\:RED") == 2


def test_docx_is_a_real_document(incident: Incident, cast: Cast) -> None:
    told(incident, cast.responder, JAPANESE)
    raw = as_docx(report(incident, cast.responder, audience="technical", language="ja"))
    document = docx.Document(io.BytesIO(raw))
    styles = [line.style.name for line in document.paragraphs if line.style is not None]
    assert {"Title", "Heading 1", "Heading 2", "List Bullet"} <= set(styles)
    assert len(document.tables) >= 6
    xml = zipfile.ZipFile(io.BytesIO(raw)).read("word/styles.xml").decode()
    assert 'w:eastAsia="Yu Gothic"' in xml
    assert 'w:eastAsia="ja-JP"' in xml
    body = zipfile.ZipFile(io.BytesIO(raw)).read("word/document.xml").decode()
    assert "w:tblHeader" in body
    assert raw == as_docx(report(incident, cast.responder, audience="technical", language="ja"))


@pytest.mark.markup
@pytest.mark.parametrize("live", LIVE + FORMULAS)
def test_nothing_that_was_typed_is_live(live: str, incident: Incident, cast: Cast) -> None:
    told(incident, cast.responder, live, name=NAMES[len(live) % len(NAMES)])
    for audience in AUDIENCES:
        made = report(incident, cast.responder, audience=audience, language="en")
        page = Tags(files.as_html(made).decode())
        assert page.tags <= OURS
        assert page.attributes <= {"lang", "class", "charset", "http-equiv", "content", "name", "scope", "data-l"}
        for parser in (
            MarkdownIt("commonmark", {"html": True}).enable("table"),
            MarkdownIt("gfm-like", {"html": True, "linkify": False}),
        ):
            rendered = Tags(parser.render(markdown(made)))
            assert rendered.tags <= OF_MARKDOWN
            assert not rendered.attributes
        parts = zipfile.ZipFile(io.BytesIO(as_docx(made)))
        body = parts.read("word/document.xml").decode()
        assert "<w:hyperlink" not in body
        assert "<w:instrText" not in body
        assert "<w:fldSimple" not in body
        links = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels"))
        assert 'TargetMode="External"' not in links
        if audience == "technical":
            wanted = one_line(inert.clean(live))
            texts = [line.text for line in docx.Document(io.BytesIO(as_docx(made))).paragraphs]
            assert wanted in one_line("".join(texts))
            assert wanted in one_line(page.text)
            assert wanted in one_line(
                json.dumps(json.loads(as_json(made)), ensure_ascii=False)
                .replace("\\n", "")
                .replace('\\"', '"')
                .replace("\\\\", "\\")
                .replace("\\t", "")
            )


TEXT = st.text(max_size=60)


def made_of(text: str) -> Report:
    blocks = [
        Paragraph(text), Bullets((text, "x")), Pairs(((text, text),)), table((text, "b"), [(text, text)], (1, 2)),
    ]  # fmt: skip
    parts = (section(text, *blocks), section("x", Table(("a",), ((text,),), (1,)), deeper=True))
    return Report("s", "technical", "en", "INC-1", inert.clean(text), "k", "TLP:RED", "now", parts)


@pytest.mark.markup
@UNHURRIED
@given(TEXT)
def test_any_text_goes_into_every_format(text: str) -> None:
    made = made_of(text)
    json.loads(as_json(made))
    page = files.as_html(made).decode()
    assert Tags(page).tags <= OURS
    document = docx.Document(io.BytesIO(as_docx(made)))
    said = "".join(cell.text for one in document.tables for row in one.rows for cell in row.cells)
    assert one_line(inert.clean(text)) in one_line(said)
    rendered = Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown(made)))
    assert rendered.tags <= OF_MARKDOWN
    assert one_line(inert.clean(text)) in one_line(rendered.text)


@given(st.text(max_size=40), st.sampled_from([*inert.FORMULA, "'", ""]))
def test_a_cell_says_again_what_was_written(text: str, sign: str) -> None:
    cell = inert.cell(sign + text)
    assert inert.meant(cell) == sign + text
    assert not cell.startswith(inert.FORMULA)


def test_rows_have_as_many_cells_as_the_head() -> None:
    assert table(("a", "b"), [], (1, 1)) is None
    with pytest.raises(ValueError, match="as many cells"):
        table(("a", "b"), [("x",)], (1, 1))


LARGE = "停止を決めた工場の基幹システムと設計図面の共有フォルダーが暗号化され、復旧の見込みは立っていない。" * 6


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_for_the_management_is_one_page(
    language: str, incident: Incident, small: Organisation, cast: Cast
) -> None:
    weasyprint = pytest.importorskip("weasyprint", exc_type=OSError)  # type: ignore[arg-type]  # its libraries may be missing
    by = cast.responder
    for n in range(9):
        told_text = f"{n} {LARGE}"
        save_item(incident=incident, part="impact", text=told_text, by=by)
        save_item(
            incident=incident,
            part="lessons",
            text=told_text,
            owner="ken",
            due=dt.date(2030, 1, 1),
            measures=["P01"],
            by=by,
        )
        add_task(incident=incident, title=told_text[:300], role="executive", by=by)
        add_task(
            incident=incident, title=told_text[:300], role="it", due=timezone.now() + dt.timedelta(days=n + 1), by=by
        )
        add_decision(
            incident=incident, question=told_text, options=[LARGE[:300], "no"], chosen=0, reason="r", decided_by="社長", by=by,
            review_on=timezone.now() + dt.timedelta(days=3),
        )  # fmt: skip
    change_incident(incident=incident, version=incident.version, title=LARGE[:200], stand=LARGE[:300], by=by)
    write_review(incident=incident, version=1, outcome=LARGE, by=by)
    for key in ("www", "pcs"):
        add_asset(incident=incident, key=key, state="affected", by=by)
    made = report(incident, by, audience="executive", language=language)
    drawn = weasyprint.HTML(string=files.as_html(made).decode()).render()
    assert len(drawn.pages) == 1


def test_the_page_for_the_management_asks_and_tells(incident: Incident, small: Organisation, cast: Cast) -> None:
    told(incident, cast.responder, "Cut the link to the plant?")
    made = report(incident, cast.responder, audience="executive", language="en")
    texts = {part.title: " ".join(str(block) for block in part.blocks) for part in made.sections}
    assert list(texts) == [
        "How it stands", "What is at stake", "Decisions needed", "Decisions made", "What we ask of you", "How long it took",
        "What comes next",
    ]  # fmt: skip
    assert "Web shop" in texts["What is at stake"]
    assert "Look again by" in texts["Decisions needed"]
    assert "Cut the link" in texts["What we ask of you"]
    assert "nobody yet" in texts["What comes next"] or "IT" in texts["What comes next"]


def test_a_closed_incident_asks_nothing_of_the_management(incident: Incident, small: Organisation, cast: Cast) -> None:
    told(incident, cast.responder, "Cut the link to the plant?")
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=timezone.now())
    incident.refresh_from_db()
    made = report(incident, cast.responder, audience="executive", language="en")
    texts = {part.title: " ".join(str(block) for block in part.blocks) for part in made.sections}
    assert "Nothing at the moment." in texts["What we ask of you"]
    assert "Cut the link" not in texts["What comes next"]
    assert "Look again by" in texts["Decisions needed"], "a decision is reviewed on its day nevertheless"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_docx_opens_in_libreoffice_and_keeps_japanese(
    audience: str, incident: Incident, cast: Cast, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not on this machine: whether DOCX opens there was not tried")
    told(incident, cast.responder, JAPANESE)
    file = tmp_path / "report.docx"
    file.write_bytes(as_docx(report(incident, cast.responder, audience=audience, language="ja")))
    command = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    raw = (tmp_path / "report.pdf").read_bytes()
    assert raw.startswith(b"%PDF-")
    subprocess.run(
        [*command[:3], "--convert-to", "txt:Text", "--outdir", str(tmp_path), str(file)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    text = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert JAPANESE in text
    if audience == "executive":
        assert len(re.findall(rb"/Type\s*/Page[^s]", raw)) == 1
