"""Where HTML would let a value out of its place; escaping alone does not help in an address or a script."""

import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser

_SHOWN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_ADDRESSES = {"href", "src", "action", "background"}
_BARRED = {"script", "style", "iframe", "object", "embed", "form", "meta", "base", "link", "svg"}


class _Reader(HTMLParser):
    def __init__(self, links: Collection[str]) -> None:
        super().__init__()
        self._links = links
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BARRED:
            self._fault(f"<{tag}> has no place in a contact")
        for name, value in attrs:
            self._attribute(name, value or "")

    def _attribute(self, name: str, value: str) -> None:
        if name.startswith("on"):
            self._fault(f"{name} runs a script")
        elif name in _ADDRESSES and not self._is_address(value):
            self._fault(f"{name} must be one of our links, {{{{ link }}}} for instance, or a fixed https address")
        elif name not in _ADDRESSES and _SHOWN.search(value):
            self._fault(f"a value must not stand in {name}")

    def _is_address(self, value: str) -> bool:
        shown = re.fullmatch(r"\{\{ *(\w+) *\}\}", value)
        if shown is not None:
            return shown[1] in self._links
        return bool(re.fullmatch(r"(?:https://|mailto:|tel:|#)[^\s{}<>]*", value))

    def _fault(self, reason: str) -> None:
        self.found.append((self.getpos()[0], reason))


def holes(source: str, links: Collection[str]) -> Iterator[tuple[int, str]]:
    """Lines at which a source must be mended; `links` are values that are addresses of our own."""
    reader = _Reader(links)
    reader.feed(source)
    reader.close()
    yield from reader.found
    for tag in _TAG.finditer(source):
        quoted = re.sub(r"\"[^\"]*\"|'[^']*'", "", tag[0])
        if _SHOWN.search(quoted) or "{{" in quoted:
            yield source.count("\n", 0, tag.start()) + 1, "in a tag a value stands in quotes, and only as an address"
