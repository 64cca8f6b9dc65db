"""Where the steps of a strategy file lead, and what is wrong with that."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.orchestrator.core.codes import span

Step = Mapping[str, Any]
Place = tuple[str | int, ...]
Fault = tuple[str, Place]
"""A reason, and the part of the file that it is about."""

END = None
"""Where a strategy ends that does not say so: behind its last step."""

SAY_THEMSELVES = frozenset({"exit", "assign", "wait_for", "wait_due", "branch", "experiment", "choose"})
"""Kinds that do not lead to the next step of the file."""

PASSING = frozenset({"exit", "assign", "branch", "experiment", "set"})
"""Kinds at which nobody stands: they are over as soon as they are reached."""

SHORTEST = 3600
"""Seconds that somebody who goes round must wait on the way, at least."""


def order(steps: Sequence[Step]) -> list[int | None]:
    """Where each step leads that does not say so itself."""
    ids = [step["id"] for step in steps]
    after: list[int | None] = [*range(1, len(steps)), END]
    for n, step in enumerate(steps):
        if step["kind"] in SAY_THEMSELVES:
            after[n] = END
        elif "then" in step:
            after[n] = ids.index(step["then"])
    return after


def named(step: Step) -> Iterator[tuple[Place, str]]:
    """Every step that a step names, and where."""
    for name in ("then", "else"):
        if name in step:
            yield (name,), step[name]
    if "budget" in step:
        yield ("budget", "rest"), step["budget"]["rest"]
    for several in ("ways", "arms", "options"):
        for n, way in enumerate(step.get(several, ())):
            yield (several, n, "then"), way["then"]


def faults(steps: Sequence[Step], events: Mapping[str, str] | None = None) -> list[Fault]:
    """Names that are there twice or nowhere; then ways that lead round, past steps, or never out.

    `events` lead to steps too, from wherever the conversation stands.
    """
    named_by_events = events or {}
    ids = {step["id"] for step in steps}
    unknown: list[Fault] = [
        (f"there is no step {step}", ("events", event)) for event, step in named_by_events.items() if step not in ids
    ]
    wrong = [*_wrong_names(steps), *unknown]
    firsts = [step["id"] for step in steps[:1]] + list(named_by_events.values())
    return wrong or [*_wrong_circles(steps), *_wrong_reach(steps, firsts), *_wrong_reports(steps)]


def _wrong_names(steps: Sequence[Step]) -> list[Fault]:
    ids = [step["id"] for step in steps]
    found: list[Fault] = []
    for n, step in enumerate(steps):
        if step["id"] in ids[:n]:
            found.append((f"there is another step {step['id']}", ("steps", n, "id")))
        found += [
            (f"there is no step {target}", ("steps", n, *where)) for where, target in named(step) if target not in ids
        ]
        for several in ("arm", "option"):
            names = [each["name"] for each in step.get(f"{several}s", ())]
            found += [
                (f"there is another {several} {name}", ("steps", n, f"{several}s", at))
                for at, name in enumerate(names)
                if name in names[:at]
            ]
    return found


def _ways(steps: Sequence[Step]) -> list[list[int | None]]:
    """All places to which each step may lead."""
    ids = [step["id"] for step in steps]
    after = order(steps)
    found: list[list[int | None]] = []
    for n, step in enumerate(steps):
        if step["kind"] in SAY_THEMSELVES:
            found.append([ids.index(target) for _, target in named(step)])
        else:
            found.append([after[n]])
    return found


def _wrong_circles(steps: Sequence[Step]) -> list[Fault]:
    """A way round on which nobody has to wait; an event that is waited for may have happened already."""
    ways = [[] if _takes_time(step) else ways for step, ways in zip(steps, _ways(steps), strict=True)]
    for n in range(len(steps)):
        way = _way(ways, n)
        if way is not None:
            circle = " -> ".join(steps[w]["id"] for w in (*way, n))
            reason = f"{circle} is a circle without a wait of an hour or more"
            return [(reason, ("steps", way[-1]))]
    return []


def _takes_time(step: Step) -> bool:
    return step["kind"] == "wait_until" or (step["kind"] == "wait" and span(step["for"]) >= SHORTEST)


def _way(ways: Sequence[Sequence[int | None]], start: int) -> list[int] | None:
    """The shortest way from a step back to it."""
    paths: list[list[int]] = [[start]]
    met: set[int] = set()
    while paths:
        path = paths.pop(0)
        for step in ways[path[-1]]:
            if step == start:
                return path
            if step is not END and step not in met:
                met.add(step)
                paths.append([*path, step])
    return None


def reachable(ways: Sequence[Sequence[int | None]], first: int) -> set[int | None]:
    """Every place to which a step may lead, itself among them, however many steps on."""
    met: set[int | None] = set()
    ahead: list[int | None] = [first]
    while ahead:
        step = ahead.pop()
        if step not in met:
            met.add(step)
            ahead += [] if step is END else ways[step]
    return met


def _wrong_reach(steps: Sequence[Step], firsts: Sequence[str]) -> list[Fault]:
    ways, ids = _ways(steps), [step["id"] for step in steps]
    out = {n for n, step in enumerate(steps) if step["kind"] in ("exit", "assign")} | {END}
    passed = set().union(*(reachable(ways, ids.index(first)) for first in firsts))
    stuck = [n for n in range(len(steps)) if n in passed and not reachable(ways, n) & out]
    if stuck:
        return [(f"nobody would ever come out of {steps[stuck[0]]['id']}: no way from it ends", ("steps", stuck[0]))]
    return [(f"nothing leads to {step['id']}", ("steps", n)) for n, step in enumerate(steps) if n not in passed]


def _wrong_reports(steps: Sequence[Step]) -> list[Fault]:
    """Waiting for a report on a contact, where none can have been made."""
    ways = _ways(steps)
    after_contact: set[int | None] = set()
    for n, step in enumerate(steps):
        if step["kind"] == "contact":
            after_contact |= reachable(ways, n)
    return [
        (f"nothing can be {step['event']} here: no contact comes before it", ("steps", n, "event"))
        for n, step in enumerate(steps)
        if step.get("event") in ("delivered", "undelivered") and n not in after_contact
    ]
