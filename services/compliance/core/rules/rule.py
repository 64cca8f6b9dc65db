"""What a rule is, once it is read: a question that can be asked of any contact."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntFlag
from functools import lru_cache
from typing import Any

from msgspec import Struct

from contracts.events import CountedEvent, Finding, FindingResult
from contracts.ids import RuleId
from services.compliance.core.codes import CHANNELS, OUTCOMES, instant
from services.compliance.core.state import ConsumerState
from services.compliance.core.zones import Zones


class Ask(Struct, frozen=True, gc=False):
    """The contact that is asked about: `channel` is a bit, `debts` a set of bits.

    `zones` are all to reckon with, and `located` says whether the consumer's own gave them. `partition` is where all
    that concerns the consumer stands in the log.
    """

    state: ConsumerState
    zones: Zones
    located: bool
    channel: int
    address_id: str
    debts: int
    partition: int


Judge = Callable[[Ask, int], Finding]
"""What a rule says of a contact at an instant; it may lie in the future, with nothing else changed."""

Closes = Callable[[Ask, int], int]
"""Until when a contact stays allowed that is allowed at an instant."""


class Definition(Struct, frozen=True):
    """A rule as its file has it: `binds` is a set of channel bits; `starts` and `ends` bound when it is in force."""

    id: RuleId
    citation: str
    starts: int
    ends: int
    binds: int
    parameters: Mapping[str, Any]

    def finding(
        self,
        result: FindingResult,
        reason: str,
        *,
        earliest: int | None = None,
        counted: Sequence[CountedEvent] = (),
    ) -> Finding:
        """What the rule says; made once where it needs no evidence."""
        at = None if earliest is None else instant(earliest)
        return Finding(self.id, self.citation, result, reason, at, tuple(counted))

    def channels(self, name: str) -> int:
        """A parameter that lists channels, as a set of bits."""
        return channel_bits(self.parameters[name])

    def outcomes(self, name: str) -> int:
        """A parameter that lists outcomes, as a set of bits."""
        return sum(1 << OUTCOMES[o.upper().replace("-", "_")] for o in self.parameters.get(name, ()))


class About(IntFlag):
    """What a rule looks at: it has nothing against anybody of whom no such thing is remembered."""

    STOPS = 1
    OPT_OUTS = 2
    CONTACTS = 4
    CLOCK = 8
    """The time alone, so that it must always be asked."""


class Rule(Struct, frozen=True):
    """A rule, ready to be asked. It answers `allowed` where nothing is remembered that it is about.

    One that is `standing` depends on nothing but what was said: not on the clock, not on other contacts. Those are
    what channels look at last.
    """

    id: RuleId
    kind: str
    starts: int
    ends: int
    binds: int
    about: About
    judge: Judge
    closes: Closes | None
    allowed: Finding
    not_applicable: Finding
    not_evaluated: Finding

    @property
    def standing(self) -> bool:
        """Whether it depends on nothing but what was said."""
        return not self.about & (About.CONTACTS | About.CLOCK)


def make_rule(
    definition: Definition, kind: str, about: About, judge: Judge, allowed: Finding, closes: Closes | None = None
) -> Rule:
    """A rule of a kind."""
    return Rule(
        id=definition.id,
        kind=kind,
        starts=definition.starts,
        ends=definition.ends,
        binds=definition.binds,
        about=about,
        judge=judge,
        closes=closes,
        allowed=allowed,
        not_applicable=definition.finding(
            FindingResult.NOT_APPLICABLE, "This rule does not limit contacts by this channel."
        ),
        not_evaluated=definition.finding(
            FindingResult.VETOED, "This rule could not be evaluated on what is known of the consumer, so it refuses."
        ),
    )


class Plan(Struct, frozen=True, gc=False):
    """How to ask every rule about contacts that are alike.

    `answers` holds a finding for each rule in force. Those in `asked` must be asked, and their answers put in their
    places; for the others it is known beforehand, as nothing is remembered that they are about, or they do not limit
    the channel. Nothing is `bound` if no rule limits it.
    """

    answers: tuple[Finding, ...]
    asked: tuple[tuple[int, Rule], ...]
    closing: tuple[Closes, ...]
    bound: bool


class RuleSet:
    """All rules of a pack, and what its content hashes to."""

    __slots__ = ("_changes", "_period", "_plan_in", "digest", "rules")

    def __init__(self, rules: Sequence[Rule], digest: str) -> None:
        self.rules = tuple(rules)
        self.digest = digest
        self._changes = sorted({at for r in rules for at in (r.starts, r.ends)})
        self._period: Callable[[int], int] = lru_cache(maxsize=1024)(lambda at: sum(c <= at for c in self._changes))
        self._plan_in: Callable[[int, int, int], Plan] = lru_cache(maxsize=1024)(self._make_plan)

    def in_force(self, at: int) -> tuple[Rule, ...]:
        """The rules in force at an instant."""
        return tuple(r for r in self.rules if r.starts <= at < r.ends)

    def plan(self, at: int, channel: int, state: ConsumerState) -> Plan:
        """How to ask the rules in force at an instant about contacts by a channel."""
        known = 8
        if state.stops:
            known |= 1
        if state.opt_outs:
            known |= 2
        if state.contacts:
            known |= 4
        return self._plan_in(self._period(at), channel, known)

    def _make_plan(self, period: int, channel: int, known: int) -> Plan:
        in_force = self.in_force(self._changes[period - 1]) if period else ()
        asked = tuple((n, r) for n, r in enumerate(in_force) if r.binds & channel and r.about & known)
        return Plan(
            answers=tuple(r.allowed if r.binds & channel else r.not_applicable for r in in_force),
            asked=asked,
            closing=tuple(r.closes for _, r in asked if r.closes is not None),
            bound=any(r.binds & channel for r in in_force),
        )


def channel_bits(names: Sequence[str]) -> int:
    """A set of bits from the names of channels."""
    return sum(CHANNELS[name.upper()] for name in set(names))
