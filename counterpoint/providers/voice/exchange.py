"""The exchange: rings, lets people pick up, asks our services what to say, and hangs up; on the simulated clock."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import structlog

from chassis.clock import Clock
from counterpoint.providers.faults import Fault
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.twilio.callbacks import Job, Webhooks, signed
from counterpoint.providers.voice.callees import HANGS_UP, OURS, PAYS_TWICE_TOLD, Callee, Phones
from counterpoint.providers.voice.calls import ENDS, VERSION, Call, rfc_2822
from counterpoint.providers.voice.pay import result
from counterpoint.providers.voice.twiml import NotTwiml, Verb, read

MOST_ANSWERS = 60
"""So many answers of ours one call takes before it is ended."""
CHARACTERS_A_SECOND = 15.0
RINGS = 4.0
"""Seconds until somebody who picks up does."""
Next = tuple[str, Mapping[str, str]]
log = structlog.get_logger()


class Over(Exception):
    """The call ends here."""


class Exchange:
    """Every call under way."""

    def __init__(
        self, *, account_sid: str, token: str, clock: Clock, ledger: Ledger, webhooks: Webhooks, phones: Phones
    ) -> None:
        self._account_sid = account_sid
        self._token = token
        self._clock = clock
        self._ledger = ledger
        self._webhooks = webhooks
        self._phones = phones
        self._http = httpx.AsyncClient(trust_env=False, timeout=15.0)
        self._under_way: set[asyncio.Task[None]] = set()
        self.faults: list[str] = []
        """What was wrong with answers of ours: TwiML that cannot be read, statuses that are no success."""

    @property
    def under_way(self) -> int:
        """Calls that have not ended."""
        return len(self._under_way)

    async def close(self) -> None:
        """Cut every call."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._http.aclose()

    def take_on(self, call: Call, callee: Callee | None = None, fault: Fault | None = None) -> None:
        """Let a call take its course; the consumer's own with what is pressed and said on it."""
        task = asyncio.create_task(self._run(call, callee or self._phones.at(call.to), fault))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def cancel(self, call: Call) -> None:
        """Take a call back, as long as nobody has picked up."""
        if call.answered_at is None:
            self._end(call, "canceled", self._phones.at(call.to), None)

    def job(self, call: Call, event: str, fault: Fault | None, more: Mapping[str, str] | None = None) -> Job | None:
        """The callback that tells of an event, if it is asked for."""
        if call.callback is None or event not in call.events:
            return None
        fields = self._fields(call) | {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.sequence),
            "Timestamp": rfc_2822(self._clock.now()),
            **(more or {}),
        }
        call.sequence += 1
        return Job(call.callback, fields, fault.kind if fault else None, fault.seconds if fault else 0.0)

    def _fields(self, call: Call) -> dict[str, str]:
        return {
            "AccountSid": self._account_sid,
            "ApiVersion": VERSION,
            "CallSid": call.sid,
            "CallStatus": call.status,
            "Direction": call.direction,
            "From": call.sender,
            "To": call.to,
        }

    async def _run(self, call: Call, callee: Callee, fault: Fault | None) -> None:
        if call.direction == "inbound":
            await self._talk(call, callee)
            return self._end(call, "completed", callee, fault)
        await self._pass(call, 0.5)
        if call.status in ENDS:
            return None
        call.started_at, call.status = self._clock.now(), "ringing"
        if callee.fate in ("busy", "failed"):
            return self._end(call, callee.fate, callee, fault)
        self._tell(call, "ringing", fault)
        if callee.fate == "no-answer" or call.ring < RINGS:
            await self._pass(call, call.ring)
            return self._end(call, "no-answer", callee, fault)
        await self._pass(call, RINGS)
        if call.status in ENDS:
            return None
        if call.asked_to_end:
            return self._end(call, "canceled", callee, fault)
        call.answered_at, call.status = self._clock.now(), "in-progress"
        call.answered_by = callee.answered_by if call.detects else None
        self._tell(call, "answered", fault)
        await self._talk(call, callee)
        return self._end(call, "completed", callee, fault)

    async def _pass(self, call: Call, seconds: float) -> None:
        await asyncio.sleep(self._clock.real_seconds(timedelta(seconds=seconds)))
        since = call.answered_at
        if since is not None and (self._clock.now() - since).total_seconds() > call.longest:
            raise Over
        if call.asked_to_end and since is not None:
            raise Over

    def _tell(self, call: Call, event: str, fault: Fault | None, more: Mapping[str, str] | None = None) -> None:
        job = self.job(call, event, fault, more)
        if job is not None:
            self._webhooks.call(job)

    def _end(self, call: Call, status: str, callee: Callee, fault: Fault | None) -> None:
        if call.status in ENDS:
            return
        call.status, call.ended_at = status, self._clock.now()
        sip = callee.sip if status != "canceled" else "487"
        self._tell(call, "completed", fault, {"SipResponseCode": sip, "CallDuration": str(call.seconds)})
        machine = callee.answered_by.startswith(("machine", "fax"))
        self._ledger.write(
            provider="twilio",
            kind="voicemail" if machine and call.transcript else "call",
            message_sid=call.sid,
            to=call.to,
            sender=call.sender,
            body="\n".join(call.transcript),
            reference=dict(parse_qsl(urlsplit(call.callback or "").query)),
            requested_at=call.created_at,
            received_at=call.answered_at,
            status=status,
            error_code=None,
        )

    async def _talk(self, call: Call, callee: Callee) -> None:
        says = iter(callee.says)
        following: Next | None = (call.url, {"AnsweredBy": call.answered_by} if call.answered_by else {})
        try:
            for _ in range(MOST_ANSWERS):
                if following is None:
                    return
                address, more = following
                following = await self._perform(call, await self._fetch(call, address, more), says, callee.talks)
            self.faults.append("a call that does not end")
        except (NotTwiml, httpx.HTTPError) as error:
            self.faults.append(f"{type(error).__name__}: {error}")
            log.warning("twiml.unusable", error=type(error).__name__)
        except Over:
            return

    async def _fetch(self, call: Call, address: str, more: Mapping[str, str]) -> Sequence[Verb]:
        """Ask our services; once more where that fails, as Twilio does where it is asked to."""
        fields = self._fields(call) | dict(more)
        headers = {"X-Twilio-Signature": signed(self._token, address, fields)}
        response = await self._http.post(address.partition("#")[0], data=fields, headers=headers)
        if response.status_code >= 500:
            await asyncio.sleep(0.2)
            response = await self._http.post(address.partition("#")[0], data=fields, headers=headers)
        if not response.is_success:
            raise NotTwiml(f"HTTP {response.status_code} from {urlsplit(address).path}")
        return read(response.content)

    async def _perform(
        self, call: Call, verbs: Sequence[Verb], says: Iterator[str], talks: Sequence[str]
    ) -> Next | None:
        for verb in verbs:
            if verb.name in ("Hangup", "Reject"):
                return None
            if verb.name == "Redirect":
                return verb.text, {}
            if verb.name == "Gather":
                following = await self._gather(call, verb, says)
                if following is not None:
                    return following
            elif verb.name == "Dial":
                return await self._dial(call, verb, talks)
            elif verb.name in ("Record", "Pay"):
                return await self._take(call, verb, says)
            else:
                await self._say(call, verb)
        return None

    async def _say(self, call: Call, verb: Verb) -> None:
        if verb.name == "Start":
            asked = verb.inside[0].attributes
            call.written_to = asked.get("statusCallbackUrl")
            call.both_written = asked.get("track", "both_tracks") == "both_tracks"
        elif verb.name == "Say":
            call.transcript.append(verb.text)
            await self._pass(call, len(verb.text) / CHARACTERS_A_SECOND)

    async def _gather(self, call: Call, verb: Verb, says: Iterator[str]) -> Next | None:
        for inner in verb.inside:
            await self._say(call, inner)
        said = next(says, HANGS_UP)
        if said == HANGS_UP:
            raise Over
        call.transcript.append(f"> {said}")
        ways = verb.attributes.get("input", "dtmf").split()
        action = verb.attributes.get("action", call.url)
        if said.isdecimal() and "dtmf" in ways:
            return action, {"Digits": said[: int(verb.attributes.get("numDigits", "99"))]}
        if said and not said.isdecimal() and "speech" in ways:
            return action, {"SpeechResult": said, "Confidence": "0.9"}
        await self._pass(call, float(verb.attributes.get("timeout", "5")))
        return (action, {"SpeechResult": ""}) if verb.attributes.get("actionOnEmptyResult") == "true" else None

    async def _take(self, call: Call, verb: Verb, says: Iterator[str]) -> Next:
        """A message is left, or a card is keyed in, or something else; whoever hangs up over that is told of too."""
        if verb.name == "Record":
            return verb.attributes.get("action", call.url), _RECORDED
        keyed = next(says, HANGS_UP)
        call.transcript.append("> (card)" if keyed.isdecimal() else f"> {keyed}")
        action = verb.attributes.get("action", call.url)
        told = result(verb.attributes, keyed, f"ch_{call.sid[2:18]}{len(call.transcript)}")
        if keyed == HANGS_UP:
            await self._fetch(call, action, told)
            raise Over
        if keyed == PAYS_TWICE_TOLD:
            await self._fetch(call, action, told)
        await self._pass(call, 30.0)
        return action, told

    async def _dial(self, call: Call, verb: Verb, talks: Sequence[str]) -> Next | None:
        """Somebody of ours picks up, hears what only they shall hear, and talks for a minute; or does not."""
        number = verb.inside[0]
        action = verb.attributes.get("action")
        reached = self._phones.at(number.text).fate == "answers"
        if reached and "url" in number.attributes:
            for heard in await self._fetch(call, number.attributes["url"], {}):
                call.transcript.append(f"# {heard.text}")
        if reached:
            await self._written(call, talks)
            await self._pass(call, 60.0)
        result = (
            {"DialCallStatus": "completed", "DialCallDuration": "60"} if reached else {"DialCallStatus": "no-answer"}
        )
        return None if action is None else (action, result)

    async def _written(self, call: Call, talks: Sequence[str]) -> None:
        """The talk with our person, as it is written down for whoever asked for that, until it is over."""
        call.transcript += (f"# {said[len(OURS) :]}" if said.startswith(OURS) else f"> {said}" for said in talks)
        if call.written_to is None:
            return
        lines = [_line(said) for said in talks if call.both_written or not said.startswith(OURS)]
        begun, over = ({"TranscriptionEvent": f"transcription-{word}"} for word in ("started", "stopped"))
        for number, line in enumerate((begun, *lines, over), 1):
            fields = self._fields(call) | {
                "TranscriptionSid": "GT" + call.sid[2:],
                "SequenceId": str(number),
                "LanguageCode": "en-US",
                "Timestamp": self._clock.now().isoformat(),
                **line,
            }
            self._webhooks.call(Job(call.written_to, fields, None, 0.0))


def _line(said: str) -> Mapping[str, str]:
    return {
        "TranscriptionEvent": "transcription-content",
        "TranscriptionData": json.dumps({"transcript": said.removeprefix(OURS), "confidence": 0.9}),
        "Track": "outbound_track" if said.startswith(OURS) else "inbound_track",
        "Final": "true",
    }


_RECORDED: Mapping[str, str] = {
    "RecordingUrl": "https://api.twilio.test/recording",
    "RecordingDuration": "5",
    "Digits": "hangup",
}
