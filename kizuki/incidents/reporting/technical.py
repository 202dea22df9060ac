"""The report for those who work on it or check it: everything that is known, in order."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kizuki.casebook.words import KINDS
from kizuki.incidents.choices import UNDONE
from kizuki.incidents.engine.defang import defanged
from kizuki.incidents.engine.report import Block, Pairs, Paragraph, Report, Section, bullets, section, table
from kizuki.incidents.engine.review import PARTS, Item
from kizuki.incidents.reporting import common
from kizuki.incidents.reporting.common import NOTHING, or_nothing
from kizuki.incidents.reporting.facts import Facts
from kizuki.incidents.review_words import COMMON, REVIEW_FIELDS
from kizuki.incidents.review_words import PARTS as NAMES
from kizuki.incidents.rows import milestone_name
from kizuki.incidents.words import LANE_NAMES
from kizuki.measures import catalogue


def report(facts: Facts) -> Report:
    """The whole report, in the language that is active."""
    return common.made(facts, "technical", [
        section(pgettext("incident", "How it stands"), *_stand(facts)),
        section(pgettext("incident", "Particulars"), _particulars(facts)),
        *_review(facts),
        section(_("How long it took"), common.times_table(facts)),
        section(_("Timeline"), *_timeline(facts)),
        section(_("Decisions"), *or_nothing(_decisions(facts))),
        section(pgettext("of an incident", "Tasks"), *or_nothing(_tasks(facts))),
        section(_("Assets"), *or_nothing(_assets(facts))),
        section(_("Indicators"), *or_nothing(_indicators(facts))),
        section(_("Files"), *or_nothing(_files(facts))),
        section(_("Who was what"), *or_nothing(_members(facts))),
    ])  # fmt: skip


def _stand(facts: Facts) -> list[Paragraph]:
    stand, outcome = facts.incident.stand, facts.about.review.outcome
    return [
        Paragraph(stand) if stand else Paragraph(_("Nobody has written yet how it stands."), quiet=True),
        *([Paragraph(outcome)] if outcome else []),
    ]


def _particulars(facts: Facts) -> Pairs:
    incident = facts.incident
    rows = [
        (_("Number"), incident.number),
        (_("Status"), str(incident.get_status_display())),
        (_("Severity"), common.severity(incident.severity)),
        (_("Kind"), str(incident.get_kind_display())),
        (pgettext("incident", "Lead"), incident.lead.name if incident.lead else _("nobody yet")),
        (_("Opened"), facts.when(incident.opened_at)),
        (_("Closed"), facts.when(incident.closed_at)),
        (pgettext("incident", "Time zone"), incident.zone),
        (_("Day 1"), incident.day_one.isoformat()),
    ]
    return Pairs(tuple((name, value) for name, value in rows))


def _review(facts: Facts) -> list[Section]:
    """The six parts of the casebook's form, and what is said besides."""
    review = facts.about.review
    made = [section(pgettext("of an incident", "Review"))]
    for part in PARTS:
        found = facts.about.parts[part]
        block = _lessons(facts, found) if part == "lessons" else bullets(_item(part, item) for item in found)
        made.append(section(str(NAMES[part]), *or_nothing(block), deeper=True))
    publication = " – ".join(filter(None, (str(review.get_publication_display()), review.publication_reason)))
    said = [
        (str(REVIEW_FIELDS["same_setting"]), review.same_setting or NOTHING),
        (str(REVIEW_FIELDS["publication"]), publication or NOTHING),
    ]
    return [*made, section(_("What else was decided"), Pairs(tuple(said)), deeper=True)]


def _item(part: str, item: Item) -> str:
    mark = ""
    if part == "causes":
        mark = (_("root cause") if item.root else _("cause")) + _(": ")
    return f"{mark}{item.text}{_measures(item)}{_source(item)}"


def _measures(item: Item) -> str:
    return f" [{', '.join(item.measures)}]" if item.measures else ""


def _source(item: Item) -> str:
    return " " + _("(entry %(n)s)") % {"n": item.entry} if item.entry else ""


