"""All of e-mail that the simulator plays: SendGrid, a mail server, mailboxes and their owners."""

import asyncio

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.faults import Plan
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.mail.backwards import Backwards
from counterpoint.providers.mail.carrier import Carrier
from counterpoint.providers.mail.events import Events
from counterpoint.providers.mail.mails import Mails
from counterpoint.providers.mail.sendgrid import Api
from counterpoint.providers.mail.server import MailServer
from counterpoint.providers.people.written import Written
from counterpoint.providers.settings import SimulatorSettings


class Answered(Struct, frozen=True, forbid_unknown_fields=True):
    """A person answers the newest e-mail that reached an address."""

    sender: str = msgspec.field(name="from")
    text: str


class Post:
    """E-mail in one process or one test."""

    def __init__(self, *, settings: SimulatorSettings, clock: Clock, ledger: Ledger, plan: Plan, host: str) -> None:
        self.mails = Mails(settings.seed)
        self.events = Events(
            address=settings.sendgrid_event_url, secret=settings.sendgrid_event_secret.get_secret_value()
        )
        self.backwards = Backwards(server=settings.mail_server, inbound_url=settings.sendgrid_inbound_url)
        self.carrier = Carrier(clock=clock, ledger=ledger, events=self.events, backwards=self.backwards)
        self.replies: list[Written] = []
        self._clock = clock
        self._api = Api(
            key=settings.sendgrid_key.get_secret_value(), mails=self.mails, carrier=self.carrier, clock=clock
        )
        self.server = (
            None
            if settings.smtp_port is None
            else MailServer(
                mails=self.mails, carrier=self.carrier, plan=plan, clock=clock, host=host, port=settings.smtp_port
            )
        )

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return self._api.routes()

    def control(self) -> list[Route]:
        """The page by which a consumer answers."""
        return [Route("/_sim/mail/reply", self.reply, methods=["POST"])]

    async def reply(self, request: Request) -> Response:
        """A consumer answers."""
        try:
            said = msgspec.json.decode(await request.body(), type=Answered)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        got = [m for m in self.mails.everything if m.to == said.sender.lower() and m.received_at is not None]
        if not got:
            return PlainTextResponse("no e-mail has reached that address", status_code=404)
        self.replies.append(Written(got[-1].to, got[-1].sender, said.text, self._clock.now()))
        return JSONResponse({"message_id": await self.backwards.reply(got[-1], said.text, self._clock.now())}, 202)

    async def run(self) -> None:
        """Carry, tell and listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.carrier.run())
            group.create_task(self.events.run())
            if self.server is not None:
                group.create_task(self.server.run())
