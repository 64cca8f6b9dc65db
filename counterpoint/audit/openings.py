"""When the next contact could lawfully go out, by channel and address: asked of the gate's own core, never guessed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from contracts.events import Channel, ContactApproved, ContactDeferred, ContactRequested, Finding, Meta, Purpose
from contracts.ids import AddressId, ConsumerId, ContactId, DebtId, EventId, RuleId
from services.compliance.core.approvals import CARRIERS
from services.compliance.core.decide import Circumstances, Verdict, decide, in_full
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import ConsumerState

FAR = timedelta(days=400)
CHANNELS = tuple(channel for channel in Channel if channel is not Channel.UNKNOWN)


class Opening(Struct, frozen=True):
    """When a contact may go out by one channel to one address, about some debts.

    `answer` is now (until `until`), later (from `at` on), never (as things stand), no-address or no-service. `rule`
    and `reason` are those of the finding that decides.
    """

    channel: Channel
    address_id: AddressId | None
    debt_ids: tuple[DebtId, ...]
    answer: str
    at: datetime | None = None
    until: datetime | None = None
    rule: RuleId | None = None
    reason: str = ""
    findings: tuple[Finding, ...] = ()


def openings(
    state: ConsumerState, debt_ids: Sequence[DebtId], rules: RuleSet, given: Circumstances, consumer_id: ConsumerId
) -> Iterator[Opening]:
    """One for each channel and address; outreach about these debts, or all that are known if none is named."""
    debts = tuple(debt_ids)
    for channel in CHANNELS:
        carrier = CARRIERS.get(channel.value)
        if carrier is None:
            yield Opening(channel, None, debts, "no-service")
            continue
        addresses = [AddressId(a) for a in state.addresses if a.startswith(carrier.addresses)]
        if not addresses:
            yield Opening(channel, None, debts, "no-address")
        for address_id in addresses:
            request = _request(consumer_id, channel, address_id, debts, given.now)
            yield _opening(request, decide(state, request, rules, given), rules)


def _request(
    consumer_id: ConsumerId, channel: Channel, address_id: AddressId, debt_ids: tuple[DebtId, ...], now: datetime
) -> ContactRequested:
    nobody = EventId("")
    meta = Meta(nobody, now, consumer_id, nobody, None, "counterpoint", "")
    return ContactRequested(
        meta, ContactId(""), channel, address_id, debt_ids, Purpose.OUTREACH, "", "", {}, now + FAR, "", ""
    )


def _opening(request: ContactRequested, verdict: Verdict, rules: RuleSet) -> Opening:
    known = (request.channel, request.address_id, request.debt_ids)
    findings = in_full(verdict, rules.standard)
    if isinstance(verdict, ContactApproved):
        until = verdict.expires_at if verdict.expires_at < request.not_after else None
        return Opening(*known, "now", until=until, findings=findings)
    rule = verdict.deciding_rule
    reason = next((f.reason for f in verdict.findings if f.rule_id == rule), "")
    if isinstance(verdict, ContactDeferred):
        return Opening(*known, "later", at=verdict.earliest_at, rule=rule, reason=reason, findings=findings)
    return Opening(*known, "never", rule=rule, reason=reason, findings=findings)
