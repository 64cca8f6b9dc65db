"""Which contacts a rule is about, beside their channel: the `only` and `unless` of a rule file."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from services.compliance.core.codes import PLACES, PURPOSES, TECHNOLOGIES, Known
from services.compliance.core.purposes import call_consent
from services.compliance.core.rules.ask import Ask, is_first


class Scope(Struct, frozen=True, gc=False):
    """Features of a contact; an empty one says nothing. Sets of numbers are bits."""

    purposes: int = 0
    technologies: int = 0
    places: int = 0
    persons: frozenset[str] = frozenset()
    content: tuple[tuple[str, frozenset[str]], ...] = ()
    residence: frozenset[str] = frozenset()
    """Where the consumer lives."""
    first: bool = False
    """The first communication that is known of."""
    consents: int = 0
    """Consents that free from a rule, as bits of CALL, TIME and AUTOMATED."""

    @property
    def by_request(self) -> bool:
        """Whether it asks for what only an unusual request has."""
        return bool(self.purposes or self.technologies or self.persons or self.content)

    @property
    def by_time(self) -> bool:
        """Whether it asks for what comes to an end."""
        return self.first or bool(self.consents)


CALL, TIME, AUTOMATED = 1, 2, 4
CONSENTS = {"call": CALL, "time": TIME, "automated": AUTOMATED}
NOTHING = Scope()


def read_scope(content: Mapping[str, Any] | None) -> Scope:
    """A scope as a rule file has it."""
    if not content:
        return NOTHING
    return Scope(
        purposes=_bits(PURPOSES, content.get("purposes", ())),
        technologies=_bits(TECHNOLOGIES, content.get("technologies", ())),
        places=sum(PLACES[p] for p in content.get("places", ())),
        persons=frozenset(content.get("persons", ())),
        content=tuple((key, frozenset(values)) for key, values in content.get("content", {}).items()),
        residence=frozenset(content.get("residence", ())),
        first=content.get("first", False),
        consents=sum(CONSENTS[c] for c in content.get("consents", ())),
    )


def _bits(codes: Mapping[str, int], names: Sequence[str]) -> int:
    return sum(1 << codes[name.upper().replace("-", "_")] for name in names)


def within(scope: Scope, ask: Ask) -> bool:
    """Whether a contact has all the features that a scope names."""
    return bool(
        (not scope.purposes or scope.purposes >> ask.purpose.code & 1)
        and (not scope.technologies or scope.technologies >> ask.technology & 1)
        and (not scope.places or scope.places & ask.place)
        and (not scope.persons or role_of(ask.person) in scope.persons)
        and all(ask.content.get(key) in values for key, values in scope.content)
    )


def excused(scope: Scope, ask: Ask, at: int) -> bool:
    """Whether a contact has any of the features that a scope names."""
    if not ask.unusual and not ask.state.facts and not scope.places and not scope.first and not scope.residence:
        return False  # nothing that any of the others could be about
    if scope.purposes >> ask.purpose.code & 1 or scope.technologies >> ask.technology & 1 or scope.places & ask.place:
        return True
    if scope.persons and role_of(ask.person) in scope.persons:
        return True
    if any(ask.content.get(key) in values for key, values in scope.content):
        return True
    if scope.first and is_first(ask, at):
        return True
    if scope.residence and not scope.residence.isdisjoint(ask.state.places):
        return True
    return bool(scope.consents and _has_consented(scope.consents, ask, at))


def _has_consented(wanted: int, ask: Ask, at: int) -> bool:
    if wanted & CALL and call_consent(ask.state, ask.debts, ask.zones, at) is not None:
        return True
    if wanted & AUTOMATED and ask.facts(Known.ROBO_CONSENT, at):
        return True
    return bool(wanted & TIME and any(f.is_so(at) for f in ask.time_consents))


def role_of(person: str) -> str:
    """The role of a person: what stands before a number, as in executor_1; the consumer has an empty name."""
    head, _, tail = person.rpartition("_")
    return (head if tail.isdigit() and head else person) or "consumer"
