"""The labelled texts of this folder."""

import csv
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from contracts.events import ReplyIntent

HERE = Path(__file__).parent
LANGUAGES = ("en", "es")
Intents = frozenset[ReplyIntent]


class Labelled(Struct, frozen=True):
    """A text, what it asks for, and its language."""

    text: str
    intents: Intents
    language: str


class Stop(Struct, frozen=True):
    """A text, and if it asks to be left alone."""

    text: str
    stop: bool


def texts(name: str) -> list[Labelled]:
    """The texts of `labelled`, `heldout` or `unseen1`, in both languages."""
    return [
        Labelled(row["text"], frozenset(ReplyIntent[i.upper()] for i in row["intents"].split(",")), language)
        for language, row in _rows(name)
    ]


def stops() -> list[Stop]:
    """The texts that only say if they ask to be left alone."""
    return [Stop(row["text"], row["stop"] == "yes") for _, row in _rows("stops")]


def _rows(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for language in LANGUAGES:
        with (HERE / f"{name}-{language}.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield language, row
