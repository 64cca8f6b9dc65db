"""Whether words that no rule knows for a stop may well be one: a small model, asked beside the rules and only for this.

A logistic regression over words, letter groups and kinds of words (kinds.yaml: refusing, ending, taking away, writing,
phones, letters by post and so on, in both languages), so that a way to refuse that nobody wrote down is still seen.
It was learned by bench.understanding.stops, which says how well it reads texts it has not learned; suspicion.json holds
what it learned. What it alone suspects is honoured at once, and a person looks at it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from chassis.understanding.loader import kinds, learned
from chassis.understanding.words import MOST, plain

LETTERS = (3, 4, 5)
NEAR = 4
"""Words apart within which two kinds are seen together."""

KINDS_WEIGH = 0.5
"""How much all kinds of words weigh beside all words and letters."""

STRANGE = 2.0
"""From which sum on a single word of no kind is suspected: most are answers, and on the telephone a stop hangs up."""

_CLAUSE = re.compile(r"[.!?;:,\n]+|\b(?:but|so|and|n|pero|y|asi que)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_KINDS = kinds()


def suspected(text: str) -> bool:
    """If a text, or a clause of it, is likelier a stop than the limit that was learned."""
    weights, limit = learned()
    words = plain(text).split()
    if len(words) < 2 and not any(_kinds_of(word) for word in words):
        return score(weights, text) >= STRANGE
    return any(score(weights, clause) >= limit for clause in clauses(text))


def clauses(text: str) -> Iterator[str]:
    """The whole, then its clauses of two words or more, since a stop may be said in passing."""
    read = text[:MOST]
    yield read
    parts = [part for part in _CLAUSE.split(read) if len(part.split()) > 1]
    if len(parts) > 1:
        yield from parts


def score(weights: Mapping[str, float], text: str) -> float:
    """How far a text speaks for a stop, above 0, or against it."""
    return sum(weights.get(name, 0.0) * much for name, much in features(text).items())


def features(text: str) -> dict[str, float]:
    """What the model sees of a text: words and letters to length 1, kinds of words to their weight; no numbers."""
    words = _DIGIT.sub("0", plain(text))
    each = words.split()
    letters = _letters(words, each)
    if "?" in text:
        letters.add("asks")
    found = dict.fromkeys(letters, 1 / sqrt(len(letters)) if letters else 0.0)
    seen = _seen_kinds(each)
    return found | dict.fromkeys(seen, KINDS_WEIGH / sqrt(len(seen))) | {"always": 0.3}


def _letters(words: str, each: Sequence[str]) -> set[str]:
    found = {f"w {w}" for w in each} | {f"p {a} {b}" for a, b in pairwise(("^", *each, "$"))}
    padded = f" {words} "
    return found.union(*({padded[i : i + n] for i in range(len(padded) - n + 1)} for n in LETTERS))


def _seen_kinds(each: Sequence[str]) -> set[str]:
    at = [(i, kind) for i, word in enumerate(each) for kind in _kinds_of(word)]
    found = {f"k {kind}" for _, kind in at} | {f"size {min(6, len(each) // 2)}"}
    for place, (i, first) in enumerate(at):
        for j, then in at[place + 1 :]:
            if j - i > NEAR:
                break
            if j > i:
                found.add(f"k {first} {then}")
            if j == i + 1:
                found.add(f"k {first}+{then}")
    if each:
        found |= {f"first {kind}" for kind in _kinds_of(each[0])} | {f"last {kind}" for kind in _kinds_of(each[-1])}
    return found if at else found | {"no kind"}


@lru_cache(4096)
def _kinds_of(word: str) -> tuple[str, ...]:
    return tuple(kind for kind, words in _KINDS if words.fullmatch(word))
