"""Webhooks of calls under attack and stress: nothing unsigned is believed, and nothing makes them fail with a 5xx.

A green run does not prove that a proxy in front of the service passes addresses on as Twilio signed them.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as Xml

import httpx
import psycopg
import pytest
from twilio.request_validator import RequestValidator

from chassis.addresses import address_id
from chassis.channel.core.form import pairs
from chassis.channel.twilio_signature import signature
from contracts.events import (
    AttemptAccepted,
    AttemptStatusChanged,
    CallbackReceived,
    CallFinding,
    OptedOut,
    PersonName,
    ReplyReceived,
)
from counterpoint.providers.voice.twiml import read
from services.voice.answers import TRANSCRIPT_PATH, TURN_PATH
from services.voice.core import token as tokens
from services.voice.core.place import Place, Stage
from services.voice.twilio import ANSWER_PATH, FALLBACK_PATH, STATUS_PATH
from services.voice.webhooks import INBOUND_PATH
from tests.channels import KEY as ADDRESSES
from tests.channels import until
from tests.integration.voice.harness import CONSUMER, OURS, SID, THEIRS, TOKEN, Calls, a_world

IDS = "?attempt=a-1&contact=c-1&consumer=con-1&story=s-1"
CALL = "CA" + "1" * 32
FORM = {
    "AccountSid": SID,
    "CallSid": CALL,
    "CallStatus": "completed",
    "SequenceNumber": "3",
    "From": OURS,
    "To": THEIRS,
}
KEY = b"development-only"


async def post(
    calls: Calls, client: httpx.AsyncClient, path: str, body: bytes, *, token: str | None = TOKEN
) -> httpx.Response:
    """Post as Twilio would."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if token is not None:
        headers["X-Twilio-Signature"] = signature(token, calls.public_url + path, pairs(body))
    return await client.post(path, content=body, headers=headers)


async def turn(calls: Calls, client: httpx.AsyncClient, place: Place, **said: str) -> httpx.Response:
    """Answer a question as whoever is on the line."""
    path = f"{TURN_PATH}?{urlencode({'place': tokens.written(place, KEY)})}"
    fields = FORM | {"CallStatus": "in-progress", "Direction": "outbound-api", **said}
    return await post(calls, client, path, urlencode(fields).encode())


@pytest.mark.parametrize(
    "path", [STATUS_PATH + IDS, ANSWER_PATH + IDS, TURN_PATH, TRANSCRIPT_PATH, INBOUND_PATH, FALLBACK_PATH]
)
async def test_f8_f9_only_what_is_signed_with_one_of_our_tokens_is_believed(database: str, path: str) -> None:
    body = urlencode(FORM).encode()
    async with a_world(database, auth_token_secondary="old-token") as calls, calls.running() as client:
        assert (await post(calls, client, path, body, token=None)).status_code == 403
        assert (await post(calls, client, path, body, token="another")).status_code == 403
        other = urlencode({**FORM, "AccountSid": "AC" + "6" * 32}).encode()
        assert (await post(calls, client, path, other)).status_code == 403
        assert not calls.events(CallbackReceived)
        told = await post(calls, client, path, body, token="old-token")
        assert told.status_code == (
            403 if path in (TURN_PATH, TRANSCRIPT_PATH) else 204 if path.startswith(STATUS_PATH) else 200
        )
        assert told.text != "bad-signature"


