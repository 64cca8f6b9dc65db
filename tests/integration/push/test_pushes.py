"""From an approval to a lock screen, through real HTTP to the simulator, whatever goes wrong on the way.

A green run does not prove that real push services and browsers behave as the simulator does.
"""

import asyncio

import httpx
import pytest

from chassis.failures import Halted
from chassis.runtime.memory import Crashed
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackReceived,
    Channel,
    OptedOut,
    PushSubscribed,
    ReasonClass,
)
from tests.channels import until
from tests.integration.push.harness import CONSUMER, TOKEN, Pushes, a_world


def statuses(world: Pushes) -> list[AttemptStatus]:
    return [e.status for e in world.events(AttemptStatusChanged)]


def never_told(world: Pushes) -> None:
    """Browsers show, and the page's script in them says nothing."""
    world.simulator.push.silent = True


async def test_a_notification_is_shown_and_says_nothing_of_a_debt(database: str) -> None:
    async with a_world(database) as world, world.running():
        browser = world.browser()
        approval = world.approve(browser)
        await until(lambda: AttemptStatus.DELIVERED in statuses(world))
        [entry], [accepted] = world.received("push"), world.events(AttemptAccepted)
    assert entry.to == browser.address
    assert entry.reference == {"contact": approval.contact_id, "consumer": CONSUMER}
    assert entry.message_sid == accepted.provider_id
    assert "opt out" in entry.body
    assert not any(word in entry.body.lower() for word in ("debt", "collect", "owe", "account", "pay"))
    [notice] = world.notices
    assert notice.topic == world.events(AttemptStarted)[0].attempt_id.replace("-", "")
    assert notice.until <= approval.expires_at


