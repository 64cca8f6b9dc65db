"""The e-mail channel's wiring: approvals become messages, messages mail, and what comes back events."""

import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from chassis.channel.core.decide import AddressOf, ChannelDecider
from chassis.channel.directory import Entry
from chassis.channel.failover import Failover
from chassis.channel.provider import Rejected
from chassis.channel.sending import Channel
from chassis.channel.service import ground, service
from chassis.channel.undoing import Undoing
from chassis.clock import Clock
from chassis.failures import Halted
from chassis.host import Assembly, Host
from chassis.personal_links import Signer
from chassis.settings import StackSettings
from chassis.templates.compose import NotComposed, compose
from chassis.templates.loader import load_templates
from chassis.templates.model import Templates
from chassis.templates.ours import Ours, ours_of
from contracts.events import AccountPlaced, AttemptStarted, EmailApproved, ReasonClass
from services.email.arrivals import Arrivals
from services.email.core.medium import NAME, SENDGRID, SMTP, medium
from services.email.core.message import NotSendable, Prepared, Sender, checked
from services.email.core.reading import read
from services.email.core.token import token
from services.email.links import links
from services.email.mailbox import Mailbox
from services.email.reception import Reception
from services.email.sendgrid import SendGrid
from services.email.settings import EmailSettings
from services.email.smtp import Smtp
from services.email.webhooks import Webhooks

UNDO = timedelta(minutes=10)
"""How long after an e-mail was taken on a stop still asks for it back, and the log keeps the race if it is lost."""


def addresses_in(placed: AccountPlaced) -> Iterable[Entry]:
    """The e-mail addresses in a placement."""
    return (Entry(email.address_id, placed.meta.consumer_id, email.address) for email in placed.emails)


class Letterhead:
    """All that an e-mail needs beside its approval."""

    def __init__(self, *, templates: Templates, own: EmailSettings, settings: StackSettings) -> None:
        self.templates = templates
        signer = Signer(own.links, settings.link_key.get_secret_value().encode(), settings.link_days)
        self.ours: Ours = replace(ours_of(settings), signer=signer)
        self.key = own.token_key.get_secret_value().encode()
        self.hosts = frozenset({urlsplit(own.links).netloc.lower(), urlsplit(settings.link_url).netloc.lower()})
        self.sender = Sender(
            settings.collector_name, own.from_address, own.domain, own.reply_to or f"reply@{own.domain}"
        )


def prepare(letterhead: Letterhead, address_of: AddressOf, approval: Any, started: AttemptStarted) -> Any:
    """The e-mail for an approval, or why there is none; never for another address than the gate judged."""
    if not isinstance(approval, EmailApproved):
        return Rejected("approval-missing", ReasonClass.TECHNICAL)
    if address_of(approval.to) != approval.address_id:
        return Rejected("address-is-not-the-approved-one", ReasonClass.CONFIGURATION)
    values = letterhead.ours.values(
        contact_id=approval.contact_id,
        consumer_id=approval.meta.consumer_id,
        reference=started.attempt_id[-8:].upper(),
    )
    composed = compose(
        letterhead.templates,
        channel=NAME,
        template_id=approval.template_id,
        language=approval.language,
        parameters=approval.parameters,
        ours=values,
        conditions=approval.conditions,
    )
    if isinstance(composed, NotComposed):
        return Rejected(composed.reason, ReasonClass.CONFIGURATION)
    try:
        made = Prepared(
            to=approval.to,
            subject=composed.subject,
            text=composed.text,
            html=composed.html,
            token=token(started.attempt_id, approval.meta.consumer_id, letterhead.key),
            unsubscribe_url=values.get("unsubscribe_link", ""),
            dated=started.started_at,
        )
        return checked(made, letterhead.sender, letterhead.hosts)
    except NotSendable as fault:
        known = ReasonClass.PERMANENT_ADDRESS if str(fault) == "address-not-usable" else ReasonClass.CONFIGURATION
        return Rejected(str(fault), known)
    except ValueError:
        return Rejected("ids-are-not-of-our-form", ReasonClass.CONFIGURATION)


def provider(name: str, own: EmailSettings, sender: Sender, clock: Clock) -> SendGrid | Smtp:
    """One of those who carry e-mails."""
    return Smtp(settings=own, sender=sender) if name == SMTP else SendGrid(settings=own, sender=sender, clock=clock)


async def build(own: EmailSettings, host: Host) -> Assembly:
    """Everything that runs in the e-mail channel's process; raises Halted, Unreachable."""
    this = medium(own.names[0])
    letterhead = Letterhead(templates=load_templates(host.settings.templates), own=own, settings=host.settings)
    async with AsyncExitStack() as opened:
        stands_on = await ground(this, "mail", own, host, opened)
        providers = {name: provider(name, own, letterhead.sender, host.clock) for name in own.names}
        for each in providers.values():
            opened.push_async_callback(each.close)
            await each.check_credentials()
        undoing = Undoing(
            medium=medium(SENDGRID if SENDGRID in providers else SMTP),
            provider=providers.get(SENDGRID, providers[own.names[0]]),
            window=max(UNDO, timedelta(minutes=own.undo_minutes)),
            suppressions=stands_on.suppressions,
            publisher=host.publisher,
            clock=host.clock,
        )
        channel: Channel[Prepared] = Channel(
            provider=Failover(providers, label=this.label, cool_off=own.provider_rest, monotonic=time.monotonic),
            compose=partial(prepare, letterhead, stands_on.address_of),
            refuses=stands_on.suppressions.refuses,
            clock=host.clock,
            limits=stands_on.limits,
            handed_over=undoing.handed_over,
        )
        arrivals = Arrivals(
            medium=this, ground=stands_on, publisher=host.publisher, clock=host.clock, keys=(letterhead.key,)
        )
        try:
            webhooks = Webhooks(
                settings=own,
                medium=this,
                ground=stands_on,
                arrivals=arrivals,
                publisher=host.publisher,
                clock=host.clock,
                gone=undoing.gone,
            )
        except ValueError as fault:
            raise Halted(f"COUNTERPOINT_EMAIL_EVENT_KEYS: {fault}") from fault
        tasks: list[Callable[[], Awaitable[None]]] = [undoing.run]
        if own.inbound_smtp_port is not None:
            reception = Reception(
                arrivals=arrivals,
                intake=stands_on.intake,
                host=host.settings.bind_host,
                port=own.inbound_smtp_port,
            )
            await reception.open()
            opened.push_async_callback(reception.close)
        if own.imap_host is not None:
            tasks.append(Mailbox(settings=own, arrivals=arrivals, intake=stands_on.intake).run)
        decider = ChannelDecider(medium=this, read=read, address_of=stands_on.address_of, patience=stands_on.patience)
        return Assembly(
            service=service(medium=this, decider=decider, channel=channel, ground=stands_on, addresses_in=addresses_in),
            routes=[*webhooks.routes(), *links(this, stands_on, host).routes()],
            tasks=tasks,
            close=opened.pop_all().aclose,
        )
