"""What a consumer said, as far as it moves a conversation: refusals, disputes, preferences, and all of it in brief."""

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.events import (
    Channel,
    FactKind,
    FactLearned,
    OptedIn,
    OptedOut,
    OptOutScope,
    PreferenceStated,
    ReplyIntent,
    ReplyReceived,
)
from services.orchestrator.core.codes import FLAGS, LINES, Flag, Line, Said, seconds, time_of_day
from services.orchestrator.core.state import (
    MOST_STATEMENTS,
    Consumer,
    Dispute,
    Phone,
    Preference,
    Refusal,
    Statement,
    hash_of,
)

_NOTHING_SAID = Refusal("", "")
_NOTHING_PREFERRED = Preference()
EVERY_DEBT = 0


def noted(state: Consumer, at: int, what: Said, channel: str = "") -> Consumer:
    """The record with a statement among the last of them; to hear it again, or an older one, changes nothing."""
    said = Statement(at, int(what), channel)
    if said in state.statements:
        return state
    newest = sorted((*state.statements, said), key=lambda s: (s.at, s.what, s.channel))[-MOST_STATEMENTS:]
    return replace(state, statements=tuple(newest)) if said in newest else state


def refused(state: Consumer, channel: str, address_id: str = "") -> bool:
    """Whether the consumer refuses a medium or, in it, an address: an opt-out in the second of an opt-in stands."""
    if not state.refusals:
        return False
    known = {(r.channel, r.address_id): r for r in state.refusals}
    everything, medium, address = (
        known.get(key, _NOTHING_SAID) for key in (("", ""), (channel, ""), (channel, address_id))
    )
    return (
        0 < everything.out >= medium.back
        or 0 < medium.out >= max(medium.back, address.back)
        or 0 < address.out >= max(medium.back, address.back)
    )


def opted_out(state: Consumer, event: OptedOut) -> Consumer:
    """Remember a refusal."""
    channel, address_id, at = event.channel._value_, event.address_id or "", seconds(event.stated_at)
    if event.scope not in (OptOutScope.ADDRESS, OptOutScope.MEDIUM) or event.channel is Channel.UNKNOWN:
        channel = address_id = ""
    elif event.scope is OptOutScope.MEDIUM:
        address_id = ""
    return noted(_said(state, channel, address_id, out=at), at, Said.OPT_OUT, channel)


def opted_in(state: Consumer, event: OptedIn) -> Consumer:
    """Remember that a refusal was taken back."""
    # What the consumer says of a time that is still to come would undo a later opt-out.
    back = seconds(min(event.stated_at, event.meta.occurred_at))
    channel = event.channel._value_
    return noted(_said(state, channel, event.address_id or "", back=back), back, Said.OPT_IN, channel)


def _said(state: Consumer, channel: str, address_id: str, *, out: int = 0, back: int = 0) -> Consumer:
    known = next((r for r in state.refusals if (r.channel, r.address_id) == (channel, address_id)), None)
    if known is None:
        return replace(state, refusals=(*state.refusals, Refusal(channel, address_id, out, back)))
    said = Refusal(channel, address_id, max(known.out, out), max(known.back, back))
    if said == known:
        return state
    return replace(state, refusals=tuple(said if r is known else r for r in state.refusals))


def replied(state: Consumer, event: ReplyReceived) -> Consumer:
    """Remember that the consumer wrote, and the message that can be answered."""
    at, channel = seconds(event.received_at), event.channel._value_
    if event.intent is ReplyIntent.WRONG_PERSON:
        return state  # a stranger wrote; what follows for the address is said by events of its own
    if event.intent is ReplyIntent.OPT_OUT:
        state = _said(state, "" if event.channel is Channel.UNKNOWN else channel, "", out=at)
    state = noted(state, at, Said.HELP if event.intent is ReplyIntent.HELP else Said.REPLY, channel)
    if at <= state.replied_at:
        return state
    return replace(state, replied_at=at, reply_id=event.meta.event_id, reply_address=event.address_id)