async def test_f5_f18_what_was_written_down_is_heard_once_and_nonsense_of_it_not_at_all(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        await calls.know()
        place = Place(Stage.AGENT, verified=True, consumer=CONSUMER)
        query = {"place": tokens.written(place, KEY), "at": address_id(ADDRESSES, "tel", THEIRS)}
        told = {"TranscriptionEvent": "transcription-content", "Track": "inbound_track", "Final": "true"}

        async def write(data: str, number: str) -> httpx.Response:
            fields = FORM | told | {"TranscriptionData": data, "SequenceId": number}
            path = f"{TRANSCRIPT_PATH}?{urlencode(query)}"
            return await post(calls, client, path, urlencode(fields).encode())

        for data, number in (
            ("[", "2"),
            ('{"transcript": "stop calling me"}', "x"),
            ('{"transcript": "Nice day"}', "3"),
        ):
            assert (await write(data, number)).status_code == 204
        assert not calls.events(CallbackReceived)
        for _ in range(2):
            assert (await write('{"transcript": "Stop calling me"}', "4")).status_code == 204
        await until(lambda: calls.events(OptedOut))
        assert len(calls.events(ReplyReceived)) == len(calls.events(OptedOut)) == 1


async def test_f5_a_finding_is_told_once_however_often_its_line_comes(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        await calls.know()
        place = Place(Stage.AGENT, verified=True, consumer=CONSUMER)
        query = {"place": tokens.written(place, KEY), "at": address_id(ADDRESSES, "tel", THEIRS)}
        told = {"TranscriptionEvent": "transcription-content", "Track": "outbound_track", "Final": "true"}

        async def write(number: int, words: str = "I am an attorney, you owe us.") -> httpx.Response:
            fields = FORM | told | {"TranscriptionData": f'{{"transcript": "{words}"}}', "SequenceId": str(number)}
            return await post(calls, client, f"{TRANSCRIPT_PATH}?{urlencode(query)}", urlencode(fields).encode())

        calls.publisher.broken = True
        assert (await write(2)).status_code == 503
        calls.publisher.broken = False
        assert [(await write(number)).status_code for number in (2, 2, 7)] == [204] * 3
        with psycopg.connect(database) as connection:  # as after a crash before it was noted that it is in the log
            connection.execute("delete from voice_calls.findings")
        assert (await write(2)).status_code == (await write(9, "You are a deadbeat")).status_code == 204
        await until(lambda: "profane-language" in [f.rule_id for f in calls.events(CallFinding)])
    finding, _ = calls.events(CallFinding)
    assert (finding.rule_id, finding.call_id, finding.contact_id) == ("false-attorney", CALL, None)
    assert "attorney, you" not in str(calls.events(CallbackReceived))


async def test_f8_twilios_own_library_signs_what_we_believe(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        path = STATUS_PATH + IDS
        signed = RequestValidator(TOKEN).compute_signature(calls.public_url + path, FORM)
        answer = await client.post(path, data=FORM, headers={"X-Twilio-Signature": signed})
    assert answer.status_code == 204


async def test_a_place_that_we_did_not_write_is_refused(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        forged = tokens.written(Place(Stage.MENU, verified=True, consumer=CONSUMER), b"another key")
        for text in (forged, forged[:-3], "", "%00", "A" * 2000):
            path = f"{TURN_PATH}?{urlencode({'place': text})}"
            answer = await post(calls, client, path, urlencode(FORM | {"Digits": "1"}).encode())
            assert (answer.status_code, answer.text) == (403, "bad-place")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (STATUS_PATH + IDS, b"x" * ((10 << 20) + 1), 413),
        (STATUS_PATH, urlencode(FORM).encode(), 400),
        (STATUS_PATH + IDS, urlencode({**FORM, "CallStatus": ""}).encode(), 400),
        (INBOUND_PATH, urlencode({**FORM, "CallSid": ""}).encode(), 400),
        (INBOUND_PATH, b"\x00\xff&&&===%zz%4&AccountSid=" + SID.encode(), 400),
    ],
)
async def test_f18_what_cannot_be_used_is_refused_and_not_published(
    database: str, path: str, body: bytes, status: int
) -> None:
    async with a_world(database) as calls, calls.running() as client:
        assert (await post(calls, client, path, body)).status_code == status
        assert not calls.events(CallbackReceived)


async def test_f7_f19_odd_and_unknown_but_signed_callbacks_are_kept_and_change_nothing(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        await calls.know()
        calls.approve()
        await calls.ended()
        await until(lambda: [e for e in calls.events(AttemptStatusChanged) if e.terminal])
        before = calls.statuses()
        [attempt] = calls.events(AttemptAccepted)
        path = f"{STATUS_PATH}?attempt={attempt.attempt_id}&contact={attempt.contact_id}&consumer={CONSUMER}"
        odd: dict[str, Any]
        for odd in (
            {"CallStatus": "teleported"},
            {"CallStatus": "ringing", "SequenceNumber": "x"},
            {"CallStatus": "busy", "SipResponseCode": "486"},
            {"CallStatus": "failed", "SipResponseCode": "9" * 500, "New": "\x00\ud7ff"},
        ):
            assert (await post(calls, client, path, urlencode(FORM | odd).encode())).status_code == 204
        assert (await post(calls, client, STATUS_PATH + IDS, urlencode(FORM).encode())).status_code == 204
        kept = [e for e in calls.events(CallbackReceived) if e.attempt_id == "a-1"]
        await calls.runtime.run()
        assert calls.statuses() == before
        assert len(kept) == 1


async def test_f20_while_the_log_takes_nothing_nobody_is_told_that_they_were_heard(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        await calls.know()
        calls.publisher.broken = True
        place = Place(Stage.MENU, verified=True, consumer=CONSUMER, contact="c-1", attempt="a-1", story="s-1")
        answer = await turn(calls, client, place, SpeechResult="stop calling me")
    assert answer.status_code == 503
    assert "not call you again" not in answer.text


async def test_asked_twice_the_same_is_answered_and_heard_once(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        await calls.know()
        place = Place(Stage.MENU, "en", 3, verified=True, consumer=CONSUMER, contact="c-1", attempt="a-1", story="s-1")
        first, second = [await turn(calls, client, place, Digits="4") for _ in range(2)]
        await calls.runtime.run()
        assert first.text == second.text
        replies = [e for e in calls.runtime.events() if type(e).__name__ == "ReplyReceived"]
    assert len(replies) == 1


async def test_f25_names_and_speech_are_escaped_and_never_markup(database: str) -> None:
    async with a_world(database) as calls, calls.running() as client:
        evil = "<Dial>+19995550100</Dial>\x07&\"'"
        await calls.know(name=PersonName(evil, None, "Ejemplo", None))
        await calls.sits("</Say><Hangup/>", "1")
        calls.approve(parameters={"full_name": f"{evil} Ejemplo"})
        [entry] = await calls.ended()
        place = Place(Stage.MENU, verified=True, consumer=CONSUMER)
        answer = await turn(calls, client, place, SpeechResult="<Redirect>http://elsewhere.test</Redirect>")
    assert "<Dial>+19995550100</Dial>" in entry.body  # as words, and nobody was dialled
    assert not [line for line in entry.body.split("\n") if line.startswith("# ")]
    assert {v.name for v in read(answer.content)} == {"Gather"}
    assert Xml.fromstring(answer.content).tag == "Response"


async def test_addresses_hold_nothing_personal(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        calls.approve()
        await calls.ended()
        [call] = calls.simulator.voice.calls.everything
        addresses = [call.url, call.callback or ""]
    for address in addresses:
        for personal in (THEIRS[1:], "Ana", "Ejemplo", "1980", "1234"):
            assert personal not in urlsplit(address).query
