"""The letter channel's wiring: approvals become pages, pages letters at a printer, its reports events."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

from chassis.channel.core.decide import ChannelDecider
from chassis.channel.directory import Entry
from chassis.channel.provider import Rejected
from chassis.channel.sending import Channel
from chassis.channel.service import ground, service
from chassis.channel.undoing import Undoing
from chassis.failures import Halted
from chassis.host import Assembly, Host
from chassis.templates.compose import NotComposed, compose
from chassis.templates.loader import load_templates
from chassis.templates.model import Templates
from chassis.templates.ours import Ours, ours_of
from contracts.events import AccountPlaced, AttemptStarted, LetterApproved, ReasonClass
from services.letter.core.medium import medium
from services.letter.core.place import LONGEST_NAME, place_of
from services.letter.core.reading import read
from services.letter.lob import Lob
from services.letter.mail_house import MailHouse
from services.letter.page import NotPrintable, printed
from services.letter.prepared import Prepared
from services.letter.settings import LetterSettings, Printer
from services.letter.webhooks import Webhooks

NAME = "full_name"
"""The parameter that an envelope shows over the address."""

UNDO = timedelta(minutes=10)
"""Longer than Lob's own window of five minutes, so that a race that is lost is known to be."""


def addresses_in(placed: AccountPlaced) -> Iterable[Entry]:
    """The postal addresses in a placement."""
    return (
        Entry(a.address_id, placed.meta.consumer_id, "\n".join((*a.lines, f"{a.city}, {a.state} {a.postal_code}")))
        for a in placed.postal_addresses
    )


def prepare(
    templates: Templates, ours: Ours, sender: tuple[str, ...], window: bool, approval: Any, started: Any
) -> Any:
    """The letter for an approval, or why there is none; `window`: the pages show the address themselves."""
    if not isinstance(approval, LetterApproved) or not isinstance(started, AttemptStarted):
        return Rejected("approval-missing", ReasonClass.TECHNICAL)
    place = place_of(approval.to)
    if place is None:
        return Rejected("address-not-fit-to-print", ReasonClass.PERMANENT_ADDRESS)
    letter = compose(
        templates,
        channel="letter",
        template_id=approval.template_id,
        language=approval.language,
        parameters=approval.parameters,
        ours=ours.values(
            contact_id=approval.contact_id,
            consumer_id=approval.meta.consumer_id,
            reference=started.attempt_id[-8:].upper(),
        )
        | {"mailing_address": ", ".join(approval.to.split("\n"))},
        conditions=approval.conditions,
    )
    if isinstance(letter, NotComposed):
        return Rejected(letter.reason, ReasonClass.CONFIGURATION)
    name = approval.parameters.get(NAME, "")
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        return Rejected("name-not-fit-to-print", ReasonClass.CONFIGURATION)
    try:
        pdf = printed(
            letter.html,
            title=sender[0],
            language=letter.language,
            back=sender if window else (),
            address=(name, *place.window) if window else (),
        )
    except NotPrintable as fault:
        return Rejected(str(fault), ReasonClass.CONFIGURATION)
    return Prepared(name, place, pdf)


def provider(own: LetterSettings) -> Lob | MailHouse:
    """Who prints."""
    if own.printer is Printer.LOB:
        return Lob(own)
    if own.outbox is None:
        raise Halted("COUNTERPOINT_LETTER_OUTBOX is not set")
    return MailHouse(own.outbox)


async def build(own: LetterSettings, host: Host) -> Assembly:
    """Everything that runs in the letter channel's process; raises Halted, Unreachable."""
    templates = load_templates(host.settings.templates)
    channel_of = medium(own.printer)
    async with AsyncExitStack() as opened:
        stands_on = await ground(channel_of, "post", own, host, opened)
        printer = provider(own)
        opened.push_async_callback(printer.close)
        await printer.check_credentials()
        sender, window = tuple(own.sender.split("|")), own.printer is Printer.MAIL_HOUSE
        undoing = None
        if isinstance(printer, Lob):
            undoing = Undoing(
                medium=channel_of,
                provider=printer,
                window=UNDO,
                suppressions=stands_on.suppressions,
                publisher=host.publisher,
                clock=host.clock,
            )
        channel = Channel(
            provider=printer,
            compose=partial(prepare, templates, ours_of(host.settings), sender, window),
            refuses=stands_on.suppressions.refuses,
            clock=host.clock,
            limits=stands_on.limits,
            handed_over=undoing.handed_over if undoing is not None else None,
        )
        decider = ChannelDecider(
            medium=channel_of, read=read, address_of=stands_on.address_of, patience=stands_on.patience
        )
        webhooks = Webhooks(
            settings=own, medium=channel_of, ground=stands_on, publisher=host.publisher, clock=host.clock
        )
        return Assembly(
            service=service(
                medium=channel_of, decider=decider, channel=channel, ground=stands_on, addresses_in=addresses_in
            ),
            routes=webhooks.routes(),
            tasks=[undoing.run] if undoing is not None else [],
            close=opened.pop_all().aclose,
        )
