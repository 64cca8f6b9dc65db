"""Rewards: what a choice was made for happens in time, and the record of the choice is told."""

from msgspec.structs import replace

from contracts.events import ChoiceRewarded, Event, PaymentSettled, ReplyIntent, ReplyReceived
from contracts.ids import ConsumerId
from services.orchestrator.core.choice.lessons import PREFIX
from services.orchestrator.core.codes import instant, seconds
from services.orchestrator.core.state import Chosen, Consumer
from services.orchestrator.core.turn import Turn

REPLY, PAYMENT = "reply", "payment"
KINDS = {REPLY: 1, PAYMENT: 2}
"""What may be a reward, each a bit: any message but an opt-out; any payment."""


def reward(turn: Turn, before: Consumer) -> None:
    """Tell of every choice for which the event is the first reward in time; nothing for one that was known before."""
    if not turn.state.chosen or turn.state is before:
        return
    what, at = _what_happened(turn.event, before, turn.state)
    if not what:
        return
    for chosen in turn.state.chosen:
        if not chosen.rewarded and chosen.rewards & KINDS[what] and chosen.at <= at < chosen.until:
            turn.noted_choice(replace(chosen, rewarded=True))
            turn.says(_rewarded(turn, chosen, what))


def _what_happened(event: Event, before: Consumer, after: Consumer) -> tuple[str, int]:
    if isinstance(event, ReplyReceived):
        fits = event.intent is not ReplyIntent.OPT_OUT and after.replied_at != before.replied_at
        return REPLY if fits else "", seconds(event.received_at)
    if isinstance(event, PaymentSettled):
        return PAYMENT if after.payments() != before.payments() else "", seconds(event.settled_at)
    return "", 0


def _rewarded(turn: Turn, chosen: Chosen, what: str) -> ChoiceRewarded:
    meta = turn.following(f"{chosen.choice}/{turn.consumer_id}/{chosen.number}", "rewarded")
    return ChoiceRewarded(
        meta=replace(meta, consumer_id=ConsumerId(f"{PREFIX}{chosen.choice}")),
        choice_id=chosen.choice,
        for_consumer_id=turn.consumer_id,
        sequence=chosen.number,
        bucket=chosen.bucket,
        option=chosen.option,
        made_at=instant(chosen.at),
        what=what,
    )
