"""What is owed, what was promised and what was paid: the same facts give the same, in whatever order they come."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from contracts.events import (
    AccountPlaced,
    AccountRecalled,
    AccountUpdated,
    ArrangementAgreed,
    ArrangementBroken,
    PaymentFailed,
    PaymentReversed,
    PaymentSettled,
)
from services.orchestrator.core.codes import Promise, Said, seconds
from services.orchestrator.core.state import (
    MOST_ARRANGEMENTS,
    MOST_PAYMENTS,
    Account,
    Arrangement,
    Consumer,
    Instalment,
    Payment,
    hash_of,
)
from services.orchestrator.core.statements import noted

MOST_INSTALMENTS = 60
MOST_GRACE = 60
_FIRST_DAY = date(1970, 1, 1).toordinal()


def hundredths(amount: Decimal) -> int:
    """Money as it is remembered."""
    return int(amount.scaleb(2))


def day_of(day: date) -> int:
    """A date as it is remembered: days since 1970."""
    return max(1, day.toordinal() - _FIRST_DAY)


def date_of(day: int) -> date:
    """The date again."""
    return date.fromordinal(_FIRST_DAY + day)


def account_of(state: Consumer, debt_id: str) -> Account | None:
    """The account of a debt, if anything is known of it."""
    return next((a for a in state.accounts if a.debt_id == debt_id), None)


def with_account(state: Consumer, account: Account) -> Consumer:
    """The record with an account as it is now, and arrangements as they stand by it."""
    if account_of(state, account.debt_id) is None:
        state = replace(state, accounts=(*state.accounts, account))
    else:
        accounts = tuple(account if a.debt_id == account.debt_id else a for a in state.accounts)
        state = replace(state, accounts=accounts)
    return reckoned(state) if state.arrangements else state


def placed(state: Consumer, event: AccountPlaced) -> Account | None:
    """The account as a placement says; None if a later placement has said it already."""
    known = account_of(state, event.debt_id)
    if known is not None and known.sequence >= max(1, event.placement_sequence):
        return None
    at, balance = seconds(event.meta.occurred_at), hundredths(event.balance)
    before, said = known or Account(event.debt_id), event.itemization
    return replace(
        before,
        creditor=event.current_creditor,
        last4=event.account_last4,
        balance=before.balance if before.balance_at > at else balance,
        currency=event.currency,
        placed_at=at,
        sequence=max(1, event.placement_sequence),
        charged_off=event.charged_off_on is not None,
        original="" if event.original_creditor == event.current_creditor else event.original_creditor,
        itemized=(
            day_of(said.reference_date),
            hundredths(said.amount),
            hundredths(said.interest_since),
            hundredths(said.fees_since),
        ),
    )


def updated(state: Consumer, event: AccountUpdated) -> Consumer:
    """What a client says of the balance and its date; of two the one that was so later counts."""
    known = account_of(state, event.debt_id) or Account(event.debt_id, currency=event.currency)
    at = seconds(event.as_of_at)
    if at <= known.known_at:
        return state
    account = known if event.due_on is None else replace(known, due_on=day_of(event.due_on))
    if event.balance is not None and event.currency == (known.currency or event.currency):
        account = replace(account, balance=max(0, hundredths(event.balance)), balance_at=at)
    return state if account == known else with_account(state, account)


def recalled(state: Consumer, event: AccountRecalled) -> Consumer:
    """The account is the client's again; only a placement after that brings it back."""
    known = account_of(state, event.debt_id) or Account(event.debt_id)
    at = seconds(event.recalled_at)
    return state if known.recalled_at >= at else with_account(state, replace(known, recalled_at=at))


def paid(state: Consumer, event: PaymentSettled) -> Consumer:
    """Money arrived, unless it is known already, or was taken back."""
    account = account_of(state, event.debt_id) or Account(event.debt_id)
    key = hash_of(event.payment_id)
    if any(p.key == key for p in account.payments):
        return state
    counts = account.currency in ("", event.currency)
    amount = max(0, hundredths(event.amount)) if counts else 0
    return _with_payment(state, account, Payment(key, seconds(event.settled_at), amount))


