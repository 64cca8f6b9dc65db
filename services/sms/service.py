"""The text channel's wiring: approvals become attempts, attempts calls to Twilio, its callbacks events."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis import metrics
from chassis.channel.core.decide import AddressOf, ChannelDecider
from chassis.channel.core.memory import Memory
from chassis.channel.directory import Entry
from chassis.channel.ending import Ending
from chassis.channel.pace import Pace
from chassis.channel.provider import Rejected
from chassis.channel.sending import Channel
from chassis.channel.service import Ground, ground, service, until_the_end
from chassis.channel.undoing import Undoing
from chassis.host import Assembly, Host
from chassis.service import Service
from chassis.templates.compose import NotComposed, compose
from chassis.templates.loader import load_templates
from chassis.templates.media import FOLDER, KINDS
from chassis.templates.model import Templates
from chassis.templates.ours import Ours, ours_of
from contracts.events import AccountPlaced, AttemptStarted, OptedIn, ReasonClass, TextApproved
from contracts.text_parts import encoding, segments
from services.sms.checking import Checked, Checking
from services.sms.checks import Checks
from services.sms.core.medium import MEDIUM
from services.sms.core.reading import read
from services.sms.core.reference import reference_of
from services.sms.core.senders import sender_for
from services.sms.lookups import Lookups
from services.sms.settings import SmsSettings
from services.sms.twilio import MEDIA_PATH, Prepared, Twilio
from services.sms.webhooks import Webhooks
from services.sms.whatsapp import Either, Ways

UNDO = timedelta(minutes=10)
"""How long after Twilio took a text on a stop may still find it there."""


def numbers_in(placed: AccountPlaced) -> Iterable[Entry]:
    """The numbers in a placement."""
    return (Entry(phone.address_id, placed.meta.consumer_id, phone.number) for phone in placed.phones)


def prepare(templates: Templates, ours: Ours, address_of: AddressOf, approval: Any, started: AttemptStarted) -> Any:
    """The text for an approval, or why there is none; never for a number other than the one that the gate judged."""
    if not isinstance(approval, TextApproved):
        return Rejected("approval-missing", ReasonClass.TECHNICAL)
    if address_of(approval.to) != approval.address_id:
        return Rejected("number-is-not-the-approved-one", ReasonClass.CONFIGURATION)
    text = compose(
        templates,
        channel=MEDIUM.name,
        template_id=approval.template_id,
        language=approval.language,
        parameters=approval.parameters,
        ours=ours.values(
            contact_id=approval.contact_id,
            consumer_id=approval.meta.consumer_id,
            reference=reference_of(started.attempt_id),
        ),
        conditions=approval.conditions,
    )
    if isinstance(text, NotComposed):
        return Rejected(text.reason, ReasonClass.CONFIGURATION)
    alphabet = encoding(text.text)
    metrics.TEXT_PARTS.labels(alphabet).inc(segments(text.text))
    return Prepared(approval.to, text.text, text.media)


def pictures(templates: Templates) -> list[Route]:
    """What goes out with texts, for Twilio to fetch: fixed files, and nothing about anybody."""
    files = {name: Path(t.path).parent / FOLDER / name for t in templates.every.values() for name in t.media}

    def route(path: Path) -> Route:
        content, kind = path.read_bytes(), KINDS[path.suffix][0]

        async def picture(_: Request) -> Response:
            return Response(content, media_type=kind)

        return Route(f"{MEDIA_PATH}/{path.name}", picture, methods=["GET"])

    return [route(path) for path in files.values()]


def looking_up(own: SmsSettings, stands_on: Ground, host: Host, opened: AsyncExitStack) -> Checking:
    """What asks Twilio about numbers."""
    lookups = Lookups(own)
    opened.push_async_callback(lookups.close)
    return Checking(
        checks=Checks(stands_on.database),
        lookups=lookups,
        publisher=host.publisher,
        clock=host.clock,
        days=own.lookup_days,
    )


def checked(texting: Service[Memory], checking: Checking) -> Service[Memory]:
    """The channel, with numbers that are asked about when they are placed and when consumers consent anew."""
    placed = checking.after(texting.effects[AccountPlaced])
    return replace(texting, effects={**texting.effects, AccountPlaced: placed, OptedIn: checking.renewed})


async def build(own: SmsSettings, host: Host) -> Assembly:
    """Everything that runs in the text channel's process; raises Halted, Unreachable."""
    templates = load_templates(host.settings.templates)
    async with AsyncExitStack() as opened:
        stands_on = await ground(MEDIUM, "tel", own, host, opened)
        twilio = Twilio(settings=own, directory=stands_on.directory, clock=host.clock)
        opened.push_async_callback(twilio.close)
        await twilio.check_credentials()
        undoing = Undoing(
            medium=MEDIUM,
            provider=twilio,
            window=max(UNDO, 2 * timedelta(minutes=own.undo_minutes)),
            suppressions=stands_on.suppressions,
            publisher=host.publisher,
            clock=host.clock,
        )
        pace = Pace(own.per_second)
        ways = None if own.whatsapp_from is None else Ways(stands_on.database)
        provider = twilio if ways is None else Either(twilio, ways, host.clock)
        checking = None if own.lookup_days == 0 else looking_up(own, stands_on, host, opened)
        channel = Channel(
            provider=provider if checking is None else Checked(provider, checking),
            compose=partial(prepare, templates, ours_of(host.settings), stands_on.address_of),
            refuses=stands_on.suppressions.refuses,
            clock=host.clock,
            limits=stands_on.limits,
            turn=lambda started: pace.wait(sender_for(started.meta.consumer_id, own.senders)),
            handed_over=undoing.handed_over,
        )
        waits = until_the_end(stands_on.patience, own, host.clock)
        decider = ChannelDecider(medium=MEDIUM, read=read, address_of=stands_on.address_of, patience=waits)
        ending = Ending(medium=MEDIUM, report=twilio.report, clock=host.clock)
        webhooks = Webhooks(
            settings=own, ground=stands_on, publisher=host.publisher, clock=host.clock, gone=undoing.gone, ways=ways
        )
        texting = service(
            medium=MEDIUM,
            decider=decider,
            channel=channel,
            ground=stands_on,
            addresses_in=numbers_in,
            ending=ending,
        )
        return Assembly(
            service=texting if checking is None else checked(texting, checking),
            routes=[*webhooks.routes(), *pictures(templates)],
            tasks=[undoing.run] if checking is None else [undoing.run, checking.run],
            close=opened.pop_all().aclose,
        )
