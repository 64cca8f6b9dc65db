"""What a consumer may be sent now and when more: by channel, address and debt, and each cap with what has used it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chassis.failures import Halted
from chassis.routing import partition_for
from contracts.events import AsOf, Channel, CountedEvent, Finding
from contracts.ids import ConsumerId, DebtId, RuleId
from counterpoint.audit.decisions import Walk
from counterpoint.audit.explain import Where, where_is
from counterpoint.audit.history import History
from counterpoint.audit.openings import Opening, openings
from counterpoint.audit.packs import Pack, Packs
from services.compliance.core.codes import instant, seconds
from services.compliance.core.decide import Circumstances
from services.compliance.core.rules.ask import zones_at
from services.compliance.core.state import FRESH, ConsumerState
from services.compliance.core.zones import released
from services.compliance.service import Gate

CAP = "rolling-cap"


class Use(Struct, frozen=True):
    """A contact that a cap counts, and when it no longer does."""

    event: CountedEvent
    frees_at: datetime


class Cap(Struct, frozen=True):
    """A cap and what has used it, oldest first; for one debt if it counts by debt."""

    rule: RuleId
    title: str
    citation: str
    channel: Channel
    debt_ids: tuple[DebtId, ...]
    most: int
    uses: tuple[Use, ...]


class Budget(Struct, frozen=True):
    """Everything that may be sent to a consumer at an instant, and later."""

    consumer_id: ConsumerId
    asked_at: datetime
    where: Where
    openings: tuple[Opening, ...]
    caps: tuple[Cap, ...]
    rule_pack: str
    tzdata: str


async def budget(history: History, consumer_id: ConsumerId, packs: Packs, zone_data: str, now: datetime) -> Budget:
    """Ask the gate's own core, on what the log says of the consumer up to `now`; raises Halted if it says nothing."""
    pack, partition = packs.current, partition_for(consumer_id, history.partitions)
    walk = Walk(history, partition, Gate(pack.rules, zone_data), consumer_id, now)
    await walk.begin()
    async for _ in walk.decisions():
        pass
    state = walk.state_now(consumer_id)
    if state == FRESH:
        raise Halted(f"nothing is known of a consumer {consumer_id}: give the id as `counterpoint timeline` prints it")
    given = Circumstances(now, partition, AsOf(), zone_data)
    found = _openings(state, pack, given, consumer_id)
    return Budget(
        consumer_id,
        now,
        where_is(state, now),
        tuple(replace(opening, findings=()) for opening in found),
        tuple(_caps(state, found, pack, now)),
        pack.rules.digest,
        zone_data,
    )


def _openings(state: ConsumerState, pack: Pack, given: Circumstances, consumer_id: ConsumerId) -> list[Opening]:
    """For every debt; only once, about none in particular, where it is the same for all."""
    by_debt = [list(openings(state, (DebtId(debt),), pack.rules, given, consumer_id)) for debt in state.debts]
    whole = list(openings(state, (), pack.rules, given, consumer_id))
    found: list[Opening] = []
    for n, opening in enumerate(whole):
        each = [of_debt[n] for of_debt in by_debt]
        alike = all(replace(e, debt_ids=(), findings=opening.findings) == opening for e in each)
        found += [opening] if alike else each
    return found


def _caps(state: ConsumerState, found: Sequence[Opening], pack: Pack, now: datetime) -> Iterator[Cap]:
    told: set[tuple[RuleId, Channel, tuple[DebtId, ...]]] = set()
    for opening in found:
        for finding in opening.findings:
            file = pack.files.get(finding.rule_id)
            if file is None or file.content["kind"] != CAP:
                continue
            key = (finding.rule_id, opening.channel, opening.debt_ids)
            if key not in told:
                told.add(key)
                yield _cap(state, opening, finding, file.content, now)


def _cap(state: ConsumerState, opening: Opening, finding: Finding, content: Mapping[str, object], now: datetime) -> Cap:
    parameters = content["parameters"]
    assert isinstance(parameters, dict), "rule files are checked"
    zones, _ = zones_at(state, seconds(now))
    uses = [
        Use(event, instant(released(zones, seconds(event.occurred_at), parameters["days"])))
        for event in finding.counted
    ]
    return Cap(
        finding.rule_id,
        str(content["title"]),
        finding.citation,
        opening.channel,
        opening.debt_ids,
        parameters["most"],
        tuple(sorted(uses, key=lambda use: use.event.occurred_at)),
    )