def reversed_(state: Consumer, event: PaymentReversed) -> Consumer:
    """Money was taken back; if we have not heard yet that it arrived, it never counts."""
    account = account_of(state, event.debt_id) or Account(event.debt_id)
    key = hash_of(event.payment_id)
    known = next((p for p in account.payments if p.key == key), None)
    void = Payment(key, seconds(event.reversed_at), 0, back=True)
    if known is None:
        return _with_payment(state, account, void)
    if known.back:
        return state
    payments = tuple(void if p is known else p for p in account.payments)
    return with_account(state, replace(account, payments=payments))


def _with_payment(state: Consumer, account: Account, payment: Payment) -> Consumer:
    balance, payments = account.balance, (*account.payments, payment)
    if len(payments) > MOST_PAYMENTS:
        oldest, *rest = payments
        balance -= oldest.amount if oldest.at >= account.known_at else 0
        payments = tuple(rest)
    return with_account(state, replace(account, balance=balance, payments=payments))


def failed(state: Consumer, event: PaymentFailed) -> Consumer:
    """Money did not come that was expected."""
    at = seconds(event.failed_at)
    state = noted(state, at, Said.PAYMENT_FAILED)
    return state if at <= state.failed_at else replace(state, failed_at=at)


def agreed(state: Consumer, event: ArrangementAgreed) -> Consumer:
    """An arrangement, once; what cannot be kept or broken, for want of debts or instalments, is none."""
    known = {a.arrangement_id for a in state.arrangements}
    parts = sorted((day_of(i.due_on), max(0, hundredths(i.amount))) for i in event.instalments)[:MOST_INSTALMENTS]
    if event.arrangement_id in known or not parts or not event.debt_ids:
        return state
    arrangement = Arrangement(
        event.arrangement_id,
        event.kind._value_,
        event.debt_ids,
        event.currency,
        seconds(event.agreed_at),
        max(0, min(event.grace_days, MOST_GRACE)),
        tuple(Instalment(due_on, amount) for due_on, amount in parts),
    )
    newest = sorted((*state.arrangements, arrangement), key=lambda a: (a.agreed_at, a.arrangement_id))
    return reckoned(replace(state, arrangements=tuple(newest[-MOST_ARRANGEMENTS:])))


def broken(state: Consumer, event: ArrangementBroken) -> Consumer:
    """An arrangement was broken; one that was kept, or replaced, before we heard that stays as it was."""
    return with_promise(state, event.arrangement_id, Promise.BROKEN)


def with_promise(state: Consumer, arrangement_id: str, promise: Promise) -> Consumer:
    """The record after an open arrangement has come to its end."""
    found = [a for a in state.arrangements if a.arrangement_id == arrangement_id and a.state == Promise.OPEN]
    if not found:
        return state
    arrangements = (replace(a, state=int(promise)) if a in found else a for a in state.arrangements)
    return replace(state, arrangements=tuple(arrangements))


def reckoned(state: Consumer) -> Consumer:
    """Every arrangement as it stands by the payments that are known; what was broken stays so."""
    arrangements = tuple(_reckoned(state, a, state.arrangements[n + 1 :]) for n, a in enumerate(state.arrangements))
    return state if arrangements == state.arrangements else replace(state, arrangements=arrangements)


def _reckoned(state: Consumer, arrangement: Arrangement, later: Iterable[Arrangement]) -> Arrangement:
    left, met = paid_on(state, arrangement), 0
    for instalment in arrangement.instalments:
        left -= instalment.amount
        if left < 0:
            break
        met += 1
    if arrangement.state == Promise.BROKEN:
        return replace(arrangement, met=met)
    if met == len(arrangement.instalments):
        promise = Promise.KEPT
    else:
        replaced = any(set(other.debts) & set(arrangement.debts) for other in later)
        promise = Promise.REPLACED if replaced else Promise.OPEN
    return replace(arrangement, met=met, state=int(promise))


def paid_on(state: Consumer, arrangement: Arrangement) -> int:
    """What was paid on the debts of an arrangement since it was agreed."""
    return sum(
        p.amount
        for a in state.accounts
        if a.debt_id in arrangement.debts
        for p in a.payments
        if p.at >= arrangement.agreed_at and not p.back
    )
