"""How facts about a consumer are remembered: each once, with the time since when it is so and when we learned it."""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.events import (
    AccountPlaced,
    AccountRecalled,
    AccountUpdated,
    DebtType,
    FactLearned,
    PaymentSettled,
    PhoneAddress,
    PlacementFlags,
)
from services.compliance.core.codes import (
    ALL_DEBTS,
    DAY,
    FACTS,
    PAYMENTS,
    PLACEMENTS,
    STATEMENTS,
    TOPICS,
    Known,
    seconds,
)
from services.compliance.core.state import ConsumerState, Fact, known_debts

_TWO_SIDED = frozenset(
    {
        Known.EMPLOYER_PROHIBITS,
        Known.TEXT_CONSENT,
        Known.EMAIL_CONSENT,
        Known.CALL_CONSENT,
        Known.ROBO_CONSENT,
        Known.ELECTRONIC_CONSENT,
        Known.E_SIGN_CONSENT,
        Known.TIME_BARRED,
        Known.RIGHT_PARTY,
    }
)
"""Facts of which it matters to know that they are not so."""

_NEWEST_DOES = frozenset({Known.PAID, Known.NUMBER_CHECKED, Known.STATED_LOCATION, Known.WHEREABOUTS, Known.LINE_TYPE})
"""Facts of which the newest says all."""

_FIRST_DOES = frozenset({Known.CEASED, Known.ATTORNEY_REPRESENTED, Known.DECEASED, Known.MINOR})
"""Facts that need no second saying: the first since when they are so is kept."""

MOST_DETAIL = 60
_FIRST_DAY = date(1970, 1, 1).toordinal()
FROM_PLACEMENTS, FROM_STATEMENTS, FROM_PAYMENTS = (TOPICS.index(t) for t in (PLACEMENTS, STATEMENTS, PAYMENTS))


def recalled(state: ConsumerState, event: AccountRecalled, offset: int) -> ConsumerState:
    """A creditor has taken a debt back, if it was ever placed with us."""
    if event.debt_id not in state.debts:
        return state
    at, debts = seconds(event.recalled_at), known_debts(state, (event.debt_id,))
    return with_fact(state, Fact(int(Known.RECALLED), at, 0, at, debts, "", "", FROM_PLACEMENTS, offset))


def updated(state: ConsumerState, event: AccountUpdated, offset: int) -> ConsumerState:
    """What a client says later that restricts contact; of money the gate knows nothing."""
    at, debts = seconds(event.as_of_at), known_debts(state, (event.debt_id,)) or ALL_DEBTS
    return _restricted(state, event.flags, debts, at, offset)


def learned(state: ConsumerState, event: FactLearned, offset: int, at: int) -> ConsumerState:
    """What is remembered after somebody told us a fact; `at` is when that was."""
    kind = FACTS[event.fact._value_]
    if not kind:
        return state
    said = Fact(
        kind=kind,
        since=seconds(event.from_at),
        until=0 if event.until_at is None else seconds(event.until_at),
        learned=at,
        debts=known_debts(state, event.debt_ids) or ALL_DEBTS,
        address_id=event.address_id or "",
        detail=event.detail[:MOST_DETAIL],
        topic=FROM_STATEMENTS,
        offset=offset,
        holds=event.holds,
    )
    return with_fact(state, said)


def subscribed(state: ConsumerState, address_id: str, at: int, offset: int) -> ConsumerState:
    """What a subscription says beside its address: consent to electronic messages there, given to us.

    A portal may hand the same one over at every visit: that is remembered once.
    """
    kind = int(Known.ELECTRONIC_CONSENT)
    if any(f.kind == kind and f.address_id == address_id and f.holds and not f.until for f in state.facts):
        return state
    return with_fact(state, Fact(kind, at, 0, at, ALL_DEBTS, address_id, "collector", FROM_STATEMENTS, offset))


def with_fact(state: ConsumerState, said: Fact) -> ConsumerState:
    """Remember a fact; to hear it again, or what was overtaken since, changes nothing."""
    facts = state.facts
    if said.kind in _NEWEST_DOES:
        same = [f for f in facts if f.kind == said.kind and f.address_id == said.address_id]
        if any(f.since >= said.since for f in same):
            return state
        facts = tuple(f for f in facts if f not in same)
    elif said.kind in _FIRST_DOES and said.holds:
        same = [f for f in facts if f.kind == said.kind and f.debts | said.debts == f.debts and f.until == 0]
        if any(f.since <= said.since and f.detail == said.detail for f in same):
            return state
    if any(_says_the_same(f, said) for f in facts):
        return state
    ended = tuple(_ended(f, said) for f in facts)
    for known in facts:  # what was heard first may have been said last
        said = _ended(said, known)
    if said.holds or said.kind in _TWO_SIDED:
        return replace(state, facts=(*ended, said))
    return state if ended == state.facts else replace(state, facts=ended)


