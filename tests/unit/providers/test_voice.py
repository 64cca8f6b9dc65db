"""The simulated calls, driven by Twilio's own SDK over HTTP, with a service whose answers a test writes.

A green run does not prove that Twilio behaves so: no live account was reached; see counterpoint/providers/README.md.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml import voice_response

from chassis.health import server
from counterpoint.providers.simulator import Simulator
from counterpoint.providers.voice.callees import Callee
from counterpoint.providers.voice.twiml import VERBS, NotTwiml, read
from tests.unit.providers.test_twilio import OURS, PHONE, TOKEN, simulator, until

HEAD = "<?xml version='1.0' encoding='UTF-8'?>"


@dataclass
class Script:
    """A service that answers calls with what it was told, in order, and keeps what it was asked."""

    url: str
    documents: list[str]
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    statuses: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """The next document."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append((str(request.url), form, request.headers["X-Twilio-Signature"]))
        text = self.documents.pop(0) if self.documents else "<Response><Hangup/></Response>"
        return Response(HEAD + text, media_type="text/xml")

    async def status(self, request: Request) -> Response:
        """A callback."""
        self.statuses.append({name: str(value) for name, value in (await request.form()).items()})
        return Response(status_code=204)


@asynccontextmanager
async def a_call(*documents: str, callee: Callee) -> AsyncIterator[tuple[Simulator, Client, Script]]:
    """A simulator, Twilio's SDK for it, and the service that it asks."""
    script = Script("", list(documents))
    app = Starlette(
        routes=[
            Route("/answer", script.answer, methods=["POST"]),
            Route("/status", script.status, methods=["POST"]),
        ]
    )
    web = server(app=app, host="127.0.0.1", port=0)
    serving = asyncio.create_task(web.serve())
    await until(lambda: web.started)
    script.url = f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}"
    try:
        async with simulator() as (simulated, _, client):
            simulated.voice.phones.put(PHONE, callee)
            yield simulated, client, script
    finally:
        web.should_exit = True
        await serving


async def place(client: Client, script: Script, **more: Any) -> Any:
    """Place a call by the SDK."""
    given = {
        "to": PHONE,
        "from_": OURS,
        "url": f"{script.url}/answer",
        "status_callback": f"{script.url}/status",
        "status_callback_event": ["initiated", "ringing", "answered", "completed"],
        "machine_detection": "DetectMessageEnd",
        **more,
    }
    return await asyncio.to_thread(lambda: client.calls.create(**given))


async def test_a_call_takes_its_course_and_tells_of_it_signed_and_in_order() -> None:
    gather = '<Response><Gather action="{}" input="dtmf speech" numDigits="1"><Say>Press 1</Say></Gather></Response>'
    async with a_call(callee=Callee(says=("1", "balance"))) as (simulated, client, script):
        script.documents += [gather.format(f"{script.url}/answer")] * 2
        call = await place(client, script)
        assert call.status == "queued"
        await until(lambda: any(s["CallStatus"] == "completed" for s in script.statuses))
        fetched = await asyncio.to_thread(lambda: client.calls(call.sid).fetch())
        listed = await asyncio.to_thread(lambda: client.calls.list(to=PHONE))
        [entry] = simulated.ledger.after(0, 10)
    assert (fetched.status, fetched.answered_by) == ("completed", "human")
    assert [c.sid for c in listed] == [call.sid]
    assert entry.body.split("\n") == ["Press 1", "> 1", "Press 1", "> balance"]
    assert [form.get("Digits") or form.get("SpeechResult") for _, form, _ in script.asked] == [None, "1", "balance"]
    assert all(RequestValidator(TOKEN).validate(url, form, signed) for url, form, signed in script.asked)
    by_number = sorted(script.statuses, key=lambda s: int(s["SequenceNumber"]))
    assert [s["CallStatus"] for s in by_number] == ["queued", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize(
    ("callee", "status"),
    [
        (Callee(fate="busy", sip="486"), "busy"),
        (Callee(fate="no-answer", sip="487"), "no-answer"),
        (Callee(fate="failed", sip="404"), "failed"),
    ],
)
async def test_a_call_that_nobody_takes_says_why(callee: Callee, status: str) -> None:
    async with a_call(callee=callee) as (simulated, client, script):
        await place(client, script)
        await until(lambda: any("SipResponseCode" in s for s in script.statuses))
        [entry] = simulated.ledger.after(0, 10)
    [last] = [s for s in script.statuses if "SipResponseCode" in s]
    assert (last["CallStatus"], last["SipResponseCode"]) == (status, callee.sip)
    assert entry.received_at is None
    assert not script.asked


async def test_a_call_can_be_taken_back_and_ended() -> None:
    long = "<Response><Say>" + "word " * 2000 + "</Say></Response>"
    async with a_call(long, callee=Callee()) as (_, client, script):
        call = await place(client, script)
        await asyncio.to_thread(lambda: client.calls(call.sid).update(status="completed"))
        await until(lambda: any(s["CallStatus"] in ("completed", "canceled") for s in script.statuses))
        with pytest.raises(TwilioRestException) as refused:
            await asyncio.to_thread(lambda: client.calls(call.sid).update(status="completed"))
    assert refused.value.code == 21220


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"to": "555"}, 21211), ({"from_": "us"}, 21212), ({"url": "ftp://us"}, 21205)],
)
async def test_what_twilio_would_refuse_is_refused(changes: dict[str, str], code: int) -> None:
    async with a_call(callee=Callee()) as (_, client, script):
        with pytest.raises(TwilioRestException) as refused:
            await place(client, script, **changes)
    assert (refused.value.status, refused.value.code) == (400, code)


async def test_answers_that_twilio_could_not_act_on_are_noticed() -> None:
    async with a_call("<Response><Shout>Pay!</Shout></Response>", callee=Callee()) as (simulated, client, script):
        await place(client, script)
        await until(lambda: simulated.voice.exchange.faults)
    assert "Shout" in simulated.voice.exchange.faults[0]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<Response>",
        b"<Say>hello</Say>",
        b"<Response><Say colour='red'>hello</Say></Response>",
        b"<Response><Number>+1</Number></Response>",
        b"<Response>" + b"<Say>a</Say>" * 6000 + b"</Response>",
    ],
)
def test_what_is_no_twiml_is_refused(document: bytes) -> None:
    with pytest.raises(NotTwiml):
        read(document)


def test_verbs_have_no_attributes_but_those_that_twilios_own_library_knows() -> None:
    nouns = {"Number": voice_response.Dial.number, "Transcription": voice_response.Start.transcription}
    verbs = {name: getattr(voice_response.VoiceResponse, name.lower()) for name in VERBS.keys() - nouns.keys()}
    builders = verbs | nouns
    for name, attributes in VERBS.items():
        known = {p.replace("_", "") for p in inspect.signature(builders[name]).parameters}
        assert {a.lower() for a in attributes} <= known, name
