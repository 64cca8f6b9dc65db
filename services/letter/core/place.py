"""A postal address as approvals carry it: a line for each of its lines; city, state and ZIP code on the last."""

import re

from msgspec import Struct

_LAST = re.compile(r"(?P<city>[^,]+), (?P<state>[A-Z]{2}) (?P<zip_code>\d{5}(?:-\d{4})?)")
LONGEST_LINE, LONGEST_NAME = 64, 40
"""What Lob takes (address_editable_us)."""


class Place(Struct, frozen=True):
    """Where a letter goes."""

    lines: tuple[str, ...]
    city: str
    state: str
    zip_code: str

    @property
    def window(self) -> tuple[str, ...]:
        """The lines as an envelope shows them."""
        return (*self.lines, f"{self.city}, {self.state} {self.zip_code}")


def place_of(text: str) -> Place | None:
    """The address in a text; None where it is not of that form, or a line of it is too long to be printed."""
    *lines, last = text.split("\n")
    found = _LAST.fullmatch(last)
    if found is None or not 1 <= len(lines) <= 2 or not all(_fits(line) for line in (*lines, last)):
        return None
    return Place(tuple(lines), found["city"], found["state"], found["zip_code"])


def _fits(line: str) -> bool:
    """Whether a line can stand on an envelope, and in a form, as it is."""
    return 0 < len(line) <= LONGEST_LINE and bool(line.strip()) and line.isprintable()
