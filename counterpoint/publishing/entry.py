"""Which strategy a consumer is in, would enter, or would not, and why: the order in which strategies are offered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterpoint.publishing.reading import content_of
from counterpoint.strategy_words import condition, listed
from services.orchestrator.core.book import Book
from services.orchestrator.core.codes import Reason, word
from services.orchestrator.core.conditions import holds
from services.orchestrator.core.state import Consumer
from services.orchestrator.core.strategy import Strategies, Strategy, by_priority, is_free, may_enter, may_interrupt
from services.orchestrator.loader import from_text


def offered(book: Book) -> Strategies:
    """Of every strategy that was published the highest version, in the order in which consumers are offered them."""
    every = {page.name: from_text(page.text) for page in book.pages.values()}
    known = {name: strategy for name, strategy in every.items() if strategy is not None}
    highest = {s.id: s for s in sorted(known.values(), key=lambda s: s.version)}
    return Strategies(by_priority(highest.values()), known, frozenset(book.paused), book.resumed)


def order_of_entry(state: Consumer, book: Book) -> Iterable[str]:
    """A line for each strategy, highest priority first: whether it would take the consumer, and if not, why not."""
    strategies = offered(book)
    contents = {page.name: content_of(page) for page in book.pages.values()}
    place = state.running
    going_on = None if place is None else strategies.every.get(place.strategy)
    taken = ""
    for strategy in strategies.offered:
        why = _why(state, strategy, strategies, going_on, contents[strategy.name])
        if not why and not taken:
            taken = strategy.name
            why = f"would take the consumer, on {listed(sorted(strategy.on))}"
        yield f"  {strategy.name}, priority {strategy.priority}: {why or f'would, but {taken} comes first'}"


def _why(
    state: Consumer, strategy: Strategy, strategies: Strategies, going_on: Strategy | None, content: Mapping[str, Any]
) -> str:
    """Why a strategy would not take the consumer; empty if it would."""
    if going_on is not None and going_on.id == strategy.id:
        return "the consumer is in it"
    reasons: Sequence[tuple[bool, str]] = (
        (strategy.id in strategies.paused, "it is paused"),
        (not holds(strategy.enters, state), f"it takes only whoever fits: {_condition(content)}"),
        (not is_free(state, strategy), "restricted, or no address is left that it may use"),
        (
            going_on is not None and strategy.priority <= going_on.priority,
            f"{'' if going_on is None else going_on.name} goes on, and its priority is not lower",
        ),
        (going_on is not None and not may_interrupt(state, strategy), "it waits to be taken up again"),
        (going_on is None and not may_enter(state, strategy), f"not again after an end as {_end(state)}"),
    )
    return next((said for so, said in reasons if so), "")


def _condition(content: Mapping[str, Any]) -> str:
    asked = content["entry"].get("if")
    return condition(asked) if asked else "its conditions"


def _end(state: Consumer) -> str:
    return "" if state.place is None else word(Reason(state.place.reason))
