"""The text of an HTML page, so that both say the same: paragraphs apart, items with a dash, links with addresses."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

_BLANK = re.compile(r"\s+")
_APART = {"p", "h1", "h2", "table", "ul", "ol", "div", "blockquote"}
_LINES = {"li", "tr", "br"}
_UNREAD = {"head", "style", "title", "script"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._links: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        if tag in _APART:
            self.words.append("\n\n")
        elif tag in _LINES:
            self.words.append("\n- " if tag == "li" else "\n")
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
        elif tag == "td" and self.words and not self.words[-1].endswith("\n"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread -= 1
        if tag in _APART:
            self.words.append("\n\n")
        elif tag == "a" and self._links and (link := self._links.pop()):
            self.words.append(f": {link}")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words.append(_BLANK.sub(" ", data))


def plain(html: str) -> str:
    """What a reader of the page reads, as lines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _tidy("".join(reader.words).split("\n"))


def _tidy(lines: Sequence[str]) -> str:
    """Without blanks at the ends of lines, and with one empty line between paragraphs."""
    text = "\n".join(_BLANK.sub(" ", line).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
