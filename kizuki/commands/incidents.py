"""`kizuki incident list|show|new|entry|export`: incidents of this installation, as a person who may know of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from kizuki.commands.output import FAILED, Json, Language, language, print_json, print_table, refuse
from kizuki.commands.server import Home, installed, say

if TYPE_CHECKING:
    from django.core.exceptions import ValidationError

    from kizuki.accounts.models import Person
    from kizuki.incidents.models import Entry, Incident

incident_app = typer.Typer(name="incident", help="Incidents: list, show, new, entry, export.", no_args_is_help=True)
NOT_ALLOWED: Final = 3
As = Annotated[
    str,
    typer.Option("--as", metavar="MAIL", envvar="KIZUKI_AS", help="Act as this person, with their rights. Needed."),
]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The incident, such as INC-2026-014.")]
Once = Annotated[
    str, typer.Option("--once", help="Your own name for this sending; given again, nothing is entered twice.")
]


@incident_app.command("list")
def incident_list(
    *,
    status: Annotated[
        str, typer.Option(help="all, new, analysing, containing, recovering, watching, closed or merged; else what is open.")
    ] = "",
    words: Annotated[str, typer.Option("--q", metavar="WORDS", help="Only those in which these words stand.")] = "",
    acting: As = "", home: Home = None, json: Json = False, lang: Language = "",
) -> None:  # fmt: skip
    """The incidents that you may know of, the gravest first."""
    person = _begin(acting, home, lang)
    from django.utils.translation import gettext as _
    from django.utils.translation import pgettext

    from kizuki.incidents.filters import IncidentFilter
    from kizuki.incidents.models import Incident

    form = IncidentFilter({"status": status, "q": words, "sort": "-severity"}, person=person)
    if not form.is_valid():
        refuse(_("“%(word)s” is no status; write all, %(known)s") % {"word": status, "known": _known("status")})
    rows = list(form.apply(Incident.objects.visible_to(person).select_related("lead", "by")))
    if json:
        from kizuki.incidents.api.incidents import lines

        print_json([one.model_dump(mode="json") for one in lines(person, rows)])
        return
    heads = [
        _("Number"),
        _("Severity"),
        _("Status"),
        _("Title"),
        pgettext("incident", "Lead"),
        pgettext("incidents", "Changed"),
    ]
    print_table("", heads, [_cells(row) for row in rows])


def _cells(row: Incident) -> list[str]:
    from django.utils import timezone

    lead = row.lead.name if row.lead else "–"
    changed = f"{timezone.localtime(row.changed_at):%Y-%m-%d %H:%M}"
    return [row.number, str(row.get_severity_display()), str(row.get_status_display()), row.title, lead, changed]


@incident_app.command("show")
def incident_show(
    number: Number,
    *,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="TIME", help="What was recorded until then, such as 2026-11-22T14:00+09:00.")
    ] = "",
    acting: As = "", home: Home = None, json: Json = False, lang: Language = "",
) -> None:  # fmt: skip
    """One incident: how it stands, and its timeline."""
    person = _begin(acting, home, lang)
    incident = _incident(person, number)
    entries = _entries(incident, as_of)
    if json:
        print_json(_document(person, incident, entries))
        return
    from django.utils.translation import gettext as _
    from django.utils.translation import pgettext

    lead = incident.lead.name if incident.lead else pgettext("lead of an incident", "nobody")
    facts = [
        (_("Title"), incident.title), (_("How it stands"), incident.stand or "–"), (_("Status"), incident.get_status_display()),
        (_("Severity"), incident.get_severity_display()), (pgettext("incident", "Lead"), lead), ("TLP", incident.tlp),
    ]  # fmt: skip
    print_table(incident.number, ["", ""], [(str(name), str(value)) for name, value in facts])
    rows = [_row(entry) for entry in sorted(_standing(entries), key=lambda one: (one.sort, one.seq))]
    print_table("", [_("No."), _("When"), _("Lane"), pgettext("entry", "Kind"), _("What happened")], rows)


def _entries(incident: Incident, as_of: str) -> list[Entry]:
    """All that was recorded, up to a moment."""
    from django.utils import timezone
    from django.utils.dateparse import parse_datetime
    from django.utils.translation import gettext as _

    from kizuki.incidents.api.entries import with_all
    from kizuki.incidents.models import Entry

    rows = Entry.objects.filter(incident=incident).order_by("seq")
    if as_of:
        try:
            moment = parse_datetime(as_of)
        except ValueError:
            moment = None
        if moment is None:
            refuse(_("“%(at)s” is not a time; write 2026-11-22T14:00+09:00") % {"at": as_of})
        rows = rows.filter(recorded_at__lte=moment if moment.tzinfo else timezone.make_aware(moment))
    return list(with_all(rows))


def _standing(entries: list[Entry]) -> list[Entry]:
    """Those that nothing among them replaced or took back."""
    replaced = {entry.corrects_id for entry in entries}
    return [entry for entry in entries if entry.pk not in replaced and not entry.withdrawn]


def _row(entry: Entry) -> list[str]:
    from django.utils import timezone

    from kizuki.casebook.words import KINDS
    from kizuki.incidents.times import shown
    from kizuki.incidents.told import told
    from kizuki.incidents.words import LANE_NAMES

    time = shown(entry, timezone.get_current_timezone())
    when = f"{time.day:%Y-%m-%d} {time.clock}" if ":" in time.clock else time.clock
    text = entry.text or told(entry)
    return [str(entry.seq), when, str(LANE_NAMES[entry.lane]), str(KINDS[entry.kind]), text]


@incident_app.command("new")
def incident_new(
    title: Annotated[str, typer.Argument(help="What is seen, in one line.")],
    *,
    kind: Annotated[
        str,
        typer.Option(
            help="ransomware, account-takeover, defacement, data-leak, malware-by-mail, misused-cloud, supplier-hit, insider,"
            " lost-device or other."
        ),
    ] = "other",
    restricted: Annotated[bool, typer.Option("--restricted", help="Only its members know of it.")] = False,
    exercise: Annotated[bool, typer.Option("--exercise", help="A drill, which counts in no figure.")] = False,
    once: Once = "", acting: As = "", home: Home = None, json: Json = False, lang: Language = "",
) -> None:  # fmt: skip
    """Open an incident; you lead it until you hand it over. Prints its number."""
    person = _begin(acting, home, lang)
    from django.core.exceptions import ValidationError

    from kizuki.incidents import rules
    from kizuki.incidents.actions import open_incident
    from kizuki.incidents.api.common import own_once

    if not rules.may_open(person):
        _forbidden()
    try:
        made = open_incident(
            title=title, kind=kind, zone=person.time_zone, restricted=restricted, exercise=exercise, once=own_once(person, once),
            by=person,
        )  # fmt: skip
    except ValidationError as error:
        _refuse(error)
    if json:
        from kizuki.incidents.api.incidents import line

        print_json(line(person, _incident(person, made.number)).model_dump(mode="json"))
    else:
        print(made.number)


@incident_app.command("entry")
def incident_entry(
    number: Number,
    line: Annotated[
        list[str], typer.Argument(help="As on the page: 14:02 it contain isolated #pc-123 !contained. “-” reads it from standard input.")
    ],
    *,
    lane: Annotated[str, typer.Option(help="Whose act it was, where the line does not say.")] = "",
    kind: Annotated[str, typer.Option(help="What kind of act it was, where the line does not say.")] = "",
    once: Once = "", acting: As = "", home: Home = None, json: Json = False, lang: Language = "",
) -> None:  # fmt: skip
    """Enter what happened, in one line. Prints the number of the entry."""
    person = _begin(acting, home, lang)
    from django.core.exceptions import ValidationError

    from kizuki.incidents import entering, rules
    from kizuki.incidents.api.common import own_once

    incident = _incident(person, number)
    if not rules.may_write(person, incident):
        _forbidden()
    text = sys.stdin.read() if line == ["-"] else " ".join(line)
    key = own_once(person, once)
    made = _sent_before(incident, key)
    try:
        if made is None:
            read = entering.understand(incident, text, by=person, chosen={"lane": lane, "kind": kind})
            _ask_for_more(read.missing)
            made = entering.enter(incident, read, by=person, once=key)
    except ValidationError as error:
        _refuse(error)
    if json:
        from kizuki.incidents.api.entries import line as entry_line

        print_json(entry_line(person, made).model_dump(mode="json"))
    else:
        print(made.seq)


@incident_app.command("export")
def incident_export(
    number: Number,
    where: Annotated[Path | None, typer.Argument(metavar="FILE", help="The file to write. Without it: standard output.")] = None,
    *,
    format: Annotated[
        str, typer.Option("--format", help="md, json, html or docx: the report; csv: the timeline, which can be brought in again.")
    ] = "md",
    audience: Annotated[str, typer.Option(help="technical, or executive for one page.")] = "technical",
    acting: As = "", home: Home = None, lang: Language = "",
) -> None:  # fmt: skip
    """The report of an incident as a file, or its timeline as a table."""
    person = _begin(acting, home, lang)
    from django.utils.translation import gettext as _

    from kizuki.incidents.engine import timeline_file
    from kizuki.incidents.reporting import files, report, timeline

    known = [*files.FORMATS, "csv"]
    if format not in known:
        refuse(
            _("“%(format)s” is no form of a report; write one of: %(known)s")
            % {"format": format, "known": ", ".join(known)}
        )
    if audience not in ("technical", "executive"):
        refuse(
            _("“%(audience)s” is not for whom a report is made; write technical or executive") % {"audience": audience}
        )
    incident = _incident(person, number)
    if format == "csv":
        raw = "".join(timeline_file.written(timeline.rows(incident))).encode()
    else:
        raw = files.FORMATS[format].make(report(incident, person, audience=audience, language=language(lang)))
    if where is None:
        sys.stdout.buffer.write(raw)
        return
    try:
        where.write_bytes(raw)
    except OSError as error:
        refuse(f"{where}: {error.strerror}")
    say(f"{where}: {len(raw):,} bytes")


def _sent_before(incident: Incident, once: str) -> Entry | None:
    from kizuki.incidents.models import Entry

    found: Entry | None = Entry.objects.filter(incident=incident, once=once).first() if once else None
    return found


def _ask_for_more(missing: tuple[str, ...]) -> None:
    """Exit code 2 with what the line leaves out."""
    if not missing:
        return
    from django.utils.translation import gettext as _

    asked = {
        "lane": _("Whose act was it? Write --lane with one of: %(known)s") % {"known": _known("lane")},
        "kind": _("What kind of act was it? Write --kind with one of: %(known)s") % {"known": _known("kind")},
        "text": _("The line does not say what happened."),
    }
    refuse("\n".join(asked[name] for name in missing))


def _known(what: str) -> str:
    from kizuki.incidents.choices import KINDS, LANES, Status

    return ", ".join({"lane": LANES, "kind": KINDS, "status": tuple(Status.values)}[what])


def _begin(mail: str, home: Path | None, lang: str) -> Person:
    """Start the site and find out who acts. Exit code 2 where that is not said, or nobody."""
    installed(home)
    import zoneinfo

    from django.utils import timezone, translation

    from kizuki.accounts.models import Person

    translation.activate(language(lang))
    _ = translation.gettext
    if not mail:
        refuse(
            _(
                "Say who you are with --as MAIL or KIZUKI_AS: entries tell who wrote them, and not everybody may know everything."
            )
        )
    person = Person.objects.filter(email=mail.strip().lower(), is_active=True).first()
    if person is None:
        refuse(
            _("“%(mail)s” is nobody's address here. Who is known stands on the page “People”; kizuki user makes somebody known.")
            % {"mail": mail}
        )  # fmt: skip
    timezone.activate(zoneinfo.ZoneInfo(person.time_zone))
    return person


def _incident(person: Person, number: str) -> Incident:
    from django.utils.translation import gettext as _

    from kizuki.incidents.models import Incident

    rows = Incident.objects.visible_to(person).select_related("lead", "by", "parent", "merged_into", "organisation")
    found: Incident | None = rows.filter(number=number.strip().upper().replace("\0", "")).first()
    if found is None:
        refuse(
            _("There is no incident %(number)s of which you may know; see kizuki incident list --status all")
            % {"number": number}
        )
    return found


def _forbidden() -> NoReturn:
    from django.utils.translation import gettext as _

    say(_("You may read this, but not write in it."))
    raise typer.Exit(NOT_ALLOWED)


def _refuse(error: ValidationError) -> NoReturn:
    """What an action refused. Exit code 2; 1 where it cannot be done any more."""
    say("\n".join(error.messages))
    raise typer.Exit(2 if hasattr(error, "error_dict") else FAILED)


def _document(person: Person, incident: Incident, entries: list[Entry]) -> dict[str, Any]:
    """The incident as the API gives it, with its entries."""
    from kizuki.incidents.api.entries import lines
    from kizuki.incidents.api.incidents import line

    shown = [one.model_dump(mode="json") for one in lines(person, entries)]
    return {**line(person, incident).model_dump(mode="json"), "timeline": shown}
