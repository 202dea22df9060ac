"""From what a cell says to the value of a field; what cannot be taken is said, with what would be right."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeVar

from kizuki.register.engine import identity
from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.reading import Fields, RowFault, fault
from kizuki.register.engine.sources.words import IMPORTANCE, KINDS, LIFECYCLES, NO, YES, ZONE_KINDS, plain

T = TypeVar("T")
#: What a line, a list and a longer text may hold (`Line` and `Few` of the organisation file).
MAX_LINE: Final = 400
MAX_LIST: Final = 200
MAX_TEXT: Final = 10_000

LISTS: Final = ("macs", "ips", "hosts", "serials", "cloud_ids", "urls", "traits", "ranges")
ASPECTS: Final = ("confidentiality", "integrity", "availability")

_SEPARATORS: Final = re.compile(r"[,;|\n、；，]+")
_SPACES: Final = re.compile(r"[\s,;|、；，]+")
#: What stands for nothing. `None` is what Python, "null" what PowerShell's exports write.
_EMPTY: Final = frozenset(
    {"", "-", "--", "n/a", "na", "none", "null", "なし", "無し", "―", "—", "–", "ー", "－", "未定", "不明", "未設定"}
)
_YES_NO: Final = ("internet_facing", "supplier_facing")
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SECRET: Final = re.compile(
    r"passw(?:or)?d|passwort|passphrase|\bpwd|pwd\b|admpwd|unicodepwd|\bpin\b|secret|\btoken\b|api.?key|private.?key|recovery.?key"
    r"|bitlocker|\blaps\b|(?:nt|lm|password)[ _-]?hash|\bhash\b|snmp.?community|パスワード|暗証|ハッシュ|秘密鍵|秘密の|合言葉|回復キー"
)
#: Facts about passwords, which are no passwords.
_ABOUT_SECRETS: Final = re.compile(
    r"last|never|expir|polic|notreq|required|age|change|date|time|count|cannot|profile ?type|reset|self.?service|enabled|registered"
    r"|sspr|期限|更新|変更|有効|ポリシー|回数|日"
)


class Wrong(ValueError):
    """A value that cannot be taken: the sentence that says why, with its arguments."""

    def __init__(self, form: str, **arguments: object) -> None:
        super().__init__(form)
        self.form, self.arguments = form, arguments


def is_secret(heading: str) -> bool:
    """Whether a column or key seems to hold passwords, hashes or keys, by its name."""
    name = unicodedata.normalize("NFKC", heading).lower()
    return bool(_SECRET.search(name)) and not _ABOUT_SECRETS.search(name)


def clean(written: str) -> str:
    """A text without the codes that no text holds (NUL, controls, halves of pairs) and without spaces at its ends; "" for what
    stands for nothing. A formula's guard (`'=…`, `="007"`) is taken off."""
    text = sound(written)
    return "" if stands_for_nothing(text) else text


def stands_for_nothing(text: str) -> bool:
    return len(text) <= 4 and (text in _EMPTY or unicodedata.normalize("NFKC", text).lower() in _EMPTY)


def sound(written: str) -> str:
    """A text without what no text holds, as `clean`, but also where it stands for nothing."""
    text = written if written.isprintable() else _NO_TEXT.sub(" ", written.replace("\r\n", "\n"))
    text = text.strip()
    if not text or text[0] not in "='#MS":
        return text  # nearly all of them
    if len(text) > 3 and text.startswith('="') and text.endswith('"') and '"' not in text[2:-1]:
        text = text[2:-1].strip()
    elif len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]
    elif re.match(r"=\s*[\w(+\-@'\[]", text):
        raise Wrong(says.FORMULA)
    if re.match(r"#(?:REF|N/A|VALUE|DIV/0|NAME|NULL|NUM|SPILL)[!?]?", text):
        raise Wrong(says.CELL_ERROR, value=text)
    if text.startswith(("Microsoft.ActiveDirectory.Management.", "System.Collections.", "System.Object[")):
        raise Wrong(says.NOT_SHOWN, value=text)
    return text


def line(text: str) -> str:
    return " ".join(text.split())


def identifier(text: str) -> str:
    """An id has no spaces; those within one become hyphens."""
    return re.sub(r"\s+", "-", unicodedata.normalize("NFKC", text).strip())


def address(text: str) -> str:
    """An IP, also with the length of its network behind it, as NetBox and `ip addr` write it."""
    head, slash, _length = text.partition("/")
    if slash:
        try:
            network = ipaddress.ip_interface(unicodedata.normalize("NFKC", text).strip())
        except ValueError:
            raise Wrong(says.NOT_IP, value=text) from None
        whole = network.network
        if whole.num_addresses > 2 and network.ip == whole.network_address:
            raise Wrong(says.NOT_IP, value=text)
    found = identity.ip(head)
    if found is None:
        raise Wrong(says.NOT_IP, value=text)
    return found


def _known(find: Callable[[str], T | None], wrong: str) -> Callable[[str], T]:
    """A reader that gives what `find` makes of a text, and says `wrong` where that is nothing."""

    def read(text: str) -> T:
        found = find(text)
        if found is None:
            raise Wrong(wrong, value=text)
        return found

    return read


def _word_of(words: Mapping[str, T], wrong: str) -> Callable[[str], T]:
    return _known(lambda text: words.get(plain(text)), wrong)


_mac = _known(identity.mac, says.NOT_MAC)
_host = _known(identity.host, says.NOT_HOST)
kind = _word_of(KINDS, says.NOT_KIND)
_zone_kind = _word_of(ZONE_KINDS, says.NOT_KIND)
_lifecycle = _word_of(LIFECYCLES, says.NOT_LIFECYCLE)
importance = _word_of(IMPORTANCE, says.NOT_IMPORTANCE)


def network(text: str) -> str:
    """A range as CIDR; bits behind its length are taken off."""
    try:
        return str(ipaddress.ip_network(unicodedata.normalize("NFKC", text).strip(), strict=False))
    except ValueError:
        raise Wrong(says.NOT_RANGE, value=text) from None


def _url(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9+.\-]{1,20}://[^\s<>\"]{1,380}", text, re.IGNORECASE):
        raise Wrong(says.NOT_URL, value=text)
    return text


def _trait(text: str) -> str:
    word = re.sub(r"[\s_]+", "-", unicodedata.normalize("NFKC", text).strip().lower())
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", word):
        raise Wrong(says.NOT_TRAIT, value=text)
    return word


def yes_no(text: str) -> bool:
    word = plain(text)
    if word not in YES and word not in NO:
        raise Wrong(says.NOT_YES_NO, value=text)
    return word in YES


def _count(text: str) -> int:
    digits = re.fullmatch(r"([0-9]{1,8})(?:\.0+)?\s*(?:台|個|本|式|units?|pcs)?", plain(text).replace(",", ""))
    if digits is None or not 1 <= int(digits[1]) <= 10_000_000:
        raise Wrong(says.NOT_COUNT, value=text)
    return int(digits[1])


def _mail(text: str) -> str:
    word = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"[^\s@<>,;]{1,200}@[^\s@<>,;]{1,200}", word):
        raise Wrong(says.NOT_MAIL, value=text)
    return word


_OF_LIST: Final[dict[str, Callable[[str], str]]] = {
    "macs": _mac, "ips": address, "hosts": _host, "serials": line, "cloud_ids": line, "urls": _url, "traits": _trait,
    "ranges": network,
}  # fmt: skip
_OF_ONE: Final[dict[str, Callable[[str], str | int | bool]]] = {
    "id": identifier, "kind": kind, "lifecycle": _lifecycle, "count": _count, "internet_facing": yes_no,
    "supplier_facing": yes_no, "mail": _mail, "zone_kind": _zone_kind,
}  # fmt: skip


def pieces(field: str, text: str) -> list[str]:
    """The single values of a cell with several of them. Only names, serials and ids may hold spaces."""
    if text.isascii() and text.isprintable() and not (" " in text or "," in text or ";" in text or "|" in text):
        return [text]
    if field == "macs" and identity.mac(text):
        return [text]
    separators = _SPACES if field in ("macs", "ips", "hosts", "urls", "ranges") else _SEPARATORS
    return [piece.strip() for piece in separators.split(text) if piece.strip()]


def put(fields: Fields, field: str, text: str, column: str, place: int) -> Iterator[RowFault]:
    """Add what a cell says to a record; what cannot be taken is yielded, and nothing else of the record suffers."""
    try:
        text = sound(text)
        # “なし” under “internet facing” is an answer, elsewhere it is none
        if stands_for_nothing(text) and not (text and field in _YES_NO and plain(text) in NO):
            return
        if field in LISTS:
            yield from _put_list(fields, field, pieces(field, text), column, place)
        elif field == "notes":
            yield from _put_notes(fields, text, column, place)
        elif field.startswith("importance"):
            _put_importance(fields, field, importance(text))
        else:
            yield from _put_one(fields, field, text, column, place)
    except Wrong as wrong:
        yield fault(place, column, wrong.form, "value", **wrong.arguments)


def _put_list(fields: Fields, field: str, values: Iterable[str], column: str, place: int) -> Iterator[RowFault]:
    before = fields.get(field, ())
    taken = dict.fromkeys(before if isinstance(before, tuple) else ())
    for value in values:
        try:
            made = _OF_LIST[field](value)
        except Wrong as wrong:
            yield fault(place, column, wrong.form, "value", **wrong.arguments)
            continue
        if len(taken) >= MAX_LIST and made not in taken:
            yield fault(place, column, says.TOO_MANY, "value", n=MAX_LIST)
            break
        taken.setdefault(made[:MAX_LINE])
    if taken:
        fields[field] = tuple(taken)


def _put_notes(fields: Fields, text: str, column: str, place: int) -> Iterator[RowFault]:
    before = fields.get("notes")
    whole = f"{before}\n{text}" if before else text
    if len(whole) > MAX_TEXT:
        yield fault(place, column, says.TOO_LONG, "value", n=MAX_TEXT)
    fields["notes"] = whole[:MAX_TEXT]


def _put_importance(fields: Fields, field: str, score: int) -> None:
    """A single column of importance holds for all three aspects; a column of one aspect goes before it."""
    _, _, aspect = field.partition(".")
    before = fields.get("importance")
    known = dict(before) if isinstance(before, dict) else {}
    if aspect:
        known[aspect] = score
    else:
        known = {name: known.get(name, score) for name in ASPECTS}
    fields["importance"] = {name: known[name] for name in ASPECTS if name in known}


def _put_one(fields: Fields, field: str, text: str, column: str, place: int) -> Iterator[RowFault]:
    take = _OF_ONE.get(field)
    made: str | int | bool = take(text) if take else line(text)
    field = "kind" if field == "zone_kind" else field
    limit = 120 if field == "id" else MAX_LINE
    if isinstance(made, str) and len(made) > limit:
        yield fault(place, column, says.TOO_LONG, "value", n=limit)
        made = made[:limit].rstrip()
    if field in fields and fields[field] != made:
        yield fault(place, column, says.TWO_COLUMNS, "value", value=text, before=fields[field])
        return
    fields[field] = made
