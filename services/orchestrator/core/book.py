"""The strategies that were published, as one partition of the log tells of them: what nobody's state is.

Every partition gets the same events, each at a place of its own among its consumers' events, so that a replay of a
partition finds the same strategies at the same place. A version that is there never changes and never goes away.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contracts.events import Event, StrategyPaused, StrategyPublished, StrategyResumed
from services.orchestrator.core.codes import seconds
from services.orchestrator.core.strategy import Move, Strategies, Strategy, by_priority


class Page(Struct, frozen=True):
    """A version: its text, whether consumers may enter it by its publication, and who goes over to it from which."""

    strategy_id: str
    version: int
    digest: str
    text: str
    offered: bool
    moves: dict[int, dict[str, str]]
    by: str
    at: int

    @property
    def name(self) -> str:
        """The strategy with its version."""
        return f"{self.strategy_id}@{self.version}"


class Book(Struct, frozen=True, tag="book"):
    """All that was published, by name, and since when strategies are paused or go on again, by id."""

    pages: dict[str, Page] = {}
    paused: dict[str, int] = {}
    resumed: dict[str, int] = {}


BLANK = Book()
BOOK_EVENTS = (StrategyPublished, StrategyPaused, StrategyResumed)
Read = Callable[[str], Strategy | None]
"""A strategy from its text; None if this release cannot use it."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Book)
encode = _encoder.encode
_MARK = b"\xa4type\xa4book"


def is_one(encoded: bytes) -> bool:
    """Whether bytes are a book: a map whose first entry says so."""
    return encoded[1 : 1 + len(_MARK)] == _MARK


def decode(encoded: bytes) -> Book:
    """The book from bytes; raises ValueError if it is not one."""
    try:
        return _decoder.decode(encoded)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a book of strategies: {error}") from error


def noted(book: Book, event: Event) -> Book:
    """The book after an event; the very same if that says nothing new."""
    if isinstance(event, StrategyPublished):
        return _published(book, event)
    if isinstance(event, StrategyPaused):
        if event.strategy_id in book.paused:
            return book
        return replace(book, paused=book.paused | {event.strategy_id: seconds(event.paused_at)})
    if isinstance(event, StrategyResumed) and event.strategy_id in book.paused:
        paused = {name: at for name, at in book.paused.items() if name != event.strategy_id}
        resumed = book.resumed | {event.strategy_id: seconds(event.resumed_at)}
        return replace(book, paused=paused, resumed=resumed)
    return book


def _published(book: Book, event: StrategyPublished) -> Book:
    """A version is written down once; told again of the same text, it may be offered, and more may go over to it."""
    moves = {move.from_version: dict(move.steps) for move in event.moves}
    told = event.strategy_id, event.version, event.digest, event.page, event.offered, moves, event.by
    page = Page(*told, seconds(event.published_at))
    known = book.pages.get(page.name)
    if known is not None:
        if known.digest != page.digest:
            return book
        page = replace(known, offered=known.offered or page.offered, moves=known.moves | moves)
    return book if page == known else replace(book, pages=book.pages | {page.name: page})


def in_force(files: Strategies, book: Book, read: Read) -> Strategies:
    """The strategies of the files and of the book together: of each, consumers are offered the highest version."""
    read_pages = {page.name: (page, read(page.text)) for page in book.pages.values()}
    published = {name: strategy for name, (_, strategy) in read_pages.items() if strategy is not None}
    every = {**files.every, **published}
    offered = [every[s.name] for s in files.offered]
    offered += [published[name] for name, (page, _) in read_pages.items() if page.offered and name in published]
    return replace(
        files,
        offered=by_priority(_highest(offered)),
        every=every,
        paused=frozenset(book.paused),
        resumed=book.resumed,
        moves=dict(_moves(book, every)),
    )


def _highest(offered: Iterable[Strategy]) -> list[Strategy]:
    found: dict[str, Strategy] = {}
    for strategy in sorted(offered, key=lambda s: s.version):
        found[strategy.id] = strategy
    return list(found.values())


def _moves(book: Book, every: Mapping[str, Strategy]) -> Iterable[tuple[str, Move]]:
    """Where consumers of an earlier version go; of two ways, the one to the highest version."""
    for page in sorted(book.pages.values(), key=lambda p: p.version):
        for version, steps in page.moves.items():
            older, newer = every.get(f"{page.strategy_id}@{version}"), every.get(page.name)
            if older is not None and newer is not None and version < page.version:
                yield older.name, Move(newer.name, ways_over(older.waits, newer.waits, steps))


def ways_over(older: Mapping[str, int], newer: Mapping[str, int], told: Mapping[str, Any]) -> dict[int, int]:
    """For the steps of an older version, where they are in the newer one: as told, or else by the same name.

    Both are the steps at which somebody may stand, with their places. Whose step is missing here stays behind.
    """
    return {n: newer[told.get(name, name)] for name, n in older.items() if told.get(name, name) in newer}
