"""Publishing, pausing and resuming: read how things stand, refuse or write, and wait until it is in force."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from chassis.failures import Halted
from contracts.events import Event, StrategyMove, StrategyPaused, StrategyPublished, StrategyResumed
from counterpoint.audit.history import kafka_history
from counterpoint.audit.reach import log_of
from counterpoint.publishing.plan import Move, plan
from counterpoint.publishing.reading import book_of, shelf_of
from counterpoint.publishing.saying import heard, operator
from services.orchestrator.loader import StrategyFile, digest_of, text_of


async def publish(
    file: StrategyFile, directory: Path, *, by: str, migrate: bool, steps: Mapping[str, str]
) -> tuple[Sequence[Move], bool]:
    """Publish a checked file; give back who goes over, and whether it is in force yet. Raises Refused, Halted."""
    async with operator(directory) as person:
        with log_of(directory) as settings:
            async with kafka_history(settings) as history:
                moves = plan(file, await shelf_of(history), migrate=migrate, steps=steps)
                text = text_of(file.content)
                strategy_id, version = str(file.content["id"]), int(file.content["version"])
                told = tuple(StrategyMove(move.from_version, move.steps) for move in moves)
                meta = person.meta(f"{file.name}/{digest_of(text)}/{json.dumps(dict(steps), sort_keys=True)}/{migrate}")
                event = StrategyPublished(meta, strategy_id, version, digest_of(text), text, True, told, by, person.now)
                await person.tell_all(event, strategy_id)
                return moves, await heard(history, StrategyPublished)


async def pause(name: str, directory: Path, *, by: str, resume: bool) -> bool:
    """Pause a strategy, or let it go on; give back whether that is in force yet. Raises Halted."""
    async with operator(directory) as person:
        with log_of(directory) as settings:
            async with kafka_history(settings) as history:
                book = await book_of(history)
                known = {page.strategy_id for page in book.pages.values()}
                if name not in known:
                    raise Halted(
                        f"no strategy {name} is published; those that are: {', '.join(sorted(known)) or 'none'}"
                    )
                if (name in book.paused) is not resume:
                    raise Halted(f"{name} is {'not' if resume else 'already'} paused")
                meta = person.meta(f"{name}/{'resume' if resume else 'pause'}")
                kind = StrategyResumed if resume else StrategyPaused
                event: Event = kind(meta, name, by, person.now)
                await person.tell_all(event, name)
                return await heard(history, kind)
