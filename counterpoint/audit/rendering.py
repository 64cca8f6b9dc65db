"""A contact as one consumer would get it: its channel's words, filled from the record, and what the gate wants said."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from msgspec import Struct

from chassis.failures import Halted, InvalidEvent
from chassis.routing import partition_for
from chassis.templates.compose import SAID_OF_LIMITED, Composed, NotComposed, compose, find
from chassis.templates.model import Price, Template, Templates
from chassis.templates.ours import Ours
from contracts.catalogue import best, variants
from contracts.disclosures import missing
from contracts.events import (
    AccountPlaced,
    AsOf,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    Meta,
    Purpose,
)
from contracts.ids import AddressId, ConsumerId, DebtId, EventId
from contracts.text_parts import beyond_gsm, encoding, segments
from contracts.topics import TOPIC_OF
from counterpoint.audit.decisions import Walk
from counterpoint.audit.history import History, whole
from counterpoint.audit.packs import Packs
from counterpoint.audit.whereabouts import remembered
from services.compliance.core.approvals import CARRIERS, Carrier
from services.compliance.core.decide import Circumstances, Verdict, decide
from services.compliance.core.state import ConsumerState
from services.compliance.service import Gate
from services.orchestrator.core.codes import seconds
from services.orchestrator.core.state import Account, Consumer, contact_id
from services.orchestrator.core.wording import Offer, language_of, parameters
from services.sms.core.reference import reference_of

VALID_FOR = timedelta(days=2)
ASKED_OF: Mapping[str, Carrier] = {
    channel.value: Carrier(kind, CARRIERS[Channel.SMS.value].approve)
    for channel, kind in ((Channel.EMAIL, "mail-"), (Channel.VOICE, "tel-"), (Channel.LETTER, "post-"))
} | CARRIERS
"""Every channel that there are templates for: the gate is asked of one without a service as well."""
AGENT = "Sam Reed"
"""Whoever speaks: here, nobody in particular."""
WORDS_A_MINUTE = 150
"""How fast a script is read."""


class Wanted(Struct, frozen=True):
    """Which words; what is empty is chosen as a strategy would choose. `given` are values that the record has not."""

    template: str
    channel: str = ""
    language: str = ""
    tone: str = ""
    offer: Offer | None = None
    given: Mapping[str, str] = {}


class Disclosure(Struct, frozen=True):
    """What the gate wants said, and whether it is."""

    condition: str
    said: bool


class Rendered(Struct, frozen=True):
    """A contact as it would go out, or why there are no words; `gate` is what the gate says of it now.

    `parts`, `encoding` and `beyond_gsm` are of texts alone; `cost` is in dollars, `priced` says of what and by whom.
    """

    consumer_id: ConsumerId
    template: str
    channel: str
    language: str
    tone: str
    gate: str
    disclosures: tuple[Disclosure, ...]
    """Nothing is said where there are no words."""
    refused: str
    what: str
    subject: str
    text: str
    html: str
    characters: int
    parts: int | None
    encoding: str | None
    beyond_gsm: str
    cost: Decimal | None
    priced: str


class Basis(Struct, frozen=True):
    """What contacts are rendered from: the words, who we are, and the rules."""

    templates: Templates
    ours: Ours
    packs: Packs
    zone_data: str


async def render(history: History, consumer_id: ConsumerId, wanted: Wanted, basis: Basis, now: datetime) -> Rendered:
    """Compose it as its channel would; raises Halted if there is no such template, or no such consumer."""
    state = await remembered(history, consumer_id)
    template = _template(state, wanted, basis.templates)
    accounts = _accounts(state, template)
    at = seconds(now)
    wording = basis.templates.catalogue()[template.wording.channel, template.wording.id]
    values = parameters(state, accounts, wording, at, at + int(VALID_FOR.total_seconds()), wanted.offer)
    request = _request(consumer_id, state, template, accounts, values, now)
    verdict = await _asked(history, request, basis, now)
    conditions = _conditions(verdict, basis.packs)
    ours = basis.ours.values(
        contact_id=request.contact_id, consumer_id=consumer_id, reference=reference_of(request.contact_id)
    )
    ours |= {"agent_name": AGENT, "mailing_address": await _mailing_address(history, consumer_id, request.address_id)}
    composed = compose(
        basis.templates,
        channel=template.wording.channel,
        template_id=template.wording.id,
        language=template.language,
        parameters=values | {n: v for n, v in wanted.given.items() if n not in ours},
        ours=ours,
        conditions=conditions,
    )
    return _rendered(consumer_id, template, basis.templates, composed, conditions, _gate(verdict))


def _template(state: Consumer, wanted: Wanted, templates: Templates) -> Template:
    catalogue = templates.catalogue()
    channels = [
        c for c, name in sorted(catalogue, key=lambda k: list(templates.media).index(k[0])) if name == wanted.template
    ]
    channel = wanted.channel or next(iter(channels), "")
    if channel not in channels:
        where = f" for {wanted.channel}" if wanted.channel else ""
        raise Halted(f"there is no template {wanted.template}{where}; `counterpoint templates list` names all")
    chosen = best(variants(catalogue, channel, wanted.template), tone=wanted.tone, segments=state.segments)
    template = find(templates, channel, chosen.id, wanted.language or language_of(state))
    assert template is not None, "templates are there in every language"
    return template


def _accounts(state: Consumer, template: Template) -> Sequence[Account]:
    """The accounts that such a contact would be about."""
    open_ = state.open_accounts()
    if "validation-notice" in template.wording.purposes:
        return sorted(open_, key=lambda a: a.placed_at)[-1:]
    return open_ or [a for a in state.accounts if a.sequence and not a.recalled]


def _request(
    consumer_id: ConsumerId,
    state: Consumer,
    template: Template,
    accounts: Sequence[Account],
    values: dict[str, str],
    now: datetime,
) -> ContactRequested:
    nobody = EventId("")
    channel = Channel(template.wording.channel.upper())
    return ContactRequested(
        Meta(nobody, now, consumer_id, nobody, None, "counterpoint", ""),
        contact_id(consumer_id, state.serial + 1, seconds(now)),
        channel,
        _address(state, channel),
        tuple(DebtId(a.debt_id) for a in accounts),
        Purpose(template.wording.purposes[0].upper().replace("-", "_")),
        template.wording.id,
        template.language,
        values,
        now + VALID_FOR,
        "",
        "",
        content={"voicemail": "limited"} if template.limited else {},
    )


def _address(state: Consumer, channel: Channel) -> AddressId:
    """The address that would be used: the first of the channel's that is not known to be of no use."""
    if channel in (Channel.SMS, Channel.VOICE):
        phones = sorted((p for p in state.phones if not p.bad), key=lambda p: p.consent != 1)
        return next((p.address_id for p in phones), AddressId(""))
    return next((i.address_id for i in state.inboxes if i.channel == channel.value and not i.bad), AddressId(""))


