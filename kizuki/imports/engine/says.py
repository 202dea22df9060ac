"""Every sentence that planning says of a row, with %(names)s for what varies.

They are English here and are looked up as messages where they are shown.
"""

from __future__ import annotations

from typing import Final

from kizuki.kit.text import marked as _

TWO_ROWS: Final = _("Rows %(rows)s speak of the same thing and do not agree on: %(fields)s. Take one of them.")
TWIN: Final = _("Row %(row)s says exactly the same. Give both a number if they are two things; else leave this one.")
CONTRARY: Final = _("The identifiers contradict each other: %(which)s. Correct the file or the register.")
SEVERAL: Final = _("It could be any of these: %(which)s. Give a number or a serial number.")
SEVERAL_CALLED: Final = _("Several are called so: %(which)s. Choose the one that is meant.")
OTHER_SERIAL: Final = _(
    "The hardware address is that of %(which)s, whose serial number is another one. Look which of them has it."
)
CYCLE: Final = _("The unit would lie within itself. If it is taken, it is placed below none.")
NO_KIND: Final = _("The file does not say what kind of thing it is. Choose a kind for such rows.")
OUTSIDE: Final = _("Your units do not answer for this.")
ONLY_MANAGERS: Final = _("Only managers can enter this.")
TAKEN_OUT: Final = _("It was taken out of the register. If it is taken, it comes back.")
LEFT_TRAITS: Final = _("Not known here and left out: %(which)s.")
LEFT_NAMES: Final = _(
    "The register does not have these, and they were left out: %(which)s. Bring them in, then this file again."
)
CUT: Final = _("Too long and cut: %(which)s.")
MALFORMED: Final = _("It cannot be taken: %(why)s")
TWICE: Final = _("The same stands in row %(row)s. One of them can be taken.")
