"""One account at Twilio: its messages, whom it may not write to, and the network that carries what it sends."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from xml.etree import ElementTree

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.people.written import Written
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.twilio.callbacks import Job, Webhooks
from counterpoint.providers.twilio.messages import VERSION, Message, Messages
from counterpoint.providers.twilio.network import Network
from counterpoint.providers.twilio.optouts import OptOuts
from counterpoint.providers.twilio.problems import UNSUBSCRIBED, Problem
from counterpoint.providers.twilio.rules import LONGEST_VALIDITY
from counterpoint.providers.twilio.scenarios import REFUSALS, scenario_of
from counterpoint.providers.twilio.whatsapp import Windows


class Account:
    """What the API and the control pages act on."""

    def __init__(self, *, settings: SimulatorSettings, clock: Clock, ledger: Ledger) -> None:
        self.sid = settings.account_sid
        self.token = settings.auth_token.get_secret_value()
        self.messages = Messages(settings.account_sid, settings.seed)
        self.opt_outs = OptOuts()
        self.webhooks = Webhooks(token=self.token, workers=settings.callback_workers)
        self.network = Network(clock=clock, messages=self.messages, ledger=ledger, webhooks=self.webhooks)
        self.texts: list[Written] = []
        self._windows = Windows()
        self._inbound_url = settings.inbound_url
        self._seed = settings.seed
        self._heard = 0
        self._clock = clock

    async def send(
        self, form: Mapping[str, str], media: tuple[str, ...], at: datetime, fault: Fault | None
    ) -> Message | Problem:
        """Take a message on, received at `at`, or say why not."""
        to, sender = form["To"], form.get("From") or form["MessagingServiceSid"]
        refused = scenario_of(to).refused
        if self.opt_outs.blocks(sender, to):
            return UNSUBSCRIBED
        if refused is not None:
            return Problem(400, refused, REFUSALS[refused])
        body = form.get("Body", "")
        message = self._create(to=to, sender=sender, body=body, direction="outbound-api", at=at)
        goes_at = datetime.fromisoformat(form["SendAt"].upper()) if "ScheduleType" in form else at
        if goes_at > at:
            message.status = "scheduled"
        self._windows.mark(message, form)
        message.callback = form.get("StatusCallback")
        message.media_urls = media
        validity = timedelta(seconds=int(form.get("ValidityPeriod", LONGEST_VALIDITY)))
        message.valid_until = goes_at + validity
        if fault is not None and fault.kind is Kind.CALLBACK_FIRST:
            await self.network.rush(message, fault)
        else:
            self.network.take_on(message, fault, goes_at)
        return message

    def cancel(self, message: Message) -> bool:
        """Hold back a scheduled message; False for any other."""
        if message.status != "scheduled":
            return False
        self.network.cancel(message)
        return True

    def hear(self, *, phone: str, ours: str, body: str, media: Sequence[tuple[str, str]] = ()) -> str:
        """A consumer writes, with files of so many kinds and addresses; give back the message's id."""
        at = self._clock.now()
        self._heard += 1
        digest = blake2b(f"{self._seed}/inbound/{self._heard}/{phone}/{ours}".encode(), digest_size=16)
        sid = "SM" + digest.hexdigest()
        self.texts.append(Written(phone, ours, body, at))
        by_whatsapp = self._windows.hear(ours=ours, phone=phone, at=at)  # where no word is Twilio's own to act on
        handled = None if by_whatsapp else self.opt_outs.hear(ours=ours, phone=phone, body=body)
        if handled is not None:
            self._answer(phone, ours, handled.answer)
        if self._inbound_url is not None:
            fields = {
                "AccountSid": self.sid,
                "ApiVersion": VERSION,
                "Body": body,
                "From": phone,
                "To": ours,
                "MessageSid": sid,
                "SmsMessageSid": sid,
                "SmsSid": sid,
                "SmsStatus": "received",
                "NumMedia": str(len(media)),
                "NumSegments": "1",
                "FromCountry": "US",
                "ToCountry": "US",
            }
            for n, (kind, url) in enumerate(media):
                fields |= {f"MediaContentType{n}": kind, f"MediaUrl{n}": url}
            self.webhooks.call(Job(self._inbound_url, fields, answered=partial(self._told, phone, ours)))
        return sid

    def _told(self, phone: str, ours: str, twiml: bytes) -> None:
        """Act on what a webhook answered: its messages go to the consumer by the way of theirs."""
        try:
            verbs = ElementTree.fromstring(twiml).iter("Message")  # noqa: S314 - our own answer, on loopback
        except ElementTree.ParseError:
            return
        for verb in verbs:
            self._answer(phone, ours, "".join(verb.itertext()).strip())

    def _answer(self, phone: str, ours: str, words: str) -> None:
        at = self._clock.now()
        message = self._create(to=phone, sender=ours, body=words, direction="outbound-reply", at=at)
        self._windows.mark(message, {})
        self.network.take_on(message, None)

    def _create(self, *, to: str, sender: str, body: str, direction: str, at: datetime) -> Message:
        return self.messages.create(to=to, sender=sender, body=body, direction=direction, status="queued", at=at)
