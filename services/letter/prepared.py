"""A letter that is ready to be printed."""

from msgspec import Struct

from services.letter.core.place import Place


class Prepared(Struct, frozen=True):
    """Whom and where it goes to, and its pages as a PDF."""

    name: str
    place: Place
    pdf: bytes
