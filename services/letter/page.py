"""A letter's HTML as PDF pages of US Letter, the same bytes for the same letter.

The recipient's address stands where a double-window envelope shows it; Lob prints its own there, over blank paper, and
asks that every font be embedded and every page be 8.5 by 11 inches (https://docs.lob.com/, "Letters").
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import cast

import reportlab
from reportlab.graphics.barcode.qr import QrCode
from reportlab.lib.colors import grey
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.doctemplate import LayoutError

FONT = "Letter"
_FACES = {FONT: "Vera.ttf", f"{FONT}-Bold": "VeraBd.ttf", f"{FONT}-Italic": "VeraIt.ttf"}
MARGIN = 0.9 * inch
WINDOW = 3.4 * inch
"""From the first page's top edge down to where words may begin: above it addresses show through the envelope."""
ADDRESS_LEFT, ADDRESS_TOP = 0.9 * inch, 2.3 * inch
RETURN_TOP = 0.7 * inch
QR_SIZE = 0.9 * inch
FIRST_COLUMN, OTHER_COLUMNS = 4.2 * inch, 1.2 * inch
MOST_COLUMNS = 3
"""A table of more would run over the page's edge."""
MOST_PAGES = 60
"""Lob prints no longer letters."""
BOX = "[ ]"
"""How a template writes a box to be ticked; at the head of an item it stands where the bullet would."""

_BODY = ParagraphStyle("body", fontName=FONT, bulletFontName=FONT, fontSize=9.5, leading=13, spaceAfter=6)
_STYLES: Mapping[str, ParagraphStyle] = MappingProxyType(
    {
        "p": _BODY,
        "li": ParagraphStyle("item", parent=_BODY, leftIndent=14, bulletIndent=2, spaceAfter=3),
        "box": ParagraphStyle("box", parent=_BODY, leftIndent=20, bulletIndent=2, spaceAfter=4),
        "td": ParagraphStyle("cell", parent=_BODY, spaceAfter=0),
        "amount": ParagraphStyle("amount", parent=_BODY, spaceAfter=0, alignment=TA_RIGHT),
        "h1": ParagraphStyle("title", parent=_BODY, fontName=f"{FONT}-Bold", fontSize=14, leading=18),
        "h2": ParagraphStyle("heading", parent=_BODY, fontName=f"{FONT}-Bold", fontSize=10.5, spaceBefore=6),
    }
)
_TABLE = [("LEFTPADDING", (0, 0), (0, -1), 0), ("FONTNAME", (0, 0), (-1, -1), FONT)]
_INLINE = {"b": "b", "strong": "b", "i": "i", "em": "i", "a": None, "br": None, "u": "u"}
_DISGUISED = re.compile(r"//[^/]*(?:xn--|@)|[\\\s]", re.IGNORECASE)
"""Letters of other alphabets in a host's name, or a host behind what looks like one."""
_BLOCKS = frozenset({"p", "li", "td", "th", "h1", "h2"})
_CONTAINERS = frozenset({"ul", "table", "tr", "tbody", "html", "body", "div"})


class NotPrintable(Exception):
    """The letter cannot be printed as it is; the message is a word that fits a label."""


def printed(html: str, *, title: str, language: str, back: Sequence[str], address: Sequence[str] = ()) -> bytes:
    """The letter as a PDF; `back` is the sender's address, `address` the recipient's, or nothing where Lob prints it.

    A link is printed as its address, with a QR code for the last one. Raises NotPrintable.
    """
    _with_fonts()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    story = _kept_together([*reader.story, *_code(reader.links)])
    if not reader.story:
        raise NotPrintable("letter-is-empty")
    for line in (title, *back, *address, *reader.words):
        _writable(line)
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=LETTER,
        title=title,
        author=back[0] if back else "",
        lang=language,
        invariant=1,
        initialFontName=FONT,
        pageCompression=1,
    )
    width, height = LETTER
    first = Frame(MARGIN, MARGIN, width - 2 * MARGIN, height - WINDOW - MARGIN, id="first", leftPadding=0, topPadding=0)
    later = Frame(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN, id="later", leftPadding=0, topPadding=0)
    document.addPageTemplates(
        [
            PageTemplate("first", [first], onPage=_envelope(back, address), autoNextPageTemplate="later"),
            PageTemplate("later", [later], onPage=_numbered),
        ]
    )
    _built(document, story)
    return out.getvalue()


def _built(document: BaseDocTemplate, story: list[Flowable]) -> None:
    """Lay the pages out; raises NotPrintable where what is to stand together fits on none, or there are too many."""
    try:
        document.build(story)
    except LayoutError as error:
        raise NotPrintable("letter-does-not-fit-on-a-page") from error
    if document.page > MOST_PAGES:
        raise NotPrintable("letter-has-too-many-pages")


