"""Everything there is to say about one decision, gathered from the log."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chassis.failures import Halted
from chassis.service import Position
from contracts.events import (
    AsOf,
    Channel,
    ContactApproved,
    ContactDeferred,
    Finding,
    FindingResult,
    Purpose,
)
from contracts.ids import AddressId, ConsumerId, ContactId, DebtId, RuleId
from counterpoint.audit.decisions import VERDICTS, Decision, Walk
from counterpoint.audit.gates import Gates
from counterpoint.audit.history import History, whole
from counterpoint.audit.openings import Opening, openings
from counterpoint.audit.packs import Packs
from counterpoint.audit.tally import is_same
from counterpoint.audit.what_if import answer, decided_by
from services.compliance.core.codes import seconds
from services.compliance.core.decide import Circumstances
from services.compliance.core.rules.ask import zones_at
from services.compliance.core.state import ConsumerState
from services.compliance.core.zones import zone_name


class Where(Struct, frozen=True):
    """The zones in which a consumer may be; `known` is false if nothing tells and all of them must count."""

    zones: tuple[str, ...]
    known: bool


class Explanation(Struct, frozen=True):
    """A decision with its grounds; `again` says how it came out when it was made anew from the log.

    `titles` gives each rule's demand in a sentence. `openings` are asked for at `asked_at`: the moment of the decision,
    after it, or now.
    """

    contact_id: ContactId
    consumer_id: ConsumerId
    channel: Channel
    address_id: AddressId
    debt_ids: tuple[DebtId, ...]
    purpose: Purpose
    decision: str
    decided_at: datetime
    until: datetime | None
    where: Where
    deciding_rule: RuleId | None
    findings: tuple[Finding, ...]
    held_later: tuple[str, ...]
    conditions: tuple[str, ...]
    titles: Mapping[str, str]
    openings: tuple[Opening, ...]
    asked_at: datetime
    rule_pack: str
    tzdata: str
    as_of: AsOf
    verdict_at: Position
    request_at: Position
    again: str


async def explain(
    history: History, contact_id: ContactId, packs: Packs, zone_data: str, now: datetime | None = None
) -> Explanation:
    """Explain the last decision on a contact; with `now`, say what could be sent then. Raises Halted."""
    partition, consumer_id = await find(history, contact_id)
    gates = Gates(packs, zone_data)
    walk = Walk(history, partition, gates.latest, consumer_id)
    await walk.begin()
    found: Decision | None = None
    after: ConsumerState | None = None
    async for decision in walk.decisions():
        if decision.verdict.contact_id == contact_id:
            found = decision
            after = gates.latest.evolve(state=decision.state, event=decision.verdict, context=decision.context)
    if found is None or after is None:
        raise Halted(f"the verdict on contact {contact_id} cannot be explained: {walk.faults[0].wrong.value}")
    state, at = (after, found.verdict.decided_at) if now is None else (walk.state_now(consumer_id), now)
    return _explanation(history, found, gates, packs, state, at)


async def find(history: History, contact_id: ContactId) -> tuple[int, ConsumerId]:
    """On which partition a contact was judged, and of which consumer it is; raises Halted."""
    wanted = contact_id.encode()
    for partition in range(history.partitions):
        async for batch in whole(history, VERDICTS, partition):
            for record in batch:
                if record.value is None or wanted not in record.value:
                    continue
                await history.codec.prepare([record.value])
                event = history.codec.decode(record.value)
                if getattr(event, "contact_id", None) == contact_id:
                    return partition, event.meta.consumer_id
    raise Halted(f"no verdict on a contact {contact_id} is in the log: check the id, or wait until the gate has judged")


def where_is(state: ConsumerState, at: datetime) -> Where:
    """Where the consumer may be at an instant."""
    zones, known = zones_at(state, seconds(at))
    return Where(tuple(zone_name(zone) for zone in zones), known)


def _explanation(
    history: History, found: Decision, gates: Gates, packs: Packs, state: ConsumerState, at: datetime
) -> Explanation:
    verdict = found.verdict
    pack = packs.get(verdict.rule_pack)
    in_force = packs.current if pack is None else pack
    given = Circumstances(at, found.position.partition, AsOf(), verdict.tzdata)
    findings = packs.findings(verdict)
    next_ones = openings(state, verdict.debt_ids, in_force.rules, given, verdict.meta.consumer_id)
    return Explanation(
        verdict.contact_id,
        verdict.meta.consumer_id,
        verdict.channel,
        verdict.address_id,
        verdict.debt_ids,
        verdict.purpose,
        answer(verdict),
        verdict.decided_at,
        _until(found),
        where_is(found.state, verdict.decided_at),
        RuleId(decided_by(verdict)) or None,
        tuple(sorted(findings, key=_weight)),
        verdict.held_later if isinstance(verdict, ContactDeferred) else (),
        verdict.conditions if isinstance(verdict, ContactApproved) else (),
        {} if pack is None else {f.rule_id: pack.title(f.rule_id) for f in findings},
        tuple(replace(opening, findings=()) for opening in next_ones),
        at,
        verdict.rule_pack,
        verdict.tzdata,
        verdict.as_of,
        found.position,
        found.request.position,
        _again(history, found, gates),
    )


def _until(found: Decision) -> datetime | None:
    if isinstance(found.verdict, ContactApproved):
        return found.verdict.expires_at
    return found.verdict.earliest_at if isinstance(found.verdict, ContactDeferred) else None


_WEIGHTS = {FindingResult.VETOED: 0, FindingResult.DEFERRED: 1, FindingResult.ALLOWED: 2}


def _weight(finding: Finding) -> tuple[int, bool]:
    return _WEIGHTS.get(finding.result, 3), not finding.counted


def _again(history: History, found: Decision, gates: Gates) -> str:
    """`same`, `differs`, or why it cannot be decided again."""
    gate = gates.of(found.verdict)
    if isinstance(gate, str):
        return gate
    outcomes = gate.decide(state=found.state, event=found.asked, context=found.context)
    return "same" if outcomes and is_same(history.codec, found.value, found.verdict, outcomes[0]) else "differs"
