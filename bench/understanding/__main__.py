"""How well rules read what consumers write, and whether a small local model would read it better.

Run: python -m bench.understanding. The files beside this one hold texts written by hand, each with all that it asks
for. The rules were written while reading `labelled-*`; `heldout-*`, `unseen1-*` and `unseen2-*` were each written by
somebody who had seen neither rules nor earlier texts. The newest is what counts, when it is read for the first time;
rules were mended on those before it, and the product's model for stops (bench.understanding.stops) learned from them.
The other model (one logistic regression for each intent over the text's words and letter groups) learns from
`labelled-*` and is not in the product.
"""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter

from bench import tables
from bench.understanding.model import Model
from bench.understanding.texts import LANGUAGES, Intents, Labelled, texts
from chassis.understanding.understand import GRAVITY, by_rules, understand
from contracts.events import ReplyIntent

Reader = Callable[[str], Intents]
OPT_OUT = ReplyIntent.OPT_OUT
EARLIER, NEWEST = ("labelled", "heldout", "unseen1"), "unseen2"

FIRST_READ = (
    "Read for the first time, by rules alone: heldout (b5416e4) with a recall of stops of 0.856; unseen1 (14d293b) "
    "with 0.754 and a precision of 0.942, 32 of 130 missed, of these 25 to a person.",
    "By rules and model: unseen2 (ac6b973) with a recall of stops of 0.985, 2 of 130 missed, and a precision of 0.753, "
    "42 of 130 others taken for stops; by rules alone 0.685 and 0.864.",
)
"""What was found when each file was new, which no later run can find again."""


def score(intent: ReplyIntent, wanted: Sequence[Labelled], got: Sequence[Intents]) -> tuple[float, float]:
    """Precision and recall of one intent; 1 where nothing was said or wanted."""
    pairs = list(zip(wanted, got, strict=True))
    right = sum(intent in w.intents and intent in g for w, g in pairs)
    said, asked = sum(intent in g for g in got), sum(intent in w.intents for w in wanted)
    return right / said if said else 1.0, right / asked if asked else 1.0


def rows(learned: Sequence[Labelled], earlier: Sequence[Labelled], newest: Sequence[Labelled]) -> Iterable[tables.Row]:
    """One for each intent."""
    model = Model.of([(t.text, t.intents) for t in learned])
    product: Reader = lambda text: frozenset(understand(text).intents)  # noqa: E731
    rules: Reader = lambda text: frozenset(by_rules(text).intents)  # noqa: E731
    readings = {
        "earlier": (earlier, [product(t.text) for t in earlier]),
        "newest": (newest, [product(t.text) for t in newest]),
        "newest by rules alone": (newest, [rules(t.text) for t in newest]),
        "newest by a model of every intent": (newest, [model.read(t.text) for t in newest]),
    }
    for intent in GRAVITY:
        row: dict[str, str | int | float] = {
            "intent": intent.name.lower().replace("_", " "),
            "newest texts": sum(intent in t.intents for t in newest),
        }
        for name, (wanted, got) in readings.items():
            precision, recall = score(intent, wanted, got)
            row[f"{name}: precision"], row[f"{name}: recall"] = f"{precision:.3f}", f"{recall:.3f}"
        yield row


def notes(newest: Sequence[Labelled]) -> list[str]:
    """What the table does not show."""
    read = [understand(t.text) for t in newest]
    exact = sum(frozenset(u.intents) == t.intents for u, t in zip(read, newest, strict=True))
    told = [(u.language, t.language) for u, t in zip(read, newest, strict=True) if u.language]
    unsure = sum(not u.certain for u in read)
    inexact = sum(not u.certain for u, t in zip(read, newest, strict=True) if frozenset(u.intents) != t.intents)
    return [
        *(_stops(language, newest) for language in LANGUAGES),
        f"{len(newest)} newest texts; read exactly right: {exact}; sent to a person as uncertain: {unsure}, "
        f"of the {len(newest) - exact} not exactly right: {inexact}.",
        f"Language told for {len(told)}, right for {sum(a == b for a, b in told)}.",
        f"{_microseconds(newest):.0f} microseconds to read one; by rules alone {_microseconds(newest, by_rules):.0f}.",
        *FIRST_READ,
        "'earlier' are texts that rules were mended with and the model for stops learned from: no measure of others.",
        "One person labelled each text; nobody checked how often two would agree. No text is a consumer's.",
    ]


def _stops(language: str, newest: Sequence[Labelled]) -> str:
    read = [(OPT_OUT in t.intents, understand(t.text)) for t in newest if t.language == language]
    asked, others = [u for stop, u in read if stop], [u for stop, u in read if not stop]
    missed = [u for u in asked if OPT_OUT not in u.intents]
    suspected = sum(not u.certain and OPT_OUT in u.intents for u in asked)
    falsely, sent = sum(OPT_OUT in u.intents for u in others), sum(not u.certain for u in missed)
    return (
        f"Stops in {language}: {len(missed)} of {len(asked)} missed, of these to a person {sent}; {suspected} honoured "
        f"and shown to a person; {falsely} of {len(others)} others taken for one."
    )


def _microseconds(newest: Sequence[Labelled], reader: Callable[[str], object] = understand) -> float:
    start = perf_counter()
    for t in newest:
        reader(t.text)
    return (perf_counter() - start) / len(newest) * 1e6


def main() -> None:
    """Measure, and write it down."""
    where = tables.machine()
    learned, newest = texts("labelled"), texts(NEWEST)
    earlier = [t for name in EARLIER for t in texts(name)]
    title = f"Reading what consumers write: {len(newest)} texts of the newest writer, {len(earlier)} earlier ones"
    tables.keep("understanding", title, where, list(rows(learned, earlier, newest)), notes(newest))


if __name__ == "__main__":
    main()
