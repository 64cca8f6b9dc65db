"""What is posted to the e-mail channel: believed only if signed, kept in the log, applied once and in order of rank.

A green run does not prove how fast events are taken; it takes a bench.
"""

import json
import time
from typing import Any

import httpx
import pytest

from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackReceived,
    OptedOut,
    ReplyIntent,
    ReplyReceived,
)
from counterpoint.providers.mail.events import private_key, signed
from tests.channels import until
from tests.integration.email.harness import ADDRESS, CONSUMER, SECRET, TOKEN, Emails, a_world

EVENTS = "/sendgrid/events"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"}


def an_event(started: AttemptStarted, word: str, number: int = 0, **more: Any) -> dict[str, Any]:
    """An event about an attempt, as SendGrid tells it."""
    return {
        "email": ADDRESS,
        "timestamp": 1,
        "event": word,
        "sg_event_id": f"{word}-{number}",
        "sg_message_id": "abc.f-1",
        "cp_attempt": started.attempt_id,
        "cp_contact": started.contact_id,
        "cp_consumer": started.meta.consumer_id,
        "cp_story": started.meta.correlation_id,
        **more,
    }


async def tell(client: httpx.AsyncClient, body: bytes, secret: str = SECRET, **headers: str) -> int:
    """Post a body, signed, and give back the status."""
    timestamp = str(int(time.time()))
    given = {
        "X-Twilio-Email-Event-Webhook-Signature": signed(private_key(secret), timestamp, body),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        **headers,
    }
    return (await client.post(EVENTS, content=body, headers=given)).status_code


async def begun(world: Emails) -> AttemptStarted:
    """An attempt that the provider took, and of which nothing more is told."""
    world.simulator.post.events.tell = lambda event, fault: None  # type: ignore[method-assign]
    world.approve()
    await until(lambda: world.events(AttemptAccepted))
    [started] = world.events(AttemptStarted)
    return started


async def test_f5_f6_events_in_any_order_and_repeated_end_in_the_right_state(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        started = await begun(world)
        words = ["click", "delivered", "open", "processed"]
        batch = [an_event(started, w, useragent=BROWSER["User-Agent"]) for w in words] * 5
        for _ in range(10):
            assert await tell(client, json.dumps(batch).encode()) == 204
        await until(lambda: world.events(AttemptStatusChanged))
        await until(lambda: len(world.events(CallbackReceived)) >= 4)
        assert [e.status for e in world.events(AttemptStatusChanged)] == [AttemptStatus.CLICKED]


async def test_f4_an_event_before_the_answer_is_applied_and_not_taken_back(database: str) -> None:
    async with a_world(database) as world, world.running():
        await world.faults({"kind": "callback-first", "operation": "send", "next": 1})
        world.approve()
        await until(lambda: world.events(AttemptAccepted) and len(world.events(AttemptStatusChanged)) >= 2)
        assert world.events(AttemptStatusChanged)[-1].status is AttemptStatus.DELIVERED


async def test_f7_events_of_which_nobody_knows_are_kept_and_the_batch_is_taken(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        started = await begun(world)
        strange = [{"event": "delivered", "email": "x@y.test", "sg_event_id": "strange"}, 7, None, "x", {"event": None}]
        assert await tell(client, json.dumps([*strange, an_event(started, "delivered")]).encode()) == 204
        await until(lambda: world.events(AttemptStatusChanged))
        assert len(world.events(CallbackReceived)) == 1


async def test_f22_a_bounce_after_delivery_wins(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        started = await begun(world)
        for word in ("delivered", "bounce", "delivered"):
            assert (
                await tell(client, json.dumps([an_event(started, word, type="bounce", status="5.1.1")]).encode()) == 204
            )
        await until(lambda: len(world.events(AttemptStatusChanged)) == 2)
        assert world.events(AttemptStatusChanged)[-1].status is AttemptStatus.BOUNCED


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"secret": "another"}, 403),
        ({"X-Twilio-Email-Event-Webhook-Signature": "no base 64!"}, 403),
        ({"X-Twilio-Email-Event-Webhook-Timestamp": "1"}, 403),
    ],
)
async def test_f8_a_forged_event_changes_nothing(database: str, change: dict[str, str], status: int) -> None:
    async with a_world(database) as world, world.running() as client:
        started = await begun(world)
        body = json.dumps([an_event(started, "bounce", type="bounce")]).encode()
        assert await tell(client, body, **change) == status
        assert (await client.post(EVENTS, content=body)).status_code == 403
        assert not world.events(CallbackReceived)


async def test_f8_the_simulators_forgery_changes_nothing(database: str) -> None:
    async with a_world(database) as world, world.running():
        await world.faults({"kind": "callback-forged", "operation": "send", "next": 1})
        world.approve()
        await until(lambda: AttemptStatus.DELIVERED in [e.status for e in world.events(AttemptStatusChanged)])
        assert AttemptStatus.BOUNCED not in [e.status for e in world.events(AttemptStatusChanged)]


@pytest.mark.parametrize("kind", ["unknown", "strange", "huge"])
async def test_f7_f18_f19_what_sendgrid_posts_beside_the_truth_changes_no_end(database: str, kind: str) -> None:
    async with a_world(database) as world, world.running():
        await world.faults({"kind": f"callback-{kind}", "operation": "send", "next": 1})
        world.approve()
        await until(lambda: AttemptStatus.DELIVERED in [e.status for e in world.events(AttemptStatusChanged)])
        await until(lambda: not world.simulator.post.events.waiting)
    assert AttemptStatus.BOUNCED not in [e.status for e in world.events(AttemptStatusChanged)]
    assert len(world.events(AttemptAccepted)) == 1


