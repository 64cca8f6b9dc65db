"""The calls of one account at Twilio, and the exchange that carries them."""

from collections.abc import Mapping
from datetime import datetime

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.twilio.callbacks import Webhooks
from counterpoint.providers.voice.callees import Callee, Phones
from counterpoint.providers.voice.calls import Call, Calls
from counterpoint.providers.voice.exchange import Exchange


class VoiceAccount:
    """What the API of calls and the control pages act on."""

    def __init__(self, *, settings: SimulatorSettings, clock: Clock, ledger: Ledger, webhooks: Webhooks) -> None:
        self.sid = settings.account_sid
        self.token = settings.auth_token.get_secret_value()
        self.calls = Calls(self.sid, settings.seed)
        self.phones = Phones()
        self.exchange = Exchange(
            account_sid=self.sid, token=self.token, clock=clock, ledger=ledger, webhooks=webhooks, phones=self.phones
        )
        self._webhooks = webhooks
        self._inbound_url = settings.voice_url
        self._clock = clock

    async def place(self, form: Mapping[str, str], events: frozenset[str], at: datetime, fault: Fault | None) -> Call:
        """Take a call on, asked for at `at`."""
        call = self.calls.create(to=form["To"], sender=form["From"], direction="outbound-api", at=at, url=form["Url"])
        call.callback = form.get("StatusCallback")
        call.events = events or call.events
        call.ring = float(form.get("Timeout", "60"))
        call.longest = float(form.get("TimeLimit", "14400"))
        call.detects = form.get("MachineDetection", "") in ("Enable", "DetectMessageEnd")
        job = self.exchange.job(call, "initiated", fault)
        if job is not None and fault is not None and fault.kind is Kind.CALLBACK_FIRST:
            await self._webhooks.deliver(job)
        elif job is not None:
            self._webhooks.call(job)
        self.exchange.take_on(call, fault=fault)
        return call

    def ring_us(self, *, phone: str, ours: str, says: tuple[str, ...], talks: tuple[str, ...] = ()) -> str | None:
        """A consumer calls; gives the call's id, or None where nobody answers our number."""
        if self._inbound_url is None:
            return None
        at = self._clock.now()
        call = self.calls.create(to=ours, sender=phone, direction="inbound", at=at, url=self._inbound_url)
        call.status, call.started_at, call.answered_at = "in-progress", at, at
        self.exchange.take_on(call, Callee("calls us", says=says, talks=talks))
        return call.sid
