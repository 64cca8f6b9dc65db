"""The consumer's record as others see it: published when it shows something new, and no contact is under way."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from contracts.events import (
    ArrangementKind,
    ArrangementState,
    Channel,
    ConsumerProfileChanged,
    ExperimentArm,
    Instalment,
    Meta,
    ProfileAccount,
    ProfileAddress,
    ProfileArrangement,
    ProfileContact,
    ProfilePlace,
    ProfileStatement,
)
from contracts.ids import DebtId
from services.orchestrator.core.codes import Consent, Flag, Progress, Promise, Reason, Said, Verdict, instant, word
from services.orchestrator.core.money import date_of
from services.orchestrator.core.state import Account, Arrangement, Consumer, Contact, Place, Statement
from services.orchestrator.core.statements import refused
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.core.turn import Turn

_CHANNELS = {channel.value: channel for channel in Channel}
_PROMISES = {
    Promise.OPEN: ArrangementState.OPEN,
    Promise.KEPT: ArrangementState.KEPT,
    Promise.BROKEN: ArrangementState.BROKEN,
    Promise.REPLACED: ArrangementState.REPLACED,
}
_CONSENTS = {int(consent): word(consent) for consent in Consent}
_VERDICTS = {int(verdict): word(verdict) for verdict in Verdict}
_PROGRESS = {int(progress): word(progress) for progress in Progress}
_SAID = {int(said): word(said) for said in Said}
_REASONS = {int(reason): word(reason) for reason in Reason}


def tell(turn: Turn, before: Consumer, strategies: Strategies) -> None:
    """Publish the record, if it shows something new."""
    after = turn.state
    if after is not before and shows_more(before, after):
        meta = turn.following(turn.event.meta.event_id, "profile")
        turn.says(profile(after, meta, strategies))


def shows_more(before: Consumer, after: Consumer) -> bool:
    """Whether a profile made now would say something else than the last one; what a contact passes through is left
    out until it is known what became of it."""
    if (
        (before.accounts is not after.accounts and _differ(before.accounts, after.accounts))
        or before.statements is not after.statements
        or before.phones is not after.phones
        or before.inboxes is not after.inboxes
        or before.zones is not after.zones
        or before.refusals is not after.refusals
        or before.arrangements is not after.arrangements
        or before.preference is not after.preference
        or before.interrupted is not after.interrupted
        or before.restrictions != after.restrictions
        or before.risk != after.risk
        or before.first_name != after.first_name
        or before.language != after.language
        or before.segments != after.segments
    ):
        return True
    was, now = before.place, after.place
    if was is not now and (was is None or now is None or _stand(was) != _stand(now)):
        return True
    calm = now is None or not now.contact or now.reason != Reason.RUNNING
    return calm and (before.contacts is not after.contacts or (was is not None and was.contact != 0))


def _differ(before: Sequence[Account], after: Sequence[Account]) -> bool:
    """Whether accounts would be shown otherwise; that a balance was told again is nothing new."""
    return len(before) != len(after) or any(
        was is not now and (was.payments is not now.payments or _shown(was) != _shown(now))
        for was, now in zip(before, after, strict=True)
    )


def _shown(account: Account) -> tuple[object, ...]:
    about = account.debt_id, account.creditor, account.last4, account.currency
    return *about, account.owed, account.due_on, account.recalled, account.sequence > 0


def _stand(place: Place) -> tuple[str, int, int, int, int]:
    return place.strategy, place.step, place.reason, place.paused, place.number


def profile(state: Consumer, meta: Meta, strategies: Strategies) -> ConsumerProfileChanged:
    """The record, as it is now."""
    wish, settled = state.preference, state.settled() if state.arrangements else set()
    due = [t.due for t in state.due()]
    return ConsumerProfileChanged(
        meta=meta,
        first_name=state.first_name,
        language=state.language,
        zones=state.zones,
        accounts=tuple([_account(a, settled) for a in state.accounts]),
        addresses=tuple(_addresses(state)),
        restrictions=tuple(word(flag) for flag in Flag if state.restrictions & flag) if state.restrictions else (),
        refused=_refused(state) if state.refusals else (),
        preferred_channel=Channel.UNKNOWN if wish is None else _CHANNELS.get(wish.channel, Channel.UNKNOWN),
        preferred_hours="" if wish is None or not wish.hours_at else f"{_clock(wish.opens)}-{_clock(wish.closes)}",
        risk=None if state.risk < 0 else state.risk,
        arrangements=tuple(map(_arrangement, state.arrangements)) if state.arrangements else (),
        place=None if state.place is None else _place(state.place, strategies),
        interrupted=tuple([_place(p, strategies) for p in state.interrupted]) if state.interrupted else (),
        next_at=instant(min(due)) if due else None,
        contacts=tuple([_contact(c, state, strategies) for c in state.contacts]),
        contacts_before=state.earlier,
        statements=tuple([_statement(s) for s in state.statements]) if state.statements else (),
        replied_at=_at(state.replied_at),
        segments=state.segments,
    )


@lru_cache(maxsize=16_384)
def _money(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def _at(at: int) -> datetime | None:
    return instant(at) if at else None


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def _account(account: Account, settled: set[DebtId]) -> ProfileAccount:
    paid_at = max((p.at for p in account.payments if not p.back), default=0) if account.payments else 0
    owed = account.owed
    if account.recalled:
        standing = "recalled"
    elif account.debt_id in settled:
        standing = "settled"
    else:
        standing = "open" if owed or not account.sequence else "paid"
    return ProfileAccount(
        account.debt_id,
        account.creditor,
        account.last4,
        _money(owed),
        account.currency,
        date_of(account.due_on) if account.due_on else None,
        standing,
        _at(paid_at),
    )


def _statement(statement: Statement) -> ProfileStatement:
    channel = _CHANNELS.get(statement.channel, Channel.UNKNOWN)
    return ProfileStatement(instant(statement.at), _SAID[statement.what], channel)


def _addresses(state: Consumer) -> Iterable[ProfileAddress]:
    for phone in state.phones:
        no = bool(state.refusals) and refused(state, "SMS", phone.address_id)
        yield ProfileAddress(phone.address_id, Channel.SMS, _CONSENTS[phone.consent], not phone.bad, no)
    for inbox in state.inboxes:
        no = bool(state.refusals) and refused(state, inbox.channel, inbox.address_id)
        yield ProfileAddress(inbox.address_id, _CHANNELS[inbox.channel], "unknown", not inbox.bad, no)


def _refused(state: Consumer) -> tuple[Channel, ...]:
    if refused(state, ""):
        return (Channel.UNKNOWN,)
    return tuple(c for c in Channel if c is not Channel.UNKNOWN and refused(state, c.value))


def _arrangement(arrangement: Arrangement) -> ProfileArrangement:
    return ProfileArrangement(
        arrangement.arrangement_id,
        ArrangementKind(arrangement.kind),
        _PROMISES[Promise(arrangement.state)],
        arrangement.debts,
        tuple(Instalment(date_of(i.due_on), _money(i.amount)) for i in arrangement.instalments),
        arrangement.met,
    )


def _place(place: Place, strategies: Strategies) -> ProfilePlace:
    return ProfilePlace(
        place.strategy,
        _step(strategies, place, place.step),
        instant(place.entered),
        "paused" if place.paused and place.reason == Reason.RUNNING else _REASONS[place.reason],
        tuple([ExperimentArm(a.experiment, a.name, a.propensity) for a in place.arms]) if place.arms else (),
    )


def _step(strategies: Strategies, place: Place, step: int) -> str:
    strategy = strategies.every.get(place.strategy)
    return strategy.steps[step].id if strategy is not None and 0 <= step < len(strategy.steps) else ""


def _contact(contact: Contact, state: Consumer, strategies: Strategies) -> ProfileContact:
    place = state.place
    if place is None or place.number != contact.of:
        place = next((p for p in state.interrupted if p.number == contact.of), None)
    return ProfileContact(
        instant(contact.at),
        _CHANNELS.get(contact.channel, Channel.UNKNOWN),
        "" if place is None else place.strategy,
        "" if place is None else _step(strategies, place, contact.step),
        "withdrawn" if contact.withdrawn and contact.progress == Progress.NONE else _VERDICTS[contact.verdict],
        _PROGRESS[contact.progress],
    )
