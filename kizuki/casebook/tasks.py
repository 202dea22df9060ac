"""Long work of the casebook: drawing a PDF."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kizuki.casebook import pdf
from kizuki.casebook.models import Case
from kizuki.jobs.declare import task
from kizuki.jobs.worker import JobFailed, current_person, progress

NAMES = {"ja": _("Japanese"), "en": _("English")}


def name_of_pdf(slug: str, language: str) -> str:
    """Which PDF a job draws."""
    return gettext("PDF of the case %(case)s in %(language)s") % {
        "case": slug,
        "language": NAMES.get(language, language),
    }


@task(title=_("PDF of a case"), attempts=2, named=name_of_pdf)
def make_pdf(slug: str, language: str) -> dict[str, str]:
    """Draw the PDF of a case for the person who asked."""
    person = current_person()
    row = Case.objects.visible_to(person).filter(slug=slug).first()
    if row is None:
        raise JobFailed(_("The case is no longer in the library."))
    progress(10)
    try:
        pdf.write_pdf(pdf.html_for(row, person, language))
    except pdf.NoPdf:
        raise JobFailed(
            _("PDF files cannot be made on this server: the Pango library is missing. Print the page instead.")
        ) from None
    return {"url": reverse("casebook:case_pdf", args=[slug]) + f"?language={language}"}
