"""Whether a strategy may be published: what would be wrong with it, and whom it would leave behind."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from counterpoint.publishing.reading import Shelf, Standing, content_of, file_of
from services.orchestrator.core.book import Page, ways_over
from services.orchestrator.graph import PASSING
from services.orchestrator.loader import StrategyFile, digest_of, text_of, together

Content = Mapping[str, Any]


class Move(Struct, frozen=True):
    """Consumers of an earlier version go over: how many, and where those go on whose step has another name."""

    from_version: int
    consumers: int
    steps: dict[str, str]


class Refused(Exception):
    """It may not be published; the message says why, each reason with its place."""


def plan(file: StrategyFile, shelf: Shelf, *, migrate: bool, steps: Mapping[str, str]) -> Sequence[Move]:
    """What publishing a checked file would do with the consumers that are in it; raises Refused."""
    found = _wrong_version(file, shelf) or [*_wrong_beside(file, shelf)]
    if not found and not migrate and steps:
        found = ["--step says where consumers go on who are moved, so it needs --migrate"]
    if found:
        raise Refused("\n".join(found))
    if not migrate:
        return ()
    earlier = [p for p in _versions(file, shelf) if p.version < file.content["version"]]
    found = [*_wrong_steps(file, earlier, steps)]
    moves: list[Move] = []
    for page in earlier:
        moves.append(Move(page.version, _in(page, shelf.standing), _told(page, steps)))
        found += _stranded(file, page, shelf.standing, steps)
    if found:
        raise Refused("\n".join(found))
    return moves


def _versions(file: StrategyFile, shelf: Shelf) -> list[Page]:
    return sorted(
        (p for p in shelf.book.pages.values() if p.strategy_id == file.content["id"]), key=lambda p: p.version
    )


def _wrong_version(file: StrategyFile, shelf: Shelf) -> list[str]:
    """A version that says something else than it did, or that nobody would enter."""
    known = shelf.book.pages.get(file.name)
    if known is not None and known.digest != digest_of(text_of(file.content)):
        return [file.fault(f"{file.name} was published and says something else: raise its version", "version")]
    newest = max((p.version for p in _versions(file, shelf)), default=0)
    if newest > file.content["version"]:
        reason = f"{file.content['id']}@{newest} is published, and a lower version would never be entered"
        return [file.fault(f"{reason}: give it version {newest + 1}", "version")]
    return []


def _wrong_beside(file: StrategyFile, shelf: Shelf) -> Iterable[str]:
    """What does not go together with what is published: experiments and choices belong to their ids."""
    others = [file_of(p) for p in shelf.book.pages.values() if p.name != file.name]
    return (fault for fault in together([*others, file]) if fault.startswith(f"{file.path}:"))


def _wrong_steps(file: StrategyFile, earlier: Sequence[Page], steps: Mapping[str, str]) -> Iterable[str]:
    known = {step["id"] for page in earlier for step in content_of(page)["steps"]}
    waits = _waits(file.content)
    for old, new in steps.items():
        if old not in known:
            yield f"--step {old}={new}: no earlier version of {file.content['id']} has a step {old}"
        if new not in waits:
            yield f"--step {old}={new}: {file.name} has no step {new} at which somebody can stand"


def _stranded(file: StrategyFile, page: Page, standing: Standing, steps: Mapping[str, str]) -> Iterable[str]:
    """Who would have nowhere to go on: how many, and where they stand."""
    waits = _waits(content_of(page))
    over = ways_over(waits, _waits(file.content), steps)
    for name, n in waits.items():
        if n not in over and (count := standing[page.name, n]):
            yield (
                f"{file.path}: {count} consumers stand at step {name} of {page.name}, and nobody can stand at a "
                f"step of that name in {file.name}: say where they go on with --step {name}=STEP, or leave them, "
                "without --migrate"
            )


def _waits(content: Content) -> dict[str, int]:
    return {step["id"]: n for n, step in enumerate(content["steps"]) if step["kind"] not in PASSING}


def _in(page: Page, standing: Standing) -> int:
    return sum(count for (name, _), count in standing.items() if name == page.name)


def _told(page: Page, steps: Mapping[str, str]) -> dict[str, str]:
    names = {step["id"] for step in content_of(page)["steps"]}
    return {old: new for old, new in steps.items() if old in names}
