"""What an event brings about that strategies can be entered on, or go on from; told by how the record changed."""

from contracts.events import AccountPlaced, Channel, Event, ReplyIntent, ReplyReceived
from services.orchestrator.core.codes import Promise
from services.orchestrator.core.money import account_of
from services.orchestrator.core.state import Consumer

PLACED, RECALLED, REPLY, HELP = "account-placed", "recalled", "reply", "help"
SETTLED, FAILED, REVERSED = "payment-settled", "payment-failed", "payment-reversed"
AGREED, KEPT, BROKEN = "arrangement-agreed", "arrangement-kept", "arrangement-broken"
UNSURE, LINK = "reply-unsure", "link-asked"
SAYS = {
    ReplyIntent.COMPLAINT: "reply-complaint",
    ReplyIntent.HARDSHIP: "reply-hardship",
    ReplyIntent.PROMISE: "reply-promise",
    ReplyIntent.PAID_ALREADY: "reply-paid-already",
    ReplyIntent.QUESTION: "reply-question",
    ReplyIntent.HELP: HELP,
}
"""What a reply may ask for; each is a reply too."""
_PROMISES = {Promise.OPEN: AGREED, Promise.KEPT: KEPT, Promise.BROKEN: BROKEN}


def triggers(before: Consumer, after: Consumer, event: Event) -> list[str]:
    """All that happened, the more particular first."""
    if after is before:
        return []
    found: list[str] = []
    if after.arrangements is not before.arrangements:
        found += _promises(before, after)
    if after.accounts is not before.accounts:
        found += _money(before, after, event)
    if after.failed_at != before.failed_at:
        found.append(FAILED)
    if after.replied_at != before.replied_at and isinstance(event, ReplyReceived):
        found += _says(event)
    return found


def _says(event: ReplyReceived) -> list[str]:
    """An opt-out is no reply, and what a stranger writes is none of the consumer's."""
    if event.intent in (ReplyIntent.OPT_OUT, ReplyIntent.WRONG_PERSON):
        return []
    asked = [SAYS[i] for i in (event.intent, *event.also) if i in SAYS]
    asked += [] if event.answer_on is Channel.UNKNOWN else [LINK]
    return ([] if event.certain else [UNSURE]) + asked + [REPLY]


def _promises(before: Consumer, after: Consumer) -> list[str]:
    stood = {a.arrangement_id: a.state for a in before.arrangements}
    moved = [Promise(a.state) for a in after.arrangements if stood.get(a.arrangement_id) != a.state]
    return [_PROMISES[promise] for promise in moved if promise in _PROMISES]


def _money(before: Consumer, after: Consumer, event: Event) -> list[str]:
    was, now = before.payments(), after.payments()
    found = [SETTLED] if now - was else []
    found += [REVERSED] if was - now else []
    recalled = {a.debt_id for a in before.accounts if a.recalled}
    found += [RECALLED] if any(a.recalled and a.debt_id not in recalled for a in after.accounts) else []
    return found + ([PLACED] if isinstance(event, AccountPlaced) and _begins(before, after, event) else [])


def _begins(before: Consumer, after: Consumer, event: AccountPlaced) -> bool:
    """Whether a placement can begin a conversation: what would have ended it must not have come before."""
    account = account_of(after, event.debt_id)
    if account is None or account == account_of(before, event.debt_id) or account.owed == 0:
        return False
    paid_at = max((p.at for a in after.accounts for p in a.payments), default=0)
    return max(paid_at, after.replied_at) < account.placed_at
