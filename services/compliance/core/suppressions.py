"""What channels look at last, just before they send: addresses that became barred, or free again.

A message may be approved and not yet sent when the consumer says stop. Only rules that depend on nothing but what was
said take part, so that a suppression never depends on the clock.
"""

from collections.abc import Mapping
from datetime import datetime

from contracts.events import Channel, Event, FindingResult, OptedIn, OptedOut, SuppressionChanged
from contracts.ids import AddressId, RuleId
from services.compliance.core.approvals import CARRIERS, Carrier
from services.compliance.core.codes import CHANNELS, seconds
from services.compliance.core.decide import ask_of, outcome_meta
from services.compliance.core.rules.rule import Rule, RuleSet
from services.compliance.core.state import ConsumerState

Barred = dict[tuple[str, str], RuleId]
"""The rule that bars, by channel and address."""


def barred(state: ConsumerState, rules: RuleSet, at: int, carriers: Mapping[str, Carrier] = CARRIERS) -> Barred:
    """Every address that may not be contacted at all, on every channel that has a service."""
    found: Barred = {}
    if not (state.opt_outs or state.facts):
        return found
    standing = [rule for rule in rules.in_force(at) if rule.standing]
    for name, carrier in carriers.items():
        channel = CHANNELS[name]
        for address_id in state.addresses:
            if not address_id.startswith(carrier.addresses):
                continue
            ask = ask_of(state, channel, AddressId(address_id), at)
            for rule in standing:
                if (
                    rule.binds & channel
                    and protects(rule, state)
                    and rule.judge(ask, at).result is FindingResult.VETOED
                ):
                    found[name, address_id] = rule.id
                    break
    return found


def protects(rule: Rule, state: ConsumerState) -> bool:
    """Whether a rule is in force where the consumer lives, or may live."""
    return not rule.place or not state.places or rule.place in state.places


def changes(
    before: ConsumerState, after: ConsumerState, event: Event, rules: RuleSet, now: datetime
) -> tuple[SuppressionChanged, ...]:
    """What channels must hear because of an event."""
    at = seconds(now)
    was, is_now = barred(before, rules, at), barred(after, rules, at)
    if was.keys() == is_now.keys():
        return ()
    since = event.stated_at if isinstance(event, OptedOut | OptedIn) else event.meta.occurred_at
    return tuple(
        SuppressionChanged(
            outcome_meta(event.meta, f"suppression/{channel}/{address_id}", now),
            Channel[channel],
            AddressId(address_id),
            (channel, address_id) in is_now,
            since,
            is_now.get((channel, address_id)) or was[channel, address_id],
        )
        for channel, address_id in sorted(was.keys() ^ is_now.keys())
    )
