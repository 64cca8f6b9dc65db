"""The model that the rules are compared with: for each intent a logistic regression over words and letter groups."""

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import exp, sqrt

from msgspec import Struct

from chassis.understanding.words import plain
from contracts.events import ReplyIntent

ROUNDS, RATE, DECAY, SEED = 30, 0.5, 1e-4, 7
LETTERS = (3, 4, 5)
Intents = frozenset[ReplyIntent]


class Model(Struct, frozen=True):
    """Weights of features, by intent."""

    weights: Mapping[ReplyIntent, Mapping[str, float]]

    @classmethod
    def of(cls, texts: Sequence[tuple[str, Intents]]) -> "Model":
        """Learn from labelled texts, the same from the same texts."""
        featured = [(features(text), intents) for text, intents in texts]
        every = sorted({i for _, intents in texts for i in intents}, key=lambda intent: intent.name)
        return cls({intent: weights_of([(f, intent in intents) for f, intents in featured]) for intent in every})

    def read(self, text: str) -> Intents:
        """What a text asks for: all that is likelier than not, or else the likeliest."""
        found = features(text)
        sums = {intent: sum(w.get(f, 0.0) * v for f, v in found.items()) for intent, w in self.weights.items()}
        likely = frozenset(intent for intent, s in sums.items() if s > 0)
        return likely or frozenset({max(sums, key=lambda i: sums[i])})


def features(text: str) -> dict[str, float]:
    """A text's words, pairs of words and letter groups, to length 1."""
    words = plain(text)
    each = words.split()
    found = {f"w {w}" for w in each} | {f"p {a} {b}" for a, b in pairwise(each)}
    padded = f" {words} "
    found |= {f"l {padded[i : i + n]}" for n in LETTERS for i in range(len(padded) - n + 1)}
    if "?" in text:
        found.add("asks")
    size = sqrt(len(found)) or 1.0
    return dict.fromkeys(sorted(found), 1 / size) | {"always": 0.3}


def weights_of(examples: Iterable[tuple[Mapping[str, float], bool]]) -> dict[str, float]:
    """What each feature speaks for, by gradient descent: the same from the same examples."""
    order, weights, seen = list(examples), dict[str, float](), dict[str, float]()
    chance = random.Random(SEED)
    positive = sum(y for _, y in order)
    weight_of = {True: min(20.0, (len(order) - positive) / max(1, positive)) ** 0.5, False: 1.0}
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for found, true in order:
            total = sum(weights.get(f, 0.0) * v for f, v in found.items())
            slope = (1 / (1 + exp(-max(-30.0, min(30.0, total)))) - true) * weight_of[true]
            for f, v in found.items():
                step = slope * v + DECAY * weights.get(f, 0.0)
                seen[f] = seen.get(f, 0.0) + step * step
                weights[f] = weights.get(f, 0.0) - RATE * step / sqrt(seen[f] + 1e-8)
    return weights
