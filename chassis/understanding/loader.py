"""The phrases of one language, kinds of words, and what was learned, from the files beside this module."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec.json
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


class Learned(Struct, frozen=True):
    """What the model of suspicion.py learned: what each feature speaks for, and from which sum on it suspects."""

    limit: float
    weights: dict[str, float]


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


def kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of words, each with the words of it."""
    found: dict[str, str] = yaml.safe_load((files(__package__) / "kinds.yaml").read_text(encoding="utf-8"))
    return tuple((kind, re.compile("|".join(words.split()))) for kind, words in found.items())


@cache
def learned() -> tuple[Mapping[str, float], float]:
    """What tells a stop, by feature, and from which sum on there is one."""
    found = msgspec.json.decode((files(__package__) / "suspicion.json").read_bytes(), type=Learned)
    return found.weights, found.limit


def any_of(patterns: Iterable[re.Pattern[str]], words: str) -> bool:
    """If one is found in the words."""
    return any(p.search(words) for p in patterns)