def _lessons(facts: Facts, found: tuple[Item, ...]) -> Block | None:
    rows = []
    for item in found:
        task = facts.follow_ups.get(item.task or 0)
        name = facts.owners.get(item.owner)
        measures = [(id, catalogue.find(id)) for id in item.measures]
        named = "\n".join(f"{id} {one.short.in_(facts.language)}" if one else id for id, one in measures)
        rows.append((
            item.text + _source(item), str(COMMON[item.common]) if item.common else NOTHING, named or NOTHING,
            (name.in_(facts.language) if name else item.owner) or NOTHING, item.due or NOTHING,
            str(task.get_state_display()) if task else NOTHING,
        ))  # fmt: skip
    head = (_("Lesson"), _("Whose"), _("Measures"), _("Who sees to it"), _("Until"), _("State"))
    return table(head, rows, (9, 3, 4, 3, 3, 3))


def _timeline(facts: Facts) -> list[Block]:
    rows = []
    for entry in facts.entries:
        said = common.entry_text(entry)
        if entry.handover:
            names = pgettext("between things", ", ").join(str(LANE_NAMES[lane]) for lane in entry.handover)
            said += " " + _("→ %(lanes)s") % {"lanes": names}
        marks = [milestone_name(mark) for mark in facts.milestones.get(entry.pk, ())]
        if marks:
            said += "\n" + _("Milestone: %(names)s") % {"names": pgettext("between things", ", ").join(marks)}
        rows.append((
            str(entry.seq), common.entry_time(facts, entry), str(LANE_NAMES[entry.lane]), str(KINDS[entry.kind]), said,
        ))  # fmt: skip
    head = (_("No."), _("When"), _("Lane"), pgettext("entry", "Kind"), _("What happened"))
    note = Paragraph(_("Times by the clock of %(zone)s.") % {"zone": facts.incident.zone}, quiet=True)
    return or_nothing(note if rows else None, table(head, rows, (2, 6, 4, 4, 18)))


def _decisions(facts: Facts) -> Block | None:
    rows = []
    for one in facts.about.decisions:
        others = "\n".join(option for option in one.options if option != one.answer)
        rows.append((
            str(one.number), facts.when(one.entry.low), one.question, common.answered(one), others or NOTHING,
        ))  # fmt: skip
    head = (
        _("No."),
        _("When"),
        _("Question"),
        _("What was decided, by whom, why"),
        _("What else could have been done"),
    )
    return table(head, rows, (2, 5, 8, 12, 8))


def _tasks(facts: Facts) -> Block | None:
    ordered = sorted(facts.about.tasks, key=lambda task: (task.state not in UNDONE, task.number))
    rows = [
        (
            str(task.number), task.title.in_(facts.language), common.owner(task), facts.when(task.due), common.task_state(task),
            task.result or NOTHING,
        )
        for task in ordered
    ]  # fmt: skip
    head = (_("No."), pgettext("of an incident", "Task"), _("Who"), _("Due"), _("State"), _("What came of it"))
    return table(head, rows, (2, 12, 5, 5, 5, 10))


def _assets(facts: Facts) -> Block | None:
    rows = [(row.label, row.key, str(row.get_state_display())) for row in facts.assets]
    return table((_("Asset"), _("Id in the register"), _("State")), rows, (4, 3, 3))


def _indicators(facts: Facts) -> Block | None:
    rows = [
        (
            str(row.get_kind_display()),
            defanged(row.kind, row.value),
            str(row.get_state_display()),
            row.note or NOTHING,
        )
        for row in facts.indicators
    ]
    return table((_("Kind"), _("Indicator"), _("State"), _("Note")), rows, (2, 6, 3, 4))


def _files(facts: Facts) -> Block | None:
    rows = [(row.name, f"{row.file.size:,}", row.file.digest) for row in facts.files]
    return table((_("File"), _("Bytes"), "SHA-256"), rows, (4, 2, 7))


def _members(facts: Facts) -> Block | None:
    rows = [
        (row.person.name, str(row.get_role_display()), facts.when(row.since), facts.when(row.until))
        for row in facts.members
    ]
    return table(
        (_("Name"), _("Role"), pgettext("time in a role", "From"), pgettext("time in a role", "Until")),
        rows,
        (4, 4, 3, 3),
    )