def learned(state: Consumer, event: FactLearned) -> Consumer:
    """Remember a restriction. It stays, whatever is said later, but for a dispute, which can be answered."""
    if event.fact in (FactKind.DISPUTED, FactKind.DISPUTE_ANSWERED):
        return _disputed(state, event)
    if event.fact in (FactKind.LINE_TYPE, FactKind.NUMBER_CHECKED):
        return _looked_up(state, event)
    flag = FLAGS.get(event.fact._value_.lower().replace("_", "-"), 0)
    over = event.until_at is not None and event.until_at <= event.meta.occurred_at
    if not event.holds or over or not flag:
        return state
    if state.restrictions & flag == 0:
        state = replace(state, restrictions=state.restrictions | flag)
    return noted(state, seconds(event.from_at), Said.RESTRICTION)


def _looked_up(state: Consumer, event: FactLearned) -> Consumer:
    """Remember what a number was found to be. A landline is one, whatever a client says; what is nobody's, or somebody
    else's by now, reaches nobody."""
    bad = event.detail in ("invalid", "reassigned")
    line = LINES.get(event.detail, Line.UNKNOWN)

    def told(phone: Phone) -> Phone:
        if not event.holds or phone.address_id != event.address_id:
            return phone
        known = line if line is Line.LANDLINE else phone.line or line
        return replace(phone, line=int(known), bad=phone.bad or bad)

    phones = tuple(told(phone) for phone in state.phones)
    return state if phones == state.phones else replace(state, phones=phones)


def _disputed(state: Consumer, event: FactLearned) -> Consumer:
    """Remember a dispute, or its answer: to say that it is no longer so is an answer too."""
    at = seconds(event.from_at)
    opens = event.fact is FactKind.DISPUTED and event.holds
    if event.fact is FactKind.DISPUTE_ANSWERED and not event.holds:
        return state
    if opens and event.until_at is not None and event.until_at <= event.meta.occurred_at:
        return state
    state = with_disputes(state, event.debt_ids, at, opens=opens)
    return noted(state, at, Said.DISPUTE if opens else Said.DISPUTE_ANSWERED)


def with_disputes(state: Consumer, debt_ids: Iterable[str], at: int, *, opens: bool) -> Consumer:
    """The record after debts were disputed, or disputes answered, all of them if no debt is named."""
    disputes = {d.debt: d for d in state.disputes}
    for debt in [hash_of(debt_id) for debt_id in debt_ids] or [EVERY_DEBT]:
        known = disputes.get(debt, Dispute(debt))
        said, answered = (at, 0) if opens else (0, at)
        disputes[debt] = Dispute(debt, max(known.said, said), max(known.answered, answered))
    known_now = tuple(disputes.values())
    if known_now == state.disputes:
        return state
    answered = disputes.get(EVERY_DEBT, Dispute(EVERY_DEBT)).answered
    open_ = any(0 < d.said >= max(d.answered, answered) for d in known_now)
    bit = int(Flag.DISPUTED)
    restrictions = state.restrictions | bit if open_ else state.restrictions & ~bit
    return replace(state, disputes=known_now, restrictions=restrictions)


def preferred(state: Consumer, event: PreferenceStated) -> Consumer:
    """Remember how the consumer would rather be contacted; of each part the last word counts."""
    at, known = seconds(event.stated_at), state.preference or _NOTHING_PREFERRED
    wish = known
    if event.channel is not Channel.UNKNOWN and at > known.channel_at:
        wish = replace(wish, channel=event.channel._value_, channel_at=at)
    if event.language and at > known.language_at:
        wish = replace(wish, language=event.language, language_at=at)
    hours = _hours(event.opens, event.closes)
    if hours is not None and at > known.hours_at:
        wish = replace(wish, opens=hours[0], closes=hours[1], hours_at=at)
    if wish != known:
        state = replace(state, preference=wish, language=wish.language or state.language)
    return noted(state, at, Said.PREFERENCE, "" if event.channel is Channel.UNKNOWN else event.channel._value_)


def _hours(opens: str | None, closes: str | None) -> tuple[int, int] | None:
    try:
        hours = time_of_day(opens or ""), time_of_day(closes or "")
    except ValueError:
        return None
    return hours if 0 <= hours[0] < hours[1] <= 24 * 3600 else None