async def test_f18_too_much_and_nonsense_are_refused(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        assert await tell(client, b"[" + b" " * (2 << 20) + b"]") == 413
        for nonsense in (b"", b"{}", b"nonsense", b"[" * 3000, b"\xff"):
            assert await tell(client, nonsense) == 400
        assert not world.events(CallbackReceived)


async def test_f20_with_the_broker_gone_sendgrid_is_asked_to_come_again(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        started = await begun(world)
        world.publisher.broken = True
        body = json.dumps([an_event(started, "delivered")]).encode()
        assert await tell(client, body) == 503
        world.publisher.broken = False
        assert await tell(client, body) == 204
        await until(lambda: world.events(AttemptStatusChanged))


async def test_f16_an_unsubscribe_at_sendgrid_is_an_opt_out_once(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        started = await begun(world)
        for _ in range(3):
            assert await tell(client, json.dumps([an_event(started, "unsubscribe")]).encode()) == 204
        await until(lambda: world.events(OptedOut))
        world.approve()
        await until(lambda: world.events(AttemptRejected))
        assert [e.source for e in world.events(OptedOut)] == ["provider"]
        assert len(world.mails) == 1


async def test_f24_no_scanner_unsubscribes_and_none_counts_as_a_reader(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.approve(to="ana.scanned@mail.example.test")
        await until(lambda: world.received("email") and not world.simulator.post.carrier.under_way)
        assert not world.events(OptedOut)
        assert AttemptStatus.CLICKED not in [e.status for e in world.events(AttemptStatusChanged)]


async def test_f24_to_unsubscribe_takes_a_post_and_one_is_enough(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        world.place(ADDRESS)
        world.approve()
        await until(lambda: world.mails)
        link = world.mails[0].links[-1]
        page = await client.get(link)
        assert page.status_code == 200
        assert "<form" in page.text
        assert not world.events(OptedOut)
        for _ in range(3):
            assert (await client.post(link, data={"List-Unsubscribe": "One-Click"})).status_code == 200
        await until(lambda: world.events(OptedOut))
        world.approve()
        await until(lambda: world.events(AttemptRejected))
        assert [e.source for e in world.events(OptedOut)] == ["link"]
        assert len(world.mails) == 1


async def test_a_link_leads_on_and_a_forged_one_does_not(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        world.approve()
        await until(lambda: world.mails)
        link = world.mails[0].links[0]
        led = await client.get(link, headers=BROWSER)
        assert led.status_code == 302
        assert led.headers["Location"] == f"https://pay.example.test/{link.rpartition('/')[2]}"
        assert (await client.get(f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}", headers=BROWSER)).status_code == 404
        assert (await client.post(link)).status_code == 405


async def test_a_reply_by_smtp_is_heard_without_what_it_quotes(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.place(ADDRESS)
        world.approve()
        await until(lambda: world.received("email"))
        await world.control("mail/reply", {"from": ADDRESS, "text": "How much is it now?"})
        await until(lambda: world.events(ReplyReceived))
        [reply] = world.events(ReplyReceived)
        assert (reply.text, reply.intent, reply.meta.consumer_id) == (
            "How much is it now?",
            ReplyIntent.QUESTION,
            CONSUMER,
        )
        assert world.events(AttemptStatusChanged)[-1].status is AttemptStatus.REPLIED
        assert not world.events(OptedOut)


async def test_a_stop_by_mail_bars_the_consumers_addresses_at_once(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.place(ADDRESS, "ana.other@mail.example.test")
        world.approve()
        await until(lambda: world.received("email"))
        await world.control("mail/reply", {"from": ADDRESS, "text": "Please stop writing to me"})
        await until(lambda: world.events(OptedOut))
        world.approve(to="ana.other@mail.example.test")
        await until(lambda: world.events(AttemptRejected))
        assert len(world.mails) == 1


PARSED = {"from": f"Ana <{ADDRESS}>", "to": "x@y.test", "subject": "Re: hello", "SPF": "pass", "dkim": "none"}


async def test_inbound_parse_needs_its_secret_address_and_tells_who_vouches(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        world.place(ADDRESS)
        await until(lambda: world.runtime.run)
        asked = {n: (None, v) for n, v in {**PARSED, "text": "How much is it?"}.items()}
        assert (await client.post("/inbound/wrong", files=asked)).status_code == 404
        assert (await client.post(f"/inbound/{TOKEN}", files=asked)).status_code == 200
        await until(lambda: world.events(ReplyReceived))
        spoofed = {
            **asked,
            "SPF": (None, "fail"),
            "text": (None, "I dispute this"),
            "headers": (None, "Message-ID: <2@x>"),
        }
        assert (await client.post(f"/inbound/{TOKEN}", files=spoofed)).status_code == 200
        stopped = {**asked, "SPF": (None, "fail"), "text": (None, "STOP"), "headers": (None, "Message-ID: <3@x>")}
        assert (await client.post(f"/inbound/{TOKEN}", files=stopped)).status_code == 200
        await until(lambda: world.events(OptedOut))
        assert [r.text for r in world.events(ReplyReceived)] == ["How much is it?", "STOP"]


async def test_what_a_stranger_writes_is_heard_when_the_address_is_placed(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        asked = {n: (None, v) for n, v in {**PARSED, "text": "Who are you?"}.items()}
        assert (await client.post(f"/inbound/{TOKEN}", files=asked)).status_code == 200
        assert not world.events(ReplyReceived)
        world.place(ADDRESS)
        await until(lambda: world.events(ReplyReceived))
        assert world.events(ReplyReceived)[0].meta.consumer_id == CONSUMER
