"""What a rule is, once it is read: a question that can be asked of any contact."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntFlag
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from contracts.events import CountedEvent, Finding, FindingResult
from contracts.ids import RuleId
from services.compliance.core.codes import CHANNELS, FACTS, OUTCOMES, PURPOSES, instant
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.scope import NOTHING, Scope, excused, within

Judge = Callable[[Ask, int], Finding]
"""What a rule says of a contact at an instant; it may lie in the future, with nothing else changed."""

FAR = 1 << 62

Closes = Callable[[Ask, int], int]
"""Until when a contact stays allowed that is allowed at an instant."""


class Definition(Struct, frozen=True):
    """A rule as its file has it: `binds` is a set of channel bits; `starts` and `ends` bound when it is in force.

    It protects those who live in `place`, or everybody if that is empty. It is about contacts within `only`, and not
    about those that `unless` excuses.
    """

    id: RuleId
    citation: str
    starts: int
    ends: int
    binds: int
    parameters: Mapping[str, Any]
    place: str = ""
    only: Scope = NOTHING
    unless: Scope = NOTHING
    covers: tuple[str, ...] = ()
    made: list[Finding] = field(default_factory=list)
    """What the rule says again and again, in the order in which it was made."""

    def standard(self, reason: str, result: FindingResult = FindingResult.ALLOWED, *, condition: str = "") -> Finding:
        """What the rule says where it refuses nothing and shows no evidence: verdicts name it by a number."""
        self.made.append(self.finding(result, reason, condition=condition))
        return self.made[-1]

    def finding(
        self,
        result: FindingResult,
        reason: str,
        *,
        earliest: int | None = None,
        counted: Sequence[CountedEvent] = (),
        condition: str = "",
    ) -> Finding:
        """What the rule says, to be shown in full."""
        at = None if earliest is None else instant(earliest)
        return Finding(self.id, self.citation, result, reason, at, tuple(counted), condition)

    def channels(self, name: str) -> int:
        """A parameter that lists channels, as a set of bits."""
        return channel_bits(self.parameters[name])

    def outcomes(self, name: str) -> int:
        """A parameter that lists outcomes, as a set of bits."""
        return sum(1 << OUTCOMES[o.upper().replace("-", "_")] for o in self.parameters.get(name, ()))

    def purposes(self, name: str) -> int:
        """A parameter that lists purposes, as a set of bits."""
        return sum(1 << PURPOSES[p.upper().replace("-", "_")] for p in self.parameters.get(name, ()))

    def fact(self, name: str = "fact") -> int:
        """A parameter that names a fact."""
        return FACTS[str(self.parameters[name]).upper().replace("-", "_")]


class About(IntFlag):
    """What a rule looks at: it has nothing against anybody of whom no such thing is remembered.

    Above these bits each fact has one of its own.
    """

    CONTACTS = 1
    OPT_OUTS = 2
    CLOCK = 4
    """The time, or what is not there, so that it must always be asked."""
    REQUEST = 8
    """What the request says of itself, where that is unusual."""


# Plain numbers: to join members of an IntFlag costs more than a rule.
_CONTACTS, _OPT_OUTS, _CLOCK, _REQUEST = (int(a) for a in About)


def about_fact(kind: int) -> int:
    """The bit of a fact."""
    return 16 << kind


class Rule(Struct, frozen=True):
    """A rule, ready to be asked. It answers `allowed` where nothing is remembered that it is about.

    One that is `standing` depends on nothing but what was said: not on the clock, not on other contacts, not on what
    is asked for. Those are what channels look at last. What one that is `lasting` does not refuse, where the request
    is not unusual, it refuses at no later instant either, with nothing else changed.
    """

    id: RuleId
    kind: str
    starts: int
    ends: int
    binds: int
    place: str
    about: int
    by_request: bool
    standing: bool
    lasting: bool
    covers: tuple[str, ...]
    standard: tuple[Finding, ...]
    judge: Judge
    closes: Closes | None
    allowed: Finding
    not_applicable: Finding
    not_evaluated: Finding


def make_rule(
    definition: Definition,
    kind: str,
    about: int,
    judge: Judge,
    allowed: Finding,
    closes: Closes | None = None,
    standing: bool = False,
    lasting: bool = False,
) -> Rule:
    """A rule of a kind, which answers only for contacts that are its business."""
    only, unless = definition.only, definition.unless
    not_applicable = definition.standard("This rule is not about contacts of this kind.", FindingResult.NOT_APPLICABLE)
    excuse = definition.standard("What it is for, to whom it goes or a consent excuses it.")

    def asked(ask: Ask, at: int) -> Finding:
        if only is not NOTHING and not within(only, ask):
            return not_applicable
        finding = judge(ask, at)
        asks = finding.result is not FindingResult.ALLOWED or finding.condition
        return excuse if asks and unless is not NOTHING and excused(unless, ask, at) else finding

    def closing(ask: Ask, at: int) -> int:
        free = (only is not NOTHING and not within(only, ask)) or (unless is not NOTHING and excused(unless, ask, at))
        return FAR if free or closes is None else closes(ask, at)

    plain = only is NOTHING and unless is NOTHING
    return Rule(
        id=definition.id,
        kind=kind,
        starts=definition.starts,
        ends=definition.ends,
        binds=definition.binds,
        place=definition.place,
        about=int(about),
        by_request=only.by_request,
        standing=standing and not only.by_request,
        lasting=lasting and not unless.by_time,
        covers=definition.covers,
        standard=tuple(definition.made),
        judge=judge if plain else asked,
        closes=closes if plain or closes is None else closing,
        allowed=allowed,
        not_applicable=not_applicable,
        not_evaluated=definition.finding(
            FindingResult.VETOED, "This rule could not be evaluated on what is known of the consumer, so it refuses."
        ),
    )


class Plan(Struct, frozen=True, gc=False):
    """How to ask every rule about contacts that are alike.

    Those in `asked` must be asked; what the others say is known beforehand, as nothing is remembered that they are
    about: `known` are the numbers of it. Nothing is `bound` if no rule limits the channel.
    """

    known: tuple[int, ...]
    asked: tuple[Rule, ...]
    closing: tuple[Closes, ...]
    bound: bool
    conditions: tuple[str, ...]
    """What the answers that are known beforehand ask the channel to see to."""
    alike: dict[tuple[int | None, ...], tuple[int, ...]]
    """Numbers of standard findings that were given before, by those of the rules in `asked`; None for no such."""


class RuleSet:
    """All rules of a pack, what its content hashes to, and what they say again and again, by number."""

    __slots__ = ("_changes", "_numbers", "_period", "_plan_in", "digest", "rules", "standard")

    def __init__(self, rules: Sequence[Rule], digest: str) -> None:
        self.rules = tuple(rules)
        self.digest = digest
        self.standard = tuple(finding for r in rules for finding in r.standard)
        # By identity: they live as long as this does, and to compare them would cost more than to ask a rule.
        self._numbers = {id(finding): n for n, finding in enumerate(self.standard)}
        self._changes = sorted({at for r in rules for at in (r.starts, r.ends)})
        self._period: Callable[[int], int] = lru_cache(maxsize=1024)(lambda at: sum(c <= at for c in self._changes))
        self._plan_in: Callable[[int, int, int, tuple[str, ...]], Plan] = lru_cache(maxsize=8192)(self._make_plan)

    def number(self, finding: Finding) -> int | None:
        """The number of a standard finding; None for any other, even one that says the same."""
        return self._numbers.get(id(finding))

    def in_force(self, at: int) -> tuple[Rule, ...]:
        """The rules in force at an instant."""
        return tuple(r for r in self.rules if r.starts <= at < r.ends)

    def plan(self, at: int, ask: Ask) -> Plan:
        """How to ask the rules in force at an instant about a contact."""
        state = ask.state
        known = _CLOCK
        if state.contacts:
            known |= _CONTACTS
        if state.opt_outs:
            known |= _OPT_OUTS
        if ask.unusual:
            known |= _REQUEST
        for fact in state.facts:
            known |= 16 << fact.kind
        return self._plan_in(self._period(at), ask.channel, known, state.places)

    def _make_plan(self, period: int, channel: int, known: int, places: tuple[str, ...]) -> Plan:
        in_force = self.in_force(self._changes[period - 1]) if period else ()
        # Of whom no place is known, the rules of every place hold.
        bound = [r for r in in_force if r.binds & channel and (not places or not r.place or r.place in places)]
        unusual = known & _REQUEST
        concerned = [r.about & known and (unusual or not r.by_request) for r in bound]
        asked = tuple(r for n, r in enumerate(bound) if concerned[n])
        answers = [
            r.not_applicable if r.by_request and not unusual else r.allowed
            for n, r in enumerate(bound)
            if not concerned[n]
        ]
        return Plan(
            known=tuple(self._numbers[id(answer)] for answer in answers),
            asked=asked,
            closing=tuple(r.closes for r in asked if r.closes is not None),
            bound=bool(bound),
            conditions=tuple(answer.condition for answer in answers if answer.condition),
            alike={},
        )


def channel_bits(names: Sequence[str]) -> int:
    """A set of bits from the names of channels."""
    return sum(CHANNELS[name.upper()] for name in set(names))
