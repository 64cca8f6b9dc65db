"""Forms as web browsers and providers send them (application/x-www-form-urlencoded)."""

import re
from functools import partial

_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
_unescape = partial(_ESCAPED.sub, lambda found: bytes((int(found[1], 16),)))


def pairs(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form in their order, empty ones included; bytes that are no UTF-8 become U+FFFD."""
    found = []
    for part in body.split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            found.append((_text(name), _text(value)))
    return found


def fields(body: bytes) -> dict[str, str]:
    """The fields by name; of a repeated one the first counts."""
    found: dict[str, str] = {}
    for name, value in pairs(body):
        found.setdefault(name, value)
    return found


def _text(escaped: bytes) -> str:
    plain = escaped.replace(b"+", b" ")
    return (_unescape(plain) if b"%" in plain else plain).decode(errors="replace")