def _says_the_same(known: Fact, said: Fact) -> bool:
    return replace(known, learned=0, topic=0, offset=0, until=0) == replace(
        said, learned=0, topic=0, offset=0, until=0
    ) and (known.until == said.until or known.until != 0)


def _ended(known: Fact, said: Fact) -> Fact:
    """A fact, ended where another says that it is no longer so."""
    meant = known.kind == said.kind and known.holds != said.holds and said.address_id in ("", known.address_id)
    if not meant or known.since > said.since or known.debts & ~said.debts:
        return known
    return replace(known, until=min(known.until or said.since, said.since))


def from_placement(state: ConsumerState, event: AccountPlaced, offset: int) -> ConsumerState:
    """What a client's placement says, beside addresses."""
    at, debts = seconds(event.meta.occurred_at), known_debts(state, (event.debt_id,))
    state = _restricted(state, event.flags, debts, at, offset)
    if any(f.kind == Known.RECALLED for f in state.facts):
        again = Fact(int(Known.RECALLED), at, 0, at, debts, "", "", FROM_PLACEMENTS, offset, holds=False)
        state = with_fact(state, again)
    if event.debt_type is DebtType.MEDICAL:
        state = with_fact(state, Fact(int(Known.MEDICAL_DEBT), at, 0, at, debts, "", "", FROM_PLACEMENTS, offset))
    for phone in event.phones:
        for kind, since, detail, holds in _of_phone(phone, at):
            said = Fact(int(kind), since, 0, at, ALL_DEBTS, phone.address_id, detail, FROM_PLACEMENTS, offset, holds)
            state = with_fact(state, said)
    for email in event.emails:
        if email.consented is not None:
            since, detail = _on(email.consented_on, at), "collector" if email.consented else ""
            kind, of, holds = Known.EMAIL_CONSENT, email.address_id, email.consented
            state = with_fact(
                state, Fact(int(kind), since, 0, at, ALL_DEBTS, of, detail, FROM_PLACEMENTS, offset, holds)
            )
    return state


def _restricted(state: ConsumerState, flags: PlacementFlags, debts: int, at: int, offset: int) -> ConsumerState:
    for kind in _flags(flags):
        whole = debts if kind is Known.DISPUTED else ALL_DEBTS
        detail = "client" if kind is Known.DISPUTED else ""
        state = with_fact(state, Fact(int(kind), at, 0, at, whole, "", detail, FROM_PLACEMENTS, offset))
    return state


def _of_phone(phone: PhoneAddress, at: int) -> Iterable[tuple[Known, int, str, bool]]:
    """What a client says of consent at a number: each kind, since when, the detail, and whether it holds.

    One fact has to do for a consent, as it is kept for every consumer: rules say what stands for what. A consent to us
    without a date is none to texts: nobody could say when it grows old.
    """
    if phone.consented is False:
        yield Known.ROBO_CONSENT, at, "", False
        yield Known.TEXT_CONSENT, at, "", False
    elif phone.consented and phone.consent_to == "us" and phone.consented_on is not None:
        yield Known.TEXT_CONSENT, _on(phone.consented_on, at), "collector", True
    elif phone.consented:
        yield Known.ROBO_CONSENT, _on(phone.consented_on, at), "creditor", True
    if phone.checked_on is not None:
        yield Known.NUMBER_CHECKED, _on(phone.checked_on, at), "same", True


def _on(day: date | None, at: int) -> int:
    """An instant that is on a date in every zone of the United States; not later than that at which it was said."""
    return at if day is None else min(at, (day.toordinal() - _FIRST_DAY) * DAY + DAY // 2)


def paid(state: ConsumerState, event: PaymentSettled, offset: int) -> ConsumerState:
    """The last payment, which may be confirmed."""
    at = seconds(event.settled_at)
    debts = known_debts(state, (event.debt_id,)) or ALL_DEBTS
    return with_fact(state, Fact(int(Known.PAID), at, 0, at, debts, "", "", FROM_PAYMENTS, offset))


def _flags(flags: PlacementFlags) -> Iterable[Known]:
    said = {
        Known.CEASED: flags.ceased,
        Known.ATTORNEY_REPRESENTED: flags.attorney_represented,
        Known.BANKRUPT: flags.bankrupt,
        Known.DECEASED: flags.deceased,
        Known.MINOR: flags.minor,
        Known.DISPUTED: flags.disputed,
        Known.IN_SERVICE: flags.military,
    }
    return [kind for kind, true in said.items() if true]
