"""Saying what a file is: its kind, which column gives what, and what goes before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kizuki.accounts.access import who
from kizuki.files import storage
from kizuki.imports import actions
from kizuki.imports.actions.giving import digest_of
from kizuki.imports.choices import State
from kizuki.imports.formats import FORMATS, OWN_FORMATS
from kizuki.imports.forms import DescribeForm, fields_for, policies_for
from kizuki.imports.models import Import, KeptMapping
from kizuki.imports.reading import options_of
from kizuki.imports.views.common import import_or_404
from kizuki.imports.views.pages import faults_told
from kizuki.kit.faults import BadFile
from kizuki.register.engine.sources import FIELDS, Options, guess_mapping, headings, sheets, source_of
from kizuki.register.engine.sources.reading import RowFault
from kizuki.register.engine.sources.tables import Row, rows
from kizuki.ui.faults import told

#: Rows that are shown of a table, and columns that can be given a meaning.
SAMPLE: Final = 20
MOST_COLUMNS: Final = 120


class Column(NamedTuple):
    """One column: its number on the page, heading, the field that it gives, and what stands in its first rows."""

    n: int
    heading: str
    field: str
    values: list[str]


class Table(NamedTuple):
    """A table as it begins. `fault`: why it cannot be read."""

    headings: list[str]
    sample: list[Row]
    sheets: list[str]
    fault: str = ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Describe a file, and have it read. “Show again” only shows the table anew."""
    found = import_or_404(request, pk)
    if found.state not in (State.GIVEN, State.PLANNED, State.PLANNING):
        return redirect(found)
    given = request.POST if request.method == "POST" else None
    form = DescribeForm(found, request.user, given)
    table = table_of(found, form)
    form = DescribeForm(found, request.user, given, sheets=table.sheets if table else ())
    columns = _columns(request, found, form, table) if table else []
    if given is not None and form.is_valid() and "look" not in given:
        mapping = {column.heading: column.field for column in columns if column.field} if table else None
        try:
            _save(request, found, form, mapping, table)
        except actions.NotNow as error:
            messages.error(request, " ".join(error.messages))
        return redirect(found)
    context = {
        "imported": found, "form": form, "table": table, "columns": columns, "faults": faults_told(found),
        "fields": fields_for(_kind(form)), "kept": _kept(found, table)[:10], "policies": _policies(request, found),
        "name": request.POST.get("name", found.options.get("kept", "")),
        "about": _about(str(form["format"].value() or "")),
        "sample": [(row.place, [row.cells.get(c.heading, "") for c in columns]) for row in table.sample] if table else [],
    }  # fmt: skip
    return render(
        request, "imports/describe.html", context, status=422 if given is not None and "look" not in given else 200
    )


def _about(format: str) -> list[str]:
    """What a kind of file gives, and what it says of times."""
    from django.utils.translation import gettext

    if format in FORMATS:
        return [gettext(FORMATS[format].gives), gettext(FORMATS[format].times)]
    return [str(OWN_FORMATS[format][1])] if format in OWN_FORMATS else []


def _kind(form: DescribeForm) -> str:
    kind = str(form["kind"].value() or "asset") if "kind" in form.fields else "asset"
    return kind if kind in FIELDS else "asset"


def table_of(found: Import, form: DescribeForm) -> Table | None:
    """The table as it begins, with what was said of it so far; None for other files."""
    format = str(form["format"].value() or "")
    if format not in FORMATS or not FORMATS[format].mapped:
        return None
    said = {name: form[name].value() for name in ("sheet", "header_row") if name in form.fields}
    header = str(said.get("header_row") or "")
    options = options_of(
        {"sheet": said.get("sheet"), "header_row": header if header.isascii() and header.isdecimal() else None}
    )
    with storage.opened(found.digest) as file:
        named: list[str] = []
        try:
            named = sheets(found.name, file) if format == "xlsx" else []
            file.seek(0)
            made = headings(format, found.name, file, options)  # type: ignore[arg-type]
            file.seek(0)
            sample = list(itertools.islice(_rows(found, format, file, options), SAMPLE))
        except BadFile as error:
            return Table([], [], named, told(error.faults[0].message))
    return Table(made, sample, named)


def _rows(found: Import, format: str, file: Any, options: Options) -> Iterator[Row]:
    source = source_of(format, found.name, file, options)
    return (row for row in rows(source, excel=format == "xlsx") if not isinstance(row, RowFault))


def _columns(request: HttpRequest, found: Import, form: DescribeForm, table: Table) -> list[Column]:
    """The columns with what each gives: as chosen, as kept, or as guessed."""
    kind = _kind(form)
    asked = request.GET.get("kept") or "0"
    kept = (
        _kept(found, table).filter(pk=int(asked)).first()
        if asked.isascii() and asked.isdecimal() and len(asked) < 10
        else None
    )
    mapping = kept.mapping if kept else found.options.get("mapping")
    if not mapping or found.options.get("kind", "asset") != kind:
        mapping = guess_mapping(table.headings, kind)
    made = []
    for n, heading in enumerate(table.headings[:MOST_COLUMNS]):
        chosen = (
            request.POST.get(f"column_{n}", mapping.get(heading, ""))
            if request.method == "POST"
            else mapping.get(heading, "")
        )
        values = dict.fromkeys(row.cells.get(heading, "").strip()[:60] for row in table.sample)
        made.append(Column(n, heading, chosen if chosen in FIELDS[kind] else "", [v for v in values if v][:3]))
    return made


def _kept(found: Import, table: Table | None) -> Any:
    """What was said of tables with the same headings."""
    if table is None or not table.headings:
        return KeptMapping.objects.none()
    return KeptMapping.objects.filter(organisation=found.organisation, headings=digest_of(table.headings))


def _policies(request: HttpRequest, found: Import) -> list[tuple[str, str, list[tuple[str, Any]], str]]:
    """The fields that the file says something of, once it was read: field, name, choices, and what was chosen."""
    from django.utils.translation import gettext

    main = found.settings.get("main", "asset")
    said = found.told.get("fields", {}).get(main, {})
    chosen = found.settings.get("policy", {})
    return [
        (field, gettext(label), policies_for(field), request.POST.get(f"policy_{field}", chosen.get(field, "")))
        for field, label in FIELDS.get(main, {}).items()
        if field in said and field != "id"
    ]


def _save(
    request: HttpRequest, found: Import, form: DescribeForm, mapping: dict[str, str] | None, table: Table | None
) -> None:
    policy = {field: word for field, _name, choices, word in _policies(request, found) if word in dict(choices)}
    options = form.said(mapping)
    name = " ".join(request.POST.get("name", "").split())[:120]
    if name and mapping:
        options["kept"] = name
    described = actions.describe_import(
        imported=found,
        format=form.cleaned_data["format"],
        options=options,
        settings=form.settings(policy),
        by=who(request),
    )
    if name and mapping and table is not None:
        actions.keep_mapping(imported=described, name=name, found=table.headings, by=who(request))
