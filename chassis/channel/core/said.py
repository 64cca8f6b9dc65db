"""What becomes known when a consumer writes: the reply itself, and the statements that follow from its words."""

from collections.abc import Iterator
from types import MappingProxyType

from chassis.channel.core.medium import Medium
from chassis.channel.core.reading import Breach, Said
from chassis.understanding.understand import Understanding, understand
from contracts.events import (
    CallbackReceived,
    CallFinding,
    Channel,
    Event,
    FactKind,
    FactLearned,
    OptedIn,
    OptedOut,
    OptOutScope,
    ReplyIntent,
    ReplyReceived,
)
from contracts.ids import AddressId, RuleId

SILENCING = frozenset({ReplyIntent.OPT_OUT, ReplyIntent.WRONG_PERSON})
"""What bars the address at once, before the gate has heard of it."""

ORAL = "oral"
"""How a fact was learned that was said by word of mouth."""

FACTS = MappingProxyType(
    {
        ReplyIntent.CEASE: (FactKind.CEASED, "electronic"),
        ReplyIntent.DISPUTE: (FactKind.DISPUTED, "electronic"),
        ReplyIntent.ATTORNEY: (FactKind.ATTORNEY_REPRESENTED, ""),
        ReplyIntent.BANKRUPTCY: (FactKind.BANKRUPT, ""),
        ReplyIntent.DECEASED: (FactKind.DECEASED, ""),
        ReplyIntent.WRONG_PERSON: (FactKind.NUMBER_OF_ANOTHER, ""),
    }
)
"""What the gate must know, and how it was said where that matters: to be told is enough."""


def follows(medium: Medium, event: CallbackReceived, address_id: AddressId, said: Said) -> Iterator[Event]:
    """The reply, then what it says for the gate: opt-outs and opt-ins, and facts about all of the consumer's debts."""
    read = understand(said.words)
    intent, *also = read.intents
    yield ReplyReceived(
        meta=medium.following(event.meta, "reply-received", event.received_at),
        channel=medium.channel,
        address_id=address_id,
        intent=intent,
        text=said.words,
        provider_id=said.message_id,
        received_at=event.received_at,
        talked=said.talked,
        also=tuple(also),
        language=read.language,
        certain=read.certain or said.answer_on is not Channel.UNKNOWN,
        answer_on=said.answer_on,
    )
    if SILENCING & set(read.intents):
        yield opted_out(medium, event, address_id, scope=_scope(read), source=read.source)
    elif ReplyIntent.OPT_IN in read.intents:
        meta = medium.following(event.meta, "opted-in", event.received_at)
        yield OptedIn(meta, medium.channel, address_id, read.source, event.received_at)
    if ReplyIntent.CEASE in read.intents:
        yield from _refused_by_mouth(medium, event, read.source)
    for asked in read.intents:
        if asked in FACTS and not (asked is ReplyIntent.CEASE and medium.spoken):
            yield _learned(medium, event, address_id, asked)


def opted_out(
    medium: Medium, event: CallbackReceived, address_id: AddressId | None, *, scope: OptOutScope, source: str
) -> OptedOut:
    """The consumer wants no more of this, as a callback says."""
    return OptedOut(
        meta=medium.following(event.meta, "opted-out", event.received_at),
        channel=medium.channel,
        scope=scope,
        address_id=address_id,
        source=source,
        stated_at=event.received_at,
    )


def agreed(medium: Medium, event: CallbackReceived, fact: FactKind) -> FactLearned:
    """What the consumer agreed to, with us and for all debts."""
    return FactLearned(
        meta=medium.following(event.meta, f"fact/{fact.value.lower()}", event.received_at),
        fact=fact,
        holds=True,
        detail="collector",
        debt_ids=(),
        address_id=None,
        from_at=event.received_at,
        until_at=None,
        source="consumer",
    )


def breached(medium: Medium, event: CallbackReceived, breach: Breach) -> CallFinding:
    """What a person of ours said, or did not say."""
    return CallFinding(
        meta=medium.following(event.meta, f"finding/{breach.sign}", breach.at),
        contact_id=event.contact_id,
        attempt_id=event.attempt_id,
        call_id=breach.call_id,
        rule_id=RuleId(breach.rule_id),
        citation=breach.citation,
        must=breach.must,
        side="ours",
        finding=breach.finding,
        found_at=breach.at,
    )


def _refused_by_mouth(medium: Medium, event: CallbackReceived, source: str) -> Iterator[OptedOut]:
    """A cease that is said and not written is a refusal of every spoken and electronic medium (12 CFR 1006.6(c))."""
    for channel in medium.spoken:
        meta = medium.following(event.meta, f"opted-out/{channel.value.lower()}", event.received_at)
        yield OptedOut(meta, channel, OptOutScope.MEDIUM, None, source, event.received_at)


def _scope(read: Understanding) -> OptOutScope:
    """A stranger at a number speaks for the number; the consumer speaks for the medium."""
    return OptOutScope.MEDIUM if ReplyIntent.OPT_OUT in read.intents else OptOutScope.ADDRESS


def _learned(medium: Medium, event: CallbackReceived, address_id: AddressId, asked: ReplyIntent) -> FactLearned:
    kind, detail = FACTS[asked]
    detail = ORAL if detail and medium.spoken else detail
    return FactLearned(
        meta=medium.following(event.meta, f"fact/{kind.value.lower()}", event.received_at),
        fact=kind,
        holds=True,
        detail=detail,
        debt_ids=(),
        address_id=address_id if kind is FactKind.NUMBER_OF_ANOTHER else None,
        from_at=event.received_at,
        until_at=None,
        source="consumer",
    )
