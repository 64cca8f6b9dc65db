"""The question that rules are asked."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from services.compliance.core.codes import Known, Outcome, Place
from services.compliance.core.purposes import JUST_OUTREACH, Purpose
from services.compliance.core.state import ConsumerState, Fact
from services.compliance.core.zones import Zones, plausible, zone_code

LEAST_COMMUNICATION = int(Outcome.VOICEMAIL)
"""From this outcome on, something was said to somebody."""
# Plain numbers: to look at a member of an IntEnum for every fact costs more than the rest.
_STATED_LOCATION, _SAME_ACCOUNT, _FIRST_COMMUNICATION = (
    int(k) for k in (Known.STATED_LOCATION, Known.SAME_ACCOUNT, Known.FIRST_COMMUNICATION)
)
NO_CONTENT: Mapping[str, str] = MappingProxyType({})


class Ask(Struct, frozen=True, gc=False):
    """The contact that is asked about: `channel` is a bit, `debts` a set of bits.

    `zones` are all to reckon with, and `located` says whether the consumer's own gave them. `partition` is where all
    that concerns the consumer stands in the log. `groups` are debts that the law takes for one, `place` is where the
    address reaches the consumer, and `content` is what the request says of its own words.
    """

    state: ConsumerState
    zones: Zones
    located: bool
    channel: int
    address_id: str
    debts: int
    partition: int
    purpose: Purpose = JUST_OUTREACH
    technology: int = 0
    person: str = ""
    place: int = int(Place.CELL)
    content: Mapping[str, str] = NO_CONTENT
    groups: tuple[int, ...] = ()
    unusual: bool = False
    """Whether the request has a feature that some rules are only about."""

    def facts(self, kind: Known, at: int) -> list[Fact]:
        """Facts of a kind that are so at an instant, about the address and a debt of the contact."""
        return [
            f
            for f in self.state.facts
            if f.kind == kind and f.is_so(at) and f.debts & self.debts and f.address_id in ("", self.address_id)
        ]

    @property
    def time_consents(self) -> Sequence[Fact]:
        """Consents to be contacted at times that would be inconvenient (12 CFR 1006.6(b)(4)(i))."""
        return [f for f in self.state.facts if f.kind == Known.TIME_CONSENT and f.detail in ("", "collector")]


def zones_at(state: ConsumerState, at: int) -> tuple[Zones, bool]:
    """The zones to reckon with at an instant: where the consumer said to be, or else all that are plausible."""
    own = state.zones
    if state.facts:
        said = [zone_code(f.detail) for f in state.facts if f.kind == _STATED_LOCATION and f.is_so(at)]
        own = tuple(said) or own
    zones = plausible(own)
    return zones, zones == own


def moved(ask: Ask, at: int) -> Ask:
    """The same question for a later instant: by then the consumer may be elsewhere."""
    for fact in ask.state.facts:
        if fact.kind == _STATED_LOCATION:
            break
    else:
        return ask
    zones, located = zones_at(ask.state, at)
    return ask if zones == ask.zones else replace(ask, zones=zones, located=located)


def one_debt_of(state: ConsumerState) -> tuple[int, ...]:
    """Debts that the law takes for one: student loans under one account number (12 CFR 1006.14(b)(4))."""
    if not state.facts:
        return ()
    return tuple([f.debts for f in state.facts if f.kind == _SAME_ACCOUNT and f.holds])


def with_groups(debts: int, groups: Sequence[int]) -> int:
    """A set of debts with all that the law takes for one with them."""
    for group in groups:
        if debts & group:
            debts |= group
    return debts


def is_first(ask: Ask, at: int) -> bool:
    """Whether no communication before this one is known: then it must be taken for the first."""
    for fact in ask.state.facts:
        if fact.kind == _FIRST_COMMUNICATION and fact.is_so(at):
            return False
    return not [c for c in ask.state.contacts if c.outcome >= LEAST_COMMUNICATION and c.at < at]
