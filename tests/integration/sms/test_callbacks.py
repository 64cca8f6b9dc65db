"""Webhooks under attack and under stress: nothing unsigned is believed, and nothing makes them fail with a 5xx.

A green run does not prove that a proxy in front of the service passes addresses on as Twilio signed them.
"""

from urllib.parse import urlencode

import httpx
import pytest

from chassis.channel.core.form import pairs
from chassis.channel.twilio_signature import signature
from contracts.events import AttemptAccepted, AttemptStatus, AttemptStatusChanged, CallbackReceived
from tests.integration.sms.harness import ACCOUNT, TOKEN, Sms, a_world, until

STATUS = "/twilio/status?attempt=a-1&contact=c-1&consumer=con-1&story=s-1"
FORM = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "0" * 32, "MessageStatus": "delivered"}


async def post(
    sms: Sms,
    client: httpx.AsyncClient,
    *,
    path: str = STATUS,
    body: bytes = urlencode(FORM).encode(),
    token: str | None = TOKEN,
    content_type: str = "application/x-www-form-urlencoded",
) -> int:
    """Post a callback; give back the status."""
    headers = {"Content-Type": content_type}
    if token is not None:
        headers["X-Twilio-Signature"] = signature(token, sms.public_url + path, pairs(body))
    return (await client.post(path, content=body, headers=headers)).status_code


async def test_f8_f9_only_what_is_signed_with_one_of_our_tokens_for_this_address_is_believed(database: str) -> None:
    async with a_world(database, auth_token_secondary="old-token") as sms, sms.running() as client:
        assert await post(sms, client) == 204
        assert await post(sms, client, token="old-token") == 204
        published = len(sms.events(CallbackReceived))
        assert await post(sms, client, token=None) == 403
        assert await post(sms, client, token="another") == 403
        headers = {
            "X-Twilio-Signature": signature(TOKEN, "https://elsewhere.test" + STATUS, pairs(urlencode(FORM).encode()))
        }
        assert (await client.post(STATUS, content=urlencode(FORM), headers=headers)).status_code == 403
        for header in ("", "not base64 !", "AAAA", "\xff"):
            answer = await client.post(STATUS, content=b"", headers=[(b"X-Twilio-Signature", header.encode("latin-1"))])
            assert answer.status_code == 403
        other = urlencode({**FORM, "AccountSid": "AC" + "6" * 32}).encode()
        assert await post(sms, client, body=other) == 403
        assert len(sms.events(CallbackReceived)) == published == 2


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (STATUS, b"x" * ((1 << 20) + 1), 413),
        (STATUS, urlencode({**FORM, "MessageSid": ""}).encode(), 400),
        (STATUS, urlencode({**FORM, "MessageStatus": ""}).encode(), 400),
        ("/twilio/status", urlencode(FORM).encode(), 400),
        ("/twilio/status?attempt=a&contact=c&consumer=%00", urlencode(FORM).encode(), 400),
        ("/twilio/status?attempt=" + "a" * 65 + "&contact=c&consumer=d", urlencode(FORM).encode(), 400),
        ("/twilio/inbound", urlencode(FORM).encode(), 400),
        ("/twilio/inbound", urlencode({**FORM, "From": "nobody"}).encode(), 400),
        (STATUS, b"", 403),
        (STATUS, b"\x00\xff&&&===%zz%4&AccountSid=" + ACCOUNT.encode(), 400),
        (STATUS, b"AccountSid=x&" * 20_000, 403),
    ],
)
async def test_f18_what_cannot_be_used_is_refused_and_not_published(
    database: str, path: str, body: bytes, status: int
) -> None:
    async with a_world(database) as sms, sms.running() as client:
        assert await post(sms, client, path=path, body=body) == status
        assert not sms.events(CallbackReceived)


async def test_f7_f19_odd_but_signed_callbacks_are_kept_and_change_nothing(database: str) -> None:
    async with a_world(database) as sms, sms.running() as client:
        sms.approve()
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.terminal])
        before = len(sms.events(AttemptStatusChanged))
        [attempt] = sms.events(AttemptAccepted)
        path = f"/twilio/status?attempt={attempt.attempt_id}&contact={attempt.contact_id}&consumer=con-1"
        for odd in (
            {**FORM, "MessageStatus": "teleported"},
            {**FORM, "MessageStatus": "sent"},
            {**FORM, "MessageStatus": "undelivered", "ErrorCode": "30003"},
            {**FORM, "MessageStatus": "failed", "ErrorCode": "x" * 500, "New": "\x00\ud7ff"},
        ):
            assert await post(sms, client, path=path, body=urlencode(odd).encode()) == 204
        assert await post(sms, client, path=STATUS.replace("a-1", "unknown")) == 204
        await sms.runtime.run()
        assert len(sms.events(AttemptStatusChanged)) == before


@pytest.mark.parametrize("kind", ["callback-first", "callback-twice", "callback-late", "callback-forged"])
async def test_f4_f5_f6_f8_callbacks_that_come_early_twice_late_or_forged_end_in_the_same_state(
    database: str, kind: str
) -> None:
    async with a_world(database) as sms, sms.running():
        await sms.faults({"kind": kind, "next": 1, "seconds": 0.2})
        sms.approve()
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.terminal])
        await until(lambda: sms.events(AttemptAccepted))
        await until(lambda: sms.simulator.account.webhooks.waiting == 0)
        await sms.runtime.run()
        statuses = [e.status for e in sms.events(AttemptStatusChanged)]
    assert statuses[-1] is AttemptStatus.DELIVERED
    assert len(statuses) == len(set(statuses))


async def test_f20_a_callback_that_the_log_could_not_take_comes_again(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        sms.publisher.broken = True
        sms.approve()
        await until(sms.received)
        await until(lambda: sms.events(AttemptAccepted))
        sms.publisher.broken = False
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.terminal])


async def test_f20_an_end_whose_callbacks_were_lost_is_asked_for(database: str) -> None:
    async with a_world(database, webhook_timeout=0.2) as sms, sms.running():
        await sms.faults({"kind": "callback-lost", "rate": 1.0}, {"kind": "503", "operation": "list", "next": 1})
        sms.approve()
        sms.approve(to="+13125550191")
        await until(lambda: len([e for e in sms.events(AttemptStatusChanged) if e.terminal]) == 2)
        assert len(sms.events(AttemptAccepted)) == 2
    ends = {e.status: e.provider_code for e in sms.events(AttemptStatusChanged) if e.terminal}
    assert ends == {AttemptStatus.DELIVERED: None, AttemptStatus.UNDELIVERED: "30005"}
    assert len(sms.simulator.account.messages.everything) == 2


@pytest.mark.parametrize("kind", ["unknown", "strange", "huge"])
async def test_f7_f18_f19_what_the_provider_posts_beside_the_truth_changes_no_end(database: str, kind: str) -> None:
    async with a_world(database) as sms, sms.running():
        await sms.faults({"kind": f"callback-{kind}", "next": 1})
        sms.approve()
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.terminal])
        await until(lambda: not sms.simulator.account.webhooks.waiting)
    assert {e.status for e in sms.events(AttemptStatusChanged) if e.terminal} == {AttemptStatus.DELIVERED}
    assert len(sms.events(AttemptAccepted)) == 1