async def _asked(history: History, request: ContactRequested, basis: Basis, now: datetime) -> Verdict:
    """What the gate says of a request now."""
    consumer_id, rules = request.meta.consumer_id, basis.packs.current.rules
    partition = partition_for(consumer_id, history.partitions)
    walk = Walk(history, partition, Gate(rules, basis.zone_data), consumer_id, now)
    await walk.begin()
    async for _ in walk.decisions():
        pass
    state: ConsumerState = walk.state_now(consumer_id)
    given = Circumstances(now, partition, AsOf(), basis.zone_data)
    return decide(state, request, rules, given, ASKED_OF)


async def _mailing_address(history: History, consumer_id: ConsumerId, address_id: AddressId) -> str:
    """A postal address in one line, as it was placed; empty for any other."""
    found = ""
    partition = partition_for(consumer_id, history.partitions)
    async for batch in whole(history, TOPIC_OF[AccountPlaced], partition):
        mine = [r.value for r in batch if r.key == consumer_id.encode() and r.value is not None]
        await history.codec.prepare(mine)
        for value in mine:
            try:
                event = history.codec.decode(value)
            except InvalidEvent:
                continue
            for place in event.postal_addresses if isinstance(event, AccountPlaced) else ():
                if place.address_id == address_id:
                    found = ", ".join((*place.lines, f"{place.city}, {place.state} {place.postal_code}"))
    return found


def _conditions(verdict: Verdict, packs: Packs) -> tuple[str, ...]:
    """What the gate wants said: of an approval its conditions; else what it would want, were it to approve."""
    if isinstance(verdict, ContactApproved):
        return verdict.conditions
    return tuple(dict.fromkeys(f.condition for f in packs.findings(verdict) if f.condition))


def _gate(verdict: Verdict) -> str:
    if isinstance(verdict, ContactApproved):
        return f"would approve it now, until {verdict.expires_at:%Y-%m-%d %H:%M} UTC"
    if isinstance(verdict, ContactDeferred):
        return f"would defer it to {verdict.earliest_at:%Y-%m-%d %H:%M} UTC ({verdict.deciding_rule})"
    return f"would veto it ({verdict.deciding_rule})"


def _rendered(
    consumer_id: ConsumerId,
    template: Template,
    templates: Templates,
    composed: Composed | NotComposed,
    conditions: Sequence[str],
    gate: str,
) -> Rendered:
    wording = template.wording
    medium = templates.media[wording.channel]
    words = composed if isinstance(composed, Composed) else Composed(wording.id, template.language, "")
    refusal = composed if isinstance(composed, NotComposed) else NotComposed("")
    wanted = [c for c in dict.fromkeys(conditions) if c in SAID_OF_LIMITED or not template.limited]
    unsaid = missing(words.text, wanted)
    parts = segments(words.text) if medium.parts and words.text else None
    return Rendered(
        consumer_id,
        wording.id,
        wording.channel,
        template.language,
        wording.tone,
        gate,
        tuple(Disclosure(c, c not in unsaid) for c in wanted),
        refusal.reason,
        refusal.what,
        words.subject,
        words.text,
        words.html,
        len(words.text),
        parts,
        encoding(words.text) if parts else None,
        beyond_gsm(words.text) if parts else "",
        _cost(medium.price, words.text, parts) if words.text else None,
        "" if medium.price is None else f"{medium.price.per}, {medium.price.source}, {medium.price.as_of}",
    )


def _cost(price: Price | None, text: str, parts: int | None) -> Decimal | None:
    """Of a text by its parts, of a call by the minutes that its words take, of anything else by the piece."""
    if price is None:
        return None
    if price.per == "minute":
        return price.dollars * ceil(len(text.split()) / WORDS_A_MINUTE)
    return price.dollars * (parts or 1)