async def test_it_speaks_spanish(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.approve(language="es")
        await until(lambda: world.notices)
        assert world.notices[0].content["lang"] == "es"
        assert "Pulse" in world.notices[0].content["body"]


async def test_a_tap_leads_to_the_consumers_page_and_stop_bars_every_browser(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        first, second = world.browser(), world.browser()
        for browser in (first, second):
            assert (await world.subscribe(client, browser)).status_code == 201
        world.approve(first)
        await until(lambda: AttemptStatus.DELIVERED in statuses(world))
        async with httpx.AsyncClient(trust_env=False) as consumer:
            page = await consumer.get(await world.tap(first))
            assert (page.status_code, page.headers["location"].startswith("http")) == (302, True)
            await until(lambda: AttemptStatus.CLICKED in statuses(world))
            stop = await world.tap(first, "stop")
            asked = await consumer.get(stop)
            assert "Stop all notifications" in asked.text
            assert not world.events(OptedOut)
            await consumer.post(stop)
            await consumer.post(stop)
        await until(lambda: world.events(OptedOut))
        world.approve(second)
        await until(lambda: world.events(AttemptRejected))
    [opted_out], [rejected] = world.events(OptedOut), world.events(AttemptRejected)
    assert (opted_out.channel, opted_out.meta.consumer_id) == (Channel.PUSH, CONSUMER)
    assert (rejected.reason, rejected.reason_class) == ("suppressed", ReasonClass.OPTED_OUT)
    assert len(world.notices) == 1


@pytest.mark.parametrize("kind", ["timeout-created", "500-created", "reset-created"])
async def test_f1_f12_a_lost_answer_counts_as_sent_and_nothing_is_sent_again(database: str, kind: str) -> None:
    async with a_world(database) as world, world.running():
        never_told(world)
        await world.faults({"kind": kind, "next": 1})
        world.approve()
        await until(lambda: world.events(AttemptInDoubt))
        await until(lambda: world.events(AttemptAccepted))
        assert not world.events(AttemptRejected)
        assert len(world.notices) == 1


async def test_f1_a_browser_that_shows_it_settles_the_doubt(database: str) -> None:
    async with a_world(database, rate=60.0) as world, world.running():
        await world.faults({"kind": "reset-created", "next": 1})
        world.approve()
        await until(lambda: world.events(AttemptInDoubt))
        await until(lambda: AttemptStatus.DELIVERED in statuses(world))
        assert len(world.notices) == 1


async def test_f2_f10_what_was_certainly_not_taken_is_tried_again(database: str) -> None:
    async with a_world(database, retry_seconds=10.0) as world, world.running():
        await world.faults({"kind": "429", "next": 2, "retry_after": "0.1"})
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        await world.faults(refuse_seconds=0.6)
        await until(lambda: world.simulator.door.refusing)
        world.approve()
        await until(lambda: len(world.events(AttemptAccepted)) == 2)
        assert len(world.notices) == 2
        assert not world.events(AttemptInDoubt)


@pytest.mark.parametrize("step", ["decided", "changelog", "outputs", "effects", "processed"])
async def test_f3_a_worker_killed_at_any_step_shows_it_once_at_most(database: str, step: str) -> None:
    async with a_world(database) as world:
        never_told(world)
        world.turning = False
        async with world.running():
            for n in range(3):
                world.approve(consumer_id=f"con-{n:024x}")

            def taken(_service: str, done: str) -> None:
                if done == step:
                    raise Crashed(step)

            world.runtime.step = taken
            with pytest.raises(Crashed):
                await world.runtime.run()
            world.runtime.step = lambda _service, _step: None
        world.turning = True
        async with world.running():
            await until(lambda: len(world.events(AttemptAccepted)) == 3)
        shown = [n.named["contact"] for n in world.notices]
        assert len(shown) == len(set(shown))


@pytest.mark.parametrize("gone", ["by the owner", "by the plan", "never was"])
async def test_a_browser_that_takes_no_more_is_an_address_that_reaches_nobody(database: str, gone: str) -> None:
    async with a_world(database) as world, world.running():
        browser = world.browser()
        if gone == "by the owner":
            await world.control(f"browsers/{browser.id}", {"gone": True})
        elif gone == "by the plan":
            await world.faults({"kind": "410", "next": 1})
        else:
            del world.simulator.push.browsers.by_id[browser.id]
        world.approve(browser)
        await until(lambda: world.events(AttemptRejected))
    [rejected] = world.events(AttemptRejected)
    assert (rejected.reason, rejected.reason_class) == ("subscription-gone", ReasonClass.PERMANENT_ADDRESS)
    assert not world.notices


async def test_f14_a_key_that_is_refused_by_all_halts_the_channel_and_loses_nothing(database: str) -> None:
    async with a_world(database) as world:
        world.turning = False
        async with world.running():
            await world.faults({"kind": "401", "rate": 1.0})
            for n in range(2):
                world.approve(consumer_id=f"con-{n:024x}")
            await world.runtime.run()
            assert {e.reason for e in world.events(AttemptRejected)} == {"key-refused"}
            world.approve(consumer_id=f"con-{2:024x}")
            with pytest.raises(Halted, match="COUNTERPOINT_PUSH_VAPID_KEY"):
                await world.runtime.run()
            await world.faults()
        assert len(world.events(AttemptRejected)) == 2
        assert not world.notices


async def test_f15_one_browser_with_an_older_key_is_rejected_and_the_next_is_shown_its_own(database: str) -> None:
    async with a_world(database) as world, world.running():
        stale = world.browser("B" + "A" * 86)
        world.approve(stale)
        world.approve(template_id="nobody-wrote-it")
        world.approve(to="https://127.0.0.1/push not-a-key not-a-secret")
        elsewhere = world.browser().address.replace("127.0.0.1", "localhost")
        world.approve(to=elsewhere)
        world.approve()
        await until(lambda: world.events(AttemptAccepted) and len(world.events(AttemptRejected)) == 4)
    reasons = sorted(e.reason for e in world.events(AttemptRejected))
    assert reasons == ["key-refused", "no-such-template", "subscription-not-usable", "subscription-not-usable"]
    assert len(world.notices) == 1


async def test_f17_a_stop_that_comes_before_the_call_holds_it_back(database: str) -> None:
    async with a_world(database) as world:
        browser = world.browser()
        world.bar(Channel.PUSH, "push", browser.address, active=True, consumer_id=CONSUMER)
        async with world.running():
            world.approve(browser)
            await until(lambda: world.events(AttemptRejected))
        assert not world.notices


async def test_f26_a_browser_that_comes_back_too_late_shows_nothing(database: str) -> None:
    async with a_world(database, rate=3600.0) as world, world.running():
        browser = world.browser()
        browser.offline = True
        approval = world.approve(browser)
        await until(lambda: world.events(AttemptAccepted))
        await until(lambda: world.now > approval.expires_at)
        await world.control(f"browsers/{browser.id}", {"offline": False})
        assert not world.received("push")
        assert world.notices[0].shown_at is None


async def test_of_two_with_one_topic_that_wait_only_the_last_is_shown(database: str) -> None:
    async with a_world(database) as world:
        browser = world.browser()
        browser.offline = True
        for _ in range(2):
            world.simulator.push.browsers.take(browser, "one", world.now, world.now, {"title": "t", "navigate": "n"})
        assert [n.replaced for n in world.notices] == [True, False]


async def test_f8_only_the_portal_hands_subscriptions_over_and_only_for_push_services(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        browser = world.browser()
        said = {"consumer_id": CONSUMER, "subscription": browser.subscription}
        forged = await client.post("/subscriptions", json=said, headers={"Authorization": "Bearer nobody"})
        away = browser.subscription | {"endpoint": "http://169.254.169.254/latest"}
        elsewhere = await world.subscribe(client, browser, subscription=away)
        broken = await world.subscribe(client, browser, subscription={"endpoint": browser.endpoint})
        no_json = await client.post("/subscriptions", content=b"\xff", headers={"Authorization": f"Bearer {TOKEN}"})
        huge = await client.post(
            "/subscriptions", content=b" " * 10_000_000, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        shown = await client.post("/shown/" + "A" * 51)
    assert [a.status_code for a in (forged, elsewhere, broken, no_json, huge, shown)] == [403, 422, 400, 400, 413, 404]
    assert not world.events(PushSubscribed)
    assert not world.events(CallbackReceived)


async def test_f20_a_subscription_that_the_log_does_not_take_is_asked_for_again(database: str) -> None:
    async with a_world(database) as world, world.running() as client:
        browser = world.browser()
        world.publisher.broken = True
        assert (await world.subscribe(client, browser)).status_code == 503
        world.publisher.broken = False
        assert (await world.subscribe(client, browser)).status_code == 201
        [said] = world.events(PushSubscribed)
        assert f"{said.endpoint} {said.public_key} {said.secret}" == browser.address


async def test_the_page_of_a_person_shows_the_notification(database: str) -> None:
    async with a_world(database) as world, world.running():
        browser = world.browser()
        known = {"label": "Ana Ejemplo", "browsers": [browser.id]}
        await world.control("people", {"people": [known]})
        world.approve(browser)
        await until(lambda: world.received("push"))
        async with httpx.AsyncClient(base_url=world.simulator_url, trust_env=False) as client:
            everybody, page = await asyncio.gather(client.get("/_sim/people"), client.get("/_sim/people/1"))
    assert "Ana Ejemplo" in everybody.text
    assert "A message from" in page.text
