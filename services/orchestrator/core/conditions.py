"""What strategies may ask of a consumer's record: few questions, each with one meaning, and no clock.

A condition is a mapping of questions to answers, all of which must fit. "Or" is two ways to one step, "not" is `else`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from services.orchestrator.core.codes import Consent, Progress, Promise
from services.orchestrator.core.state import Consumer, Contact
from services.orchestrator.core.wording import language_of

Condition = Mapping[str, Any]

SENT = (Progress.ACCEPTED, Progress.FAILED, Progress.DELIVERED)
"""How far a contact has come that the provider had."""


def holds(condition: Condition, state: Consumer) -> bool:
    """Whether all of it is so; of an empty condition, always."""
    for name, answer in condition.items():  # noqa: SIM110 (segments ask all the time: a generator costs as much again)
        if not _QUESTIONS[name](state, answer):
            return False
    return True


def _within(limits: Mapping[str, Any], figure: int) -> bool:
    return figure >= _number(limits.get("at_least", 0)) and ("below" not in limits or figure < _number(limits["below"]))


@lru_cache(maxsize=1024)
def _number(said: int | str) -> int:
    """A count as it is; an amount like 100.00 in hundredths."""
    return int(str(said).replace(".", ""))


def _owed(state: Consumer, limits: Mapping[str, str]) -> bool:
    """Sums of different currencies cannot be added: the largest counts."""
    sums: dict[str, int] = {}
    for account in state.open_accounts():
        sums[account.currency] = sums.get(account.currency, 0) + account.owed
    return _within(limits, max(sums.values(), default=0))


def _accounts(state: Consumer, limits: Mapping[str, int]) -> bool:
    return _within(limits, len(state.open_accounts()))


def _language(state: Consumer, languages: list[str]) -> bool:
    return language_of(state) in languages


def _consent(state: Consumer, wanted: bool) -> bool:
    return any(p.consent == Consent.GIVEN and not p.bad for p in state.phones) is wanted


def _charged_off(state: Consumer, wanted: bool) -> bool:
    return any(a.charged_off for a in state.open_accounts()) is wanted


def _segment(state: Consumer, wanted: list[str]) -> bool:
    return not set(wanted).isdisjoint(state.segments)


def _promise(state: Consumer, wanted: list[str]) -> bool:
    """Of several promises the last counts."""
    last = next((a.state for a in reversed(state.arrangements) if a.state != Promise.REPLACED), None)
    return ("none" if last is None else Promise(last).name.lower()) in wanted


def _marked(state: Consumer, names: list[str]) -> bool:
    return set(names) <= set(state.marks)


def _unmarked(state: Consumer, names: list[str]) -> bool:
    return set(names).isdisjoint(state.marks)


def _contacts(state: Consumer) -> list[Contact]:
    return state.contacts_since(state.entered)


def _paid(state: Consumer, wanted: bool) -> bool:
    entered = state.entered
    return any(p.at >= entered for a in state.accounts for p in a.payments) is wanted


def _replied(state: Consumer, wanted: bool) -> bool:
    return (state.replied_at >= max(1, state.entered)) is wanted


def _sent(state: Consumer, limits: Mapping[str, int]) -> bool:
    return _within(limits, sum(c.progress in SENT for c in _contacts(state)))


def _delivered(state: Consumer, wanted: bool) -> bool:
    return any(c.progress == Progress.DELIVERED for c in _contacts(state)[-1:]) is wanted


_QUESTIONS: Mapping[str, Callable[[Consumer, Any], bool]] = {
    "owed": _owed,
    "accounts": _accounts,
    "language": _language,
    "consent": _consent,
    "charged_off": _charged_off,
    "segment": _segment,
    "promise": _promise,
    "marked": _marked,
    "unmarked": _unmarked,
    "paid": _paid,
    "replied": _replied,
    "sent": _sent,
    "delivered": _delivered,
}

LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "owed": ("accounts", "arrangements"),
    "accounts": ("accounts", "arrangements"),
    "language": ("language",),
    "consent": ("phones",),
    "charged_off": ("accounts", "arrangements"),
    "promise": ("arrangements",),
    "marked": ("marks",),
    "unmarked": ("marks",),
    "paid": ("accounts", "entered"),
    "replied": ("replied_at", "entered"),
    "sent": ("contacts", "place"),
    "delivered": ("contacts", "place"),
}
"""Of what in the record the answer to each question depends, but for `segment`, which is an answer itself."""
