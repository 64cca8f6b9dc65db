"""What a rule is, once it is read: a question that can be asked of any contact."""

from collections.abc import Callable, Mapping, Sequence
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


class Rule(Struct, frozen=True):
    """A rule, ready to be asked.

    One that is `standing` depends on nothing but what was said: not on the clock, not on other contacts. Those are
    what channels look at last.
    """

    id: RuleId
    kind: str
    starts: int
    ends: int
    binds: int
    standing: bool
    judge: Judge
    closes: Closes | None
    not_applicable: Finding
    not_evaluated: Finding


def make_rule(
    definition: Definition, kind: str, judge: Judge, *, closes: Closes | None = None, standing: bool = False
) -> Rule:
    """A rule of a kind."""
    return Rule(
        id=definition.id,
        kind=kind,
        starts=definition.starts,
        ends=definition.ends,
        binds=definition.binds,
        standing=standing,
        judge=judge,
        closes=closes,
        not_applicable=definition.finding(
            FindingResult.NOT_APPLICABLE, "This rule does not limit contacts by this channel."
        ),
        not_evaluated=definition.finding(
            FindingResult.VETOED, "This rule could not be evaluated on what is known of the consumer, so it refuses."
        ),
    )


class RuleSet:
    """All rules of a pack, and what its content hashes to."""

    __slots__ = ("digest", "in_force", "rules")

    def __init__(self, rules: Sequence[Rule], digest: str) -> None:
        self.rules = tuple(rules)
        self.digest = digest
        self.in_force: Callable[[int], tuple[Rule, ...]] = lru_cache(maxsize=1024)(self._in_force)
        """The rules in force at an instant."""

    def _in_force(self, at: int) -> tuple[Rule, ...]:
        return tuple(r for r in self.rules if r.starts <= at < r.ends)


def channel_bits(names: Sequence[str]) -> int:
    """A set of bits from the names of channels."""
    return sum(CHANNELS[name.upper()] for name in set(names))
