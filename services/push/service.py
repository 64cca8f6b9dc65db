"""The push channel's wiring: approvals become notifications, notifications messages to push services."""

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace as changed

from chassis.channel.core.decide import AddressOf, ChannelDecider
from chassis.channel.core.memory import Memory
from chassis.channel.directory import Directory, Entry
from chassis.channel.links import Links, Words
from chassis.channel.provider import Rejected
from chassis.channel.sending import Channel
from chassis.channel.service import ground, service
from chassis.failures import Halted
from chassis.host import Assembly, Host
from chassis.personal_links import Signer
from chassis.service import Done, Service
from chassis.templates.compose import NotComposed, compose
from chassis.templates.loader import load_templates
from chassis.templates.model import Templates
from chassis.templates.ours import Ours, ours_of
from contracts.events import AccountPlaced, AttemptStarted, Event, PushApproved, PushSubscribed, ReasonClass
from services.push.core.medium import LINK, MEDIUM
from services.push.core.notification import notification
from services.push.core.reading import read
from services.push.core.subscription import is_served, subscription_of
from services.push.encryption import Proof
from services.push.settings import PushSettings
from services.push.subscriptions import SHOWN, Subscriptions
from services.push.webpush import Prepared, WebPush, topic_of

STOP = {"en": "Stop", "es": "Dejar de recibir"}
_WORDS = Words(
    title="Notifications",
    ask=("Stop all notifications from us to you?", "¿Dejar de recibir nuestros avisos?"),
    button="Stop / Dejar de recibir",
    done=("Done: we will send you no more notifications.", "Hecho: no le enviaremos más avisos."),
    over=("This link is over. Please call us.", "Este enlace ya no vale. Llámenos."),
)


def nothing_in(_: AccountPlaced) -> Iterable[Entry]:
    """No client has a subscription: it is the consumer who gives it."""
    return ()


def with_subscriptions(channel: Service[Memory], directory: Directory) -> Service[Memory]:
    """The channel, which learns of addresses from what consumers say and not from placements."""

    async def subscribed(done: Sequence[Done]) -> Sequence[Event]:
        said = (d.event for d in done if isinstance(d.event, PushSubscribed))
        await directory.add(
            Entry(e.address_id, e.meta.consumer_id, f"{e.endpoint} {e.public_key} {e.secret}") for e in said
        )
        return ()

    effects = {kind: effect for kind, effect in channel.effects.items() if kind is not AccountPlaced}
    return replace(
        channel,
        reads=channel.reads - {AccountPlaced} | {PushSubscribed},
        effects={**effects, PushSubscribed: subscribed},
    )


def prepare(
    templates: Templates,
    ours: Ours,
    own: PushSettings,
    address_of: AddressOf,
    approval: Any,
    started: AttemptStarted,
) -> Any:
    """The notification for an approval, or why there is none; never for another browser than the gate judged."""
    if not isinstance(approval, PushApproved):
        return Rejected("approval-missing", ReasonClass.TECHNICAL)
    if address_of(approval.to) != approval.address_id:
        return Rejected("address-is-not-the-approved-one", ReasonClass.CONFIGURATION)
    to = subscription_of(approval.to)
    if to is None or not is_served(to.origin, own.served):
        return Rejected("subscription-not-usable", ReasonClass.PERMANENT_ADDRESS)
    values = ours.values(contact_id=approval.contact_id, consumer_id=approval.meta.consumer_id)
    if "link" not in values:
        return Rejected("ids-are-not-of-our-form", ReasonClass.CONFIGURATION)
    composed = compose(
        templates,
        channel=MEDIUM.name,
        template_id=approval.template_id,
        language=approval.language,
        parameters=approval.parameters,
        ours=values,
        conditions=approval.conditions,
    )
    if isinstance(composed, NotComposed):
        return Rejected(composed.reason, ReasonClass.CONFIGURATION)
    body = notification(
        title=composed.subject,
        body=composed.text,
        language=composed.language,
        tag=topic_of(started.attempt_id),
        link=values["link"],
        shown=f"{own.public_url.rstrip('/')}{SHOWN.format(token=values['link'].rpartition('/')[2])}",
        stop=values["unsubscribe_link"],
        stop_words=STOP.get(composed.language, STOP["en"]),
    )
    return Prepared(to, body)


async def build(own: PushSettings, host: Host) -> Assembly:
    """Everything that runs in the push channel's process; raises Halted, Unreachable."""
    templates = load_templates(host.settings.templates)
    signer = Signer(own.links, host.settings.link_key.get_secret_value().encode(), host.settings.link_days)
    ours = changed(ours_of(host.settings), signer=signer)
    try:
        proof = Proof(own.vapid_key.get_secret_value(), own.vapid_contact)
    except ValueError as fault:
        raise Halted(f"COUNTERPOINT_PUSH_VAPID_KEY is no key: make one by `counterpoint push key` ({fault})") from fault
    async with AsyncExitStack() as opened:
        stands_on = await ground(MEDIUM, "push", own, host, opened)
        provider = WebPush(settings=own, proof=proof, clock=host.clock)
        opened.push_async_callback(provider.close)
        channel = Channel(
            provider=provider,
            compose=partial(prepare, templates, ours, own, stands_on.address_of),
            refuses=stands_on.suppressions.refuses,
            clock=host.clock,
            limits=stands_on.limits,
        )
        decider = ChannelDecider(medium=MEDIUM, read=read, address_of=stands_on.address_of, patience=stands_on.patience)
        links = Links(
            medium=MEDIUM,
            source=LINK,
            words=_WORDS,
            ground=stands_on,
            host=host,
            by_machine=lambda _: False,
            too_soon=timedelta(),
        )
        subscriptions = Subscriptions(settings=own, ground=stands_on, links=links, host=host)
        base = service(medium=MEDIUM, decider=decider, channel=channel, ground=stands_on, addresses_in=nothing_in)
        return Assembly(
            service=with_subscriptions(base, stands_on.directory),
            routes=[*subscriptions.routes(), *links.routes()],
            close=opened.pop_all().aclose,
        )
