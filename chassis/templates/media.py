"""Pictures that go out with a text: files beside the templates, of kinds and sizes that phone networks carry."""

from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = "media"
MOST, MOST_BYTES = 10, 5 << 20
"""Of one text: Twilio takes no more, https://www.twilio.com/docs/messaging/guides/accepted-mime-types."""
KINDS: Mapping[str, tuple[str, bytes]] = {
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".gif": ("image/gif", b"GIF8"),
}
"""Kinds by a file's end: how each is called, and how its content begins."""


def fault(folder: Path, names: Sequence[str]) -> str | None:
    """Why these files cannot go out with a text, if they cannot."""
    if len(names) > MOST:
        return f"media: a text takes {MOST} files at most"
    size = 0
    for name in names:
        path = folder / FOLDER / name
        if Path(name).name != name or path.suffix not in KINDS:
            return f"media: {name}: the name of a file in {FOLDER}/ that ends in {', '.join(KINDS)}"
        if not path.is_file():
            return f"media: {name}: there is no such file in {folder / FOLDER}"
        content = path.read_bytes()
        if not content.startswith(KINDS[path.suffix][1]):
            return f"media: {name}: its content is not what its name says"
        size += len(content)
    return None if size <= MOST_BYTES else f"media: {size:,} bytes together; a text takes {MOST_BYTES:,} at most"
