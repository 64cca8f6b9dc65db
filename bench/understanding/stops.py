"""Learns what tells a stop from everything else, for chassis/understanding/suspicion.py, and says how well.

Run: python -m bench.understanding.stops. It learns from all labelled texts and from `stops-*`, which hold more ways to
refuse, and words that only look like it. Each labelled text is also read by a model that has not learned from it; the
limit is the greatest by which that model, without rules, misses no more of the stops than MISSED.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import msgspec.json
from msgspec import Struct

from bench.understanding.model import weights_of
from bench.understanding.texts import HERE, Stop, stops, texts
from chassis.understanding.loader import Learned
from chassis.understanding.suspicion import clauses, features, score
from chassis.understanding.understand import by_rules
from contracts.events import ReplyIntent

LABELLED = ("labelled", "heldout", "unseen1")
FOLDS, MISSED, SELDOM, SLIGHT = 5, 0.01, 2, 0.02
"""Features of fewer texts than SELDOM, and weights below SLIGHT, are left out."""

INTO = HERE.parents[1] / "chassis" / "understanding" / "suspicion.json"


class Read(Struct, frozen=True):
    """A text not learned from, and its file: if it is a stop, if rules say so, and the most that a clause scored."""

    source: str
    stop: bool
    by_rules: bool
    most: float

    def chosen(self, limit: float) -> bool:
        """If rules and model together take it for a stop."""
        return self.by_rules or self.most >= limit


def main() -> None:
    """Learn, say how well, and write down what was learned."""
    labelled = [(name, Stop(t.text, ReplyIntent.OPT_OUT in t.intents)) for name in LABELLED for t in texts(name)]
    read = [one for fold in range(FOLDS) for one in _fold(fold, labelled)]
    limit = limit_of(read)
    for name in LABELLED:
        these = [r for r in read if r.source == name]
        for how, chosen in (("model", [r.most >= limit for r in these]), ("both", [r.chosen(limit) for r in these])):
            recall, falsely = rates(these, chosen)
            print(f"{name}, {how}: {recall:.3f} of stops found, {falsely:.3f} of others taken for one")
    found = learn([*(t for _, t in labelled), *stops()])
    kept = {name: round(w, 2) for name, w in sorted(found.items()) if abs(w) >= SLIGHT}
    INTO.write_bytes(msgspec.json.encode(Learned(limit, kept)) + b"\n")
    print(f"limit {limit}, {len(kept)} weights")


def learn(known: Iterable[Stop]) -> dict[str, float]:
    """What each feature speaks for; every clause of a text that is no stop is none either."""
    read = [(features(clause), t.stop) for t in known for clause in ([t.text] if t.stop else clauses(t.text))]
    often = Counter(chain.from_iterable(found for found, _ in read))
    return weights_of([({n: v for n, v in found.items() if often[n] >= SELDOM}, stop) for found, stop in read])


def limit_of(read: Sequence[Read]) -> float:
    """The greatest limit, by steps of a tenth, that misses no more than MISSED."""
    limit = 5.0
    while 1 - rates(read, [r.most >= limit for r in read])[0] > MISSED:
        limit = round(limit - 0.1, 1)
    return limit


def rates(read: Sequence[Read], chosen: Sequence[bool]) -> tuple[float, float]:
    """Which part of the stops was chosen, and which part of the others."""
    pairs = list(zip(read, chosen, strict=True))
    stopped, others = [c for r, c in pairs if r.stop], [c for r, c in pairs if not r.stop]
    return sum(stopped) / len(stopped), sum(others) / len(others)


def _fold(fold: int, labelled: Sequence[tuple[str, Stop]]) -> list[Read]:
    weights = learn([*(t for i, (_, t) in enumerate(labelled) if i % FOLDS != fold), *stops()])
    return [Read(name, t.stop, _ruled(t.text), _most(weights, t.text)) for name, t in labelled[fold::FOLDS]]


def _ruled(text: str) -> bool:
    return ReplyIntent.OPT_OUT in by_rules(text).intents


def _most(weights: Mapping[str, float], text: str) -> float:
    return max(score(weights, clause) for clause in clauses(text))


if __name__ == "__main__":
    main()
