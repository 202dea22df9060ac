"""Draws one PDF: HTML comes on standard input, paths of style sheets as arguments, the PDF goes to standard output.

A process of its own, because the drawing library takes more memory than the whole site, and gives it back only by ending.
Exit code 3: the library is not usable on this machine.
"""

from __future__ import annotations

import sys
from typing import Any

NO_LIBRARY = 3


def _refuse(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    raise ValueError("a PDF needs nothing from outside")


def main() -> int:
    try:
        import weasyprint
    except OSError as error:
        print(error, file=sys.stderr)
        return NO_LIBRARY
    html = sys.stdin.buffer.read().decode()
    page = weasyprint.HTML(string=html, url_fetcher=_refuse)
    sys.stdout.buffer.write(page.write_pdf(stylesheets=[weasyprint.CSS(filename=name) for name in sys.argv[1:]]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
