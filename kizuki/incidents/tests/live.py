"""What does harm where it is not taken for text: for every field and file name that a person can write."""

from __future__ import annotations

from typing import Final

LIVE: Final = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "</title></style><script>alert(1)</script>",
    "javascript:alert(1)//",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<https://evil.example> www.evil.example https://evil.example/?q=1",
    "<a href='javascript:alert(1)'>x</a>",
    "{{ 7*7 }} {% load x %} ${7*7}",
    "# heading\n- item\n> quote\n```\ncode\n```\n| a | b |\n|---|---|",
    "a\n===\nb\n---\n<!-- x -->",
    "*x* _y_ ~~z~~ `w` **v**",
    "&lt;script&gt; &amp; &#x3c;b&#x3e;",
    ']]></w:t></w:r><w:fldSimple w:instr="DDEAUTO c:\\\\x"/>',
    "{ DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe }",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "bell\x07 null-like\x01 escape\x1b[31m \ufffe",
    "line\r\nbreak\ttab",
    "' OR 1=1 --",
)
FORMULAS: Final = (
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1;1)",
    "\t=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1+1",
    "''quoted",
)
#: Names under which a file may come.
NAMES: Final = (
    "<img src=x onerror=alert(1)>.txt",
    "=cmd|' /C calc'!A0.csv",
    "\u202egnp.exe",
    'a"; filename="b.exe',
    "..\\..\\evil.bat",
    "[x](javascript:alert(1)).md",
)
