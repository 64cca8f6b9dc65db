"""The phrases of one language, from its file beside this module."""

import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import yaml
from msgspec import Struct

from contracts.events import ReplyIntent

Patterns = tuple[re.Pattern[str], ...]
_PART = re.compile(r"<<(\w+)>>")


class Phrases(Struct, frozen=True):
    """What `strong` words ask for; what counts where none are found; and the words that tell a language."""

    strong: dict[ReplyIntent, Patterns]
    help: Patterns
    question: Patterns
    chat: Patterns
    function_words: frozenset[str]


def load(language: str) -> Phrases:
    """The phrases of `english` or `spanish`; raises KeyError where a part or an intent is unknown."""
    found: dict[str, Any] = yaml.safe_load((files(__package__) / f"{language}.yaml").read_text(encoding="utf-8"))
    parts: dict[str, str] = found["parts"]

    def compiled(patterns: Iterable[str]) -> Patterns:
        return tuple(re.compile(_PART.sub(lambda m: parts[m[1]], p)) for p in patterns)

    return Phrases(
        strong={ReplyIntent[name]: compiled(patterns) for name, patterns in found["strong"].items()},
        help=compiled(found["help"]),
        question=compiled(found["question"]),
        chat=compiled(found["chat"]),
        function_words=frozenset(found["function_words"].split()),
    )


def any_of(patterns: Iterable[re.Pattern[str]], words: str) -> bool:
    """If one is found in the words."""
    return any(p.search(words) for p in patterns)