def _kept_together(story: list[Flowable]) -> list[Flowable]:
    """What follows a line across the page is to be torn off: it stays on one page, with the line."""
    cut = next((n for n, part in enumerate(story) if isinstance(part, HRFlowable)), len(story))
    return [*story[:cut], KeepTogether(story[cut:])] if story[cut:] else story


def _with_fonts() -> None:
    if FONT in pdfmetrics.getRegisteredFontNames():
        return
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily(
        FONT, normal=FONT, bold=f"{FONT}-Bold", italic=f"{FONT}-Italic", boldItalic=f"{FONT}-Bold"
    )


def _writable(line: str) -> None:
    known = cast(TTFont, pdfmetrics.getFont(FONT)).face.charToGlyph
    if any(ord(c) not in known for c in line if not c.isspace()):
        raise NotPrintable("letter-has-characters-without-a-glyph")


def _envelope(back: Sequence[str], address: Sequence[str]) -> Callable[..., None]:
    def draw(canvas: object, document: object) -> None:
        _lines(canvas, back, RETURN_TOP)
        _lines(canvas, address, ADDRESS_TOP)
        _numbered(canvas, document)

    return draw


def _lines(canvas: object, lines: Sequence[str], top: float) -> None:
    text = canvas.beginText(ADDRESS_LEFT, LETTER[1] - top)  # type: ignore[attr-defined]
    text.setFont(FONT, 9.5, 12)
    for line in lines:
        text.textLine(line)
    canvas.drawText(text)  # type: ignore[attr-defined]


def _numbered(canvas: object, document: object) -> None:
    canvas.setFont(FONT, 8)  # type: ignore[attr-defined]
    canvas.drawRightString(LETTER[0] - MARGIN, 0.5 * inch, str(document.page))  # type: ignore[attr-defined]


def _code(links: Sequence[str]) -> list[Flowable]:
    if not links:
        return []
    # Not the widget of the same name: a drawing brings a font with it that is not embedded.
    return [Spacer(1, 6), QrCode(links[-1], width=QR_SIZE, height=QR_SIZE, qrLevel="M", hAlign="LEFT")]


def _plain(link: str) -> str:
    """An address that reads as what it is: it is printed, and typed by hand, or followed without a look at it."""
    if not link.startswith(("https://", "http://", "tel:", "mailto:")) or not link.isascii() or _DISGUISED.search(link):
        raise NotPrintable("letter-has-a-link-in-disguise")
    return link


class _Reader(HTMLParser):
    """Reads the HTML that our letters are made of, which is little; anything else is refused."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.story: list[Flowable] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._block: str | None = None
        self._markup = ""
        self._row: list[Flowable] = []
        self._rows: list[list[Flowable]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._block, self._markup = tag, ""
        elif tag == "tr":
            self._row = []
        elif tag == "table":
            self._rows = []
        elif tag == "a":
            self.links.append(_plain(dict(attrs).get("href") or ""))
        elif tag in _INLINE:
            self._markup += "<br/>" if tag == "br" else f"<{_INLINE[tag]}>"
        elif tag == "hr":
            self.story.append(HRFlowable(width="100%", dash=(4, 3), color=grey, spaceBefore=8, spaceAfter=4))
        elif tag not in _CONTAINERS:
            raise NotPrintable(f"letter-has-{tag}")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._ended(tag)
        elif tag == "a" and self.links:
            self._markup += f" ({escape(self.links[-1])})"
            self.words.append(self.links[-1])
        elif tag == "tr":
            self._rows.append(self._row)
        elif tag == "table" and self._rows:
            if max(map(len, self._rows)) > MOST_COLUMNS:
                raise NotPrintable("letter-has-a-table-too-wide")
            widths = [FIRST_COLUMN, *[OTHER_COLUMNS] * (len(self._rows[0]) - 1)]
            self.story.append(Table(self._rows, colWidths=widths, hAlign="LEFT", style=_TABLE))
            self.story.append(Spacer(1, 6))
        elif _INLINE.get(tag):
            self._markup += f"</{_INLINE[tag]}>"

    def handle_data(self, data: str) -> None:
        if self._block is not None:
            self._markup += escape(data)
            self.words.append(data)
        elif data.strip():
            raise NotPrintable("letter-has-words-outside-a-paragraph")

    def _ended(self, tag: str) -> None:
        self._block = None
        if tag in ("td", "th"):
            self._row.append(Paragraph(self._markup, _STYLES["amount" if self._row else "td"]))
        elif self._markup.strip():
            bullet = None if tag != "li" else BOX if self._markup.startswith(BOX) else "\N{BULLET}"
            words = self._markup.removeprefix(BOX) if tag == "li" else self._markup
            self.story.append(Paragraph(words, _STYLES["box" if bullet == BOX else tag], bulletText=bullet))
