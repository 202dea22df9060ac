"""Every sentence that the readers of files from outside say, with %(names)s for what varies.

They are English here and are looked up as messages where they are shown.
"""

from __future__ import annotations

from typing import Final

from kizuki.kit.text import marked as _

# the file as a whole
TOO_LARGE: Final = _("the file is larger than %(limit)s MB; split it or leave out what is not needed")
EMPTY: Final = _("the file is empty; choose another one")
OTHER_KIND: Final = _("this is not a file of the kind “%(title)s”; choose the kind that fits, or another file")
NOT_JSON: Final = _("not readable as JSON; look for a missing comma, quotation mark or bracket")
TOO_DEEP: Final = _("nested deeper than %(n)s levels; make it flatter")
NOT_XML: Final = _("not readable as XML; give the file as the program wrote it")
ENTITIES: Final = _("the XML declares entities, which are not taken; give the file as the program wrote it")
NOT_XLSX: Final = _("not readable as an Excel workbook; open it in Excel and save it as XLSX")
OLD_EXCEL: Final = _("this is an old or encrypted Excel file; save it as XLSX without a password")
NO_SHEET: Final = _("the workbook has no sheet “%(sheet)s”; its sheets are %(known)s")
NO_HEADINGS: Final = _("no row of headings was found; begin the table with one")
NOT_TEXT: Final = _("this is not a text file; choose a table, or another kind of file")
UNZIPS_TOO_LARGE: Final = _("the workbook unpacks to more than %(limit)s MB; split it or leave out what is not needed")
NO_COLUMN: Final = _("no column of this table is known; say which column holds what")
UNKNOWN_FORMAT: Final = _("“%(format)s” is not a kind of file that is read here; choose one of the list")

# rows
TOO_MANY_ROWS: Final = _("only the first %(limit)s rows were read; split the file and give the rest as another one")
MORE_CELLS: Final = _("the row has %(n)s cells and the headings are %(m)s; put texts that hold the separator in quotes")
FEWER_CELLS: Final = _("the row has %(n)s cells and the headings are %(m)s; what is missing was taken as empty")
UNREADABLE: Final = _("characters of this row cannot be read; save the file as UTF-8")
NOT_CLOSED: Final = _("a text of this row is too long, or its quotation mark is not closed; close it")
TWICE: Final = _("the heading “%(heading)s” stands here twice; the second one is called “%(name)s”")
SECRET: Final = _("the column looks like a password or a key; it was not read, and does not belong into such a file")
NOT_AN_ENTRY: Final = _("this entry is not of the form that is read here; give the file as the program wrote it")
BAD_LINE: Final = _("this line is not of the form that is read here; give the file as the program wrote it")
NO_NAME: Final = _("the row names nothing: no name, number, address or serial; fill one of them in")
NO_ADDRESS: Final = _("the entry has no address of a device; nothing can be told from it")
MERGED_ROWS: Final = _(
    "the cell is merged with row %(row)s; the value there was taken for this row too; unmerge the cells"
)
MERGED_COLUMNS: Final = _(
    "cells are merged over several columns; the value was taken for the first one; unmerge the cells"
)
REPEATED_ID: Final = _("“%(value)s” is already the number of row %(row)s; every number stands once")
REPEATED_ADDRESS: Final = _("“%(value)s” stands in row %(row)s too; check which of them has it")
CYCLE: Final = _("the unit “%(value)s” lies within itself; name another unit above it")

# values
TOO_LONG: Final = _("longer than %(n)s characters; it was cut")
TOO_MANY: Final = _("more than %(n)s values; the others were left out")
FORMULA: Final = _("a formula stands here, and its value is not known; write the value itself")
CELL_ERROR: Final = _("Excel shows the error %(value)s here; correct the formula or write the value itself")
NOT_MAC: Final = _("“%(value)s” is not a MAC address of one device; write it as 00:11:22:aa:bb:cc")
NOT_IP: Final = _("“%(value)s” is not an IP address of one device; write it as 192.0.2.10 or 2001:db8::10")
NOT_HOST: Final = _("“%(value)s” is not a host name; write it as server1.example.jp")
NOT_RANGE: Final = _("“%(value)s” is not a range of addresses; write it as 192.0.2.0/24")
NOT_URL: Final = _("“%(value)s” is not an address of a page; write it as https://example.jp/")
NOT_KIND: Final = _("“%(value)s” is not a kind that is known here; choose one after the import")
NOT_LIFECYCLE: Final = _("“%(value)s” is not known as planned, in use or retired; write one of these")
NOT_IMPORTANCE: Final = _("“%(value)s” is not an importance; write 0 to 3, or high, medium, low")
NOT_YES_NO: Final = _("“%(value)s” is neither yes nor no; write one of them")
NOT_COUNT: Final = _("“%(value)s” is not a number of things; write a whole number, 1 or more")
NOT_TRAIT: Final = _("“%(value)s” is not a word of the vocabulary: small letters, digits and hyphens")
NOT_MAIL: Final = _("“%(value)s” is not a mail address; write it as name@example.jp")
NOT_TIME: Final = _("“%(value)s” is not a time; write it as 2026-11-22 14:02")
TWO_DAYS: Final = _("“%(value)s” can be two days; say whether the day or the month comes first")
TWO_COLUMNS: Final = _("another column says “%(before)s” for the same thing, this one “%(value)s”; keep one of them")
NOT_SHOWN: Final = _("the program that wrote the file left “%(value)s” in place of the value; write the value itself")
NO_TIME: Final = _("the file does not say when its entries were seen, so no sightings were taken; say when it was made")
NO_TIME_HERE: Final = _("the entry does not say when it was seen, so no sighting was taken")

#: Every sentence above.
ALL: Final = tuple(value for name, value in sorted(globals().items()) if name.isupper() and isinstance(value, str))
