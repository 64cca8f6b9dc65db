"""The simulated Twilio, driven by Twilio's own SDK over HTTP, and its rules one by one.

A green run does not prove that Twilio behaves so: no live account was reached; see counterpoint/providers/README.md.
"""

import asyncio
import functools
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from chassis.clock import Clock
from chassis.health import server
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.simulator import Simulator, running
from counterpoint.providers.twilio.callbacks import Wishes
from counterpoint.providers.twilio.messages import Window
from counterpoint.providers.twilio.scenarios import SCENARIOS

ACCOUNT, TOKEN, OURS, PHONE = "AC" + "5" * 32, "a-token", "+12125550199", "+13125550101"
_SERVERS = re.compile(r"https://(api|lookups)\.twilio\.com")
MESSAGES = f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


class Redirected(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client, with the simulator for its servers."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        """Ask the simulator."""
        return super().request(method, _SERVERS.sub(self._url + "/twilio", url), *rest, **named)


@asynccontextmanager
async def simulator(*, rate: float = 2000.0, **changes: object) -> AsyncIterator[tuple[Simulator, str, Client]]:
    """A simulator, its address, and Twilio's SDK for it."""
    clock = Clock(start=datetime(2026, 10, 19, 16, tzinfo=UTC), anchor=time.time(), rate=rate)
    settings = SimulatorSettings.model_validate({"account_sid": ACCOUNT, "auth_token": TOKEN, **changes})
    async with running(settings, clock) as (simulated, url):
        http = Redirected(url)
        yield simulated, url, Client(ACCOUNT, TOKEN, http_client=http)
        if http.session is not None:
            http.session.close()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the simulator tells nobody that it has moved
            await asyncio.sleep(0.005)


async def test_twilios_own_client_sends_finds_and_redacts_a_text() -> None:
    async with simulator() as (simulated, _, client):
        sent = await asyncio.to_thread(client.messages.create, to=PHONE, from_=OURS, body="Hello")
        assert (sent.status, sent.to, sent.from_, sent.body) == ("queued", PHONE, OURS, "Hello")
        await until(lambda: simulated.account.messages.everything[0].status == "delivered")
        found = await asyncio.to_thread(client.messages(sent.sid).fetch)
        assert (found.status, found.error_code) == ("delivered", None)
        assert found.date_created.tzinfo is not None
        day = datetime(2026, 10, 19, 1, tzinfo=UTC)
        listed = await asyncio.to_thread(client.messages.list, to=PHONE, from_=OURS, date_sent=day)
        assert [m.sid for m in listed] == [sent.sid]
        assert not await asyncio.to_thread(client.messages.list, to=OURS)
        assert not await asyncio.to_thread(client.messages.list, date_sent_before=day)
        redacted = await asyncio.to_thread(found.update, body="")
        assert redacted.body == ""
    [entry] = simulated.ledger.after(0, 10)
    assert (entry.to, entry.body, entry.status, entry.kind) == (PHONE, "Hello", "delivered", "text")


async def test_lists_have_pages_newest_first() -> None:
    async with simulator() as (_, _, client):
        for n in range(7):
            await asyncio.to_thread(client.messages.create, to=PHONE, from_=OURS, body=f"text {n}")
        listed = await asyncio.to_thread(client.messages.list, to=PHONE, page_size=3)
    assert [m.body for m in listed] == [f"text {n}" for n in reversed(range(7))]


REFUSED = [
    ({"To": "nobody"}, 400, 21211),
    ({"To": ""}, 400, 21604),
    ({"To": None}, 400, 21604),
    ({"From": None}, 400, 21603),
    ({"From": ""}, 400, 21603),
    ({"From": "++"}, 400, 21212),
    ({"To": OURS}, 400, 21266),
    ({"Body": None}, 400, 21602),
    ({"Body": ""}, 400, 21602),
    ({"Body": "x" * 1601}, 400, 21617),
    ({"StatusCallback": "nowhere"}, 400, 21609),
    ({"StatusCallback": "http://under_score.test/"}, 400, 21609),
    ({"StatusCallBack": "http://a.test/"}, 400, 20001),
    ({"ValidityPeriod": "0"}, 400, 20001),
    ({"ValidityPeriod": "36001"}, 400, 20001),
    ({"ValidityPeriod": "soon"}, 400, 20001),
    ({"ScheduleType": "fixed"}, 400, 35117),
    ({"MediaUrl": ["http://a.test"] * 11}, 400, 21623),
    ({"To": "+13125550188"}, 400, 21610),
    ({"To": "+13125550189"}, 400, 21614),
]


@pytest.mark.parametrize(("changes", "status", "code"), REFUSED)
async def test_what_twilio_refuses_is_refused_with_its_code(changes: dict[str, Any], status: int, code: int) -> None:
    form = {k: v for k, v in {"To": PHONE, "From": OURS, "Body": "Hello", **changes}.items() if v is not None}
    async with simulator() as (simulated, url, _), httpx.AsyncClient(base_url=url, auth=(ACCOUNT, TOKEN)) as client:
        answer = await client.post(MESSAGES, data=form)
        assert not simulated.account.messages.everything
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.json()["more_info"].endswith(f"/errors/{code}")


async def test_who_asks_and_what_for_is_checked_first() -> None:
    async with simulator() as (_, url, client), httpx.AsyncClient(base_url=url) as plain:
        form = {"To": PHONE, "From": OURS, "Body": "Hello"}
        for header in ("", "Basic", "Basic !!!", "Bearer x", "Basic YTpi"):
            assert (await plain.post(MESSAGES, data=form, headers={"Authorization": header})).json()["code"] == 20003
        auth = (ACCOUNT, TOKEN)
        other = await plain.post(MESSAGES.replace("5" * 32, "6" * 32), data=form, auth=auth)
        assert (other.status_code, other.json()["code"]) == (404, 20404)
        assert (await plain.post(MESSAGES, json=form, auth=auth)).status_code == 415
        assert (await plain.get(MESSAGES, params={"PageSize": "0"}, auth=auth)).json()["code"] == 20001
        assert (await plain.get(MESSAGES, params={"Nope": "0"}, auth=auth)).json()["code"] == 20001
        with pytest.raises(TwilioRestException) as raised:
            await asyncio.to_thread(client.messages("SM" + "0" * 32).fetch)
        assert (raised.value.status, raised.value.code) == (404, 20404)


@asynccontextmanager
async def listener(answers: Callable[[int], int] = lambda n: 204) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A page that notes what is posted to it, and answers the nth post as told."""
    heard: list[dict[str, Any]] = []

    async def take(request: Request) -> Response:
        form = dict(await request.form())
        heard.append({"url": str(request.url), "form": form, "signature": request.headers["X-Twilio-Signature"]})
        return Response(status_code=answers(len(heard)))

    web = server(app=Starlette(routes=[Route("/hook", take, methods=["POST"])]), host="127.0.0.1", port=0)
    serving = asyncio.create_task(web.serve())
    await until(lambda: web.started)
    yield f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}/hook?attempt=a-1&contact=c-1", heard
    web.should_exit = True
    await serving


async def test_callbacks_tell_of_each_status_and_twilios_validator_believes_them() -> None:
    async with listener() as (hook, heard), simulator() as (simulated, _, client):
        sent = await asyncio.to_thread(
            client.messages.create, to=PHONE, from_=OURS, body="Hello", status_callback=hook + "#rc=3&rp=all"
        )
        await until(lambda: len(heard) == 2)
        [entry] = simulated.ledger.after(0, 10)
    assert {h["form"]["MessageStatus"] for h in heard} == {"sent", "delivered"}
    for h in heard:
        assert h["url"] == hook
        assert h["form"]["MessageSid"] == sent.sid
        assert RequestValidator(TOKEN).validate(h["url"], h["form"], h["signature"])
    assert entry.reference == {"attempt": "a-1", "contact": "c-1"}


@pytest.mark.parametrize(
    ("fragment", "calls"), [("#rc=3&rp=all", 4), ("#rc=1&rp=5xx", 2), ("", 1), ("#rc=3&rp=4xx", 1)]
)
async def test_failed_callbacks_are_tried_again_as_wished(fragment: str, calls: int) -> None:
    async with listener(lambda n: 503) as (hook, heard), simulator() as (simulated, _, client):
        await asyncio.to_thread(
            client.messages.create, to="+13125550196", from_=OURS, body="x", status_callback=hook + fragment
        )
        await until(lambda: simulated.account.webhooks.given_up == 1)
        assert len(heard) == calls


def test_wishes_are_read_within_bounds() -> None:
    assert Wishes.of("http://a.test/#rc=99").retries == 5
    assert Wishes.of("http://a.test/#rc=x&ct=100&rt=y") == Wishes(1, frozenset({"ct"}), 0.1, 15.0)
    assert Wishes.of("http://a.test/") == Wishes()


@pytest.mark.parametrize("suffix", sorted(s for s, scenario in SCENARIOS.items() if scenario.refused is None))
async def test_a_numbers_last_digits_decide_what_becomes_of_a_text(suffix: str) -> None:
    scenario = SCENARIOS[suffix]
    async with simulator(rate=200_000.0) as (simulated, _, client):
        await asyncio.to_thread(client.messages.create, to=f"+1312555{suffix}", from_=OURS, body="Hello")
        await until(lambda: len(simulated.ledger))
        [entry] = simulated.ledger.after(0, 10)
    expired = scenario.wait > 36_000
    assert (entry.status, entry.error_code) == (("failed", 30036) if expired else (scenario.end, scenario.error_code))
    assert (entry.received_at is not None) == (scenario.end in ("delivered", "sent") and not expired)


async def test_a_text_is_never_handed_over_after_its_validity() -> None:
    async with simulator(rate=20_000.0) as (simulated, _, client):
        for seconds in (1, 2, 3, 5, 8):
            for n in range(8):
                await asyncio.to_thread(
                    client.messages.create, to=f"+1312555010{n}", from_=OURS, body=str(seconds), validity_period=seconds
                )
        await until(lambda: len(simulated.ledger) == 40)
        entries = simulated.ledger.after(0, 100)
    for e in entries:
        if e.received_at is None:
            assert (e.status in ("failed", "undelivered"), e.error_code) == (True, 30036)
        else:
            assert e.received_at - e.requested_at < timedelta(seconds=int(e.body))
    assert {e.received_at is None for e in entries} == {True, False}


async def test_equal_seeds_give_equal_lives() -> None:
    lives = []
    for seed in (7, 7, 8):
        async with simulator(seed=seed, rate=20_000.0) as (simulated, _, client):
            for n in range(5):
                await asyncio.to_thread(client.messages.create, to=f"+1312555010{n}", from_=OURS, body="Hello")
            await until(lambda: len(simulated.ledger) == 5)
            entries = simulated.ledger.after(0, 10)
        lives.append(
            {e.to: (e.message_sid, (e.received_at - e.requested_at).total_seconds()) for e in entries if e.received_at}
        )
    assert lives[0] == lives[1] != lives[2]


async def test_stop_blocks_the_pair_and_start_lifts_it() -> None:
    async with listener() as (hook, heard), simulator(inbound_url="x") as (simulated, url, client):
        simulated.account._inbound_url = hook
        async with httpx.AsyncClient(base_url=url) as control:

            async def says(body: str) -> None:
                answer = await control.post("/_sim/inbound", json={"from": PHONE, "to": OURS, "body": body})
                assert answer.status_code == 202

            await says("Stop please")
            await asyncio.to_thread(client.messages.create, to=PHONE, from_=OURS, body="Hello")
            await says(" stop ")
            with pytest.raises(TwilioRestException) as raised:
                await asyncio.to_thread(client.messages.create, to=PHONE, from_=OURS, body="Hello")
            assert (raised.value.status, raised.value.code) == (400, 21610)
            await asyncio.to_thread(client.messages.create, to=PHONE, from_="+12125550198", body="another number")
            await says("HELP")
            await says("START")
            await asyncio.to_thread(client.messages.create, to=PHONE, from_=OURS, body="Hello again")
            await until(lambda: len(simulated.ledger) == 6)
            await until(lambda: len(heard) == 4)
            page = (await control.get("/_sim/ledger", params={"after": "2", "limit": "3"})).json()
    kinds = [e.kind for e in simulated.ledger.after(0, 10)]
    assert sorted(kinds) == ["confirmation"] * 3 + ["text"] * 3
    assert sorted(h["form"]["Body"] for h in heard) == sorted(["Stop please", " stop ", "HELP", "START"])
    assert all(RequestValidator(TOKEN).validate(h["url"], h["form"], h["signature"]) for h in heard)
    assert ([e["sequence"] for e in page["entries"]], page["last"]) == ([3, 4, 5], 6)


async def test_the_ledger_is_written_to_a_file_too(tmp_path: Any) -> None:
    file = tmp_path / "ledger.jsonl"
    async with simulator(ledger_file=file) as (simulated, url, client), httpx.AsyncClient(base_url=url) as control:
        await asyncio.to_thread(client.messages.create, to=PHONE, from_=OURS, body="Hello")
        await until(lambda: len(simulated.ledger))
        entries = (await control.get("/_sim/ledger")).json()["entries"]
        status = (await control.get("/_sim/status")).json()
    lines = file.read_text().splitlines()
    assert len(lines) == len(entries) == status["ledger"] == status["messages"] == 1
    assert status["under_way"] == 0


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("faults", {"faults": [{"kind": "no-such"}]}),
        ("faults", {"faults": [{"kind": "429", "often": 1}]}),
        ("inbound", {"from": PHONE}),
        ("inbound", []),
    ],
)
async def test_wrong_commands_are_refused_and_say_why(path: str, content: object) -> None:
    async with simulator() as (_, url, _), httpx.AsyncClient(base_url=url) as control:
        answer = await control.post(f"/_sim/{path}", json=content)
        assert answer.status_code == 400
        assert answer.text
        assert (await control.get("/_sim/ledger", params={"after": "x"})).status_code == 400


async def test_twilios_own_client_writes_by_whatsapp_within_its_window_and_by_template_after() -> None:
    there, ours = f"whatsapp:{PHONE}", f"whatsapp:{OURS}"
    async with simulator(rate=1.0) as (simulated, _, client):
        account = simulated.account
        send = functools.partial(asyncio.to_thread, client.messages.create, to=there, from_=ours)
        late = await send(body="Hello")
        template = await send(content_sid="HX" + "1" * 32, content_variables='{"1": "Ana"}')
        account.hear(phone=there, ours=ours, body="Hi")
        answer = await send(body="Hello")
        with pytest.raises(TwilioRestException) as refused:
            await send(from_=OURS, body="Hello")
        assert refused.value.code == 21910
        seen = {m.sid: m.whatsapp for m in account.messages.everything}
    assert [seen[m.sid] for m in (late, template, answer)] == [Window.OVER, Window.OPEN, Window.OPEN]


async def test_a_message_of_whatsapp_is_read_in_the_end_and_entered_once() -> None:
    there, ours = f"whatsapp:{PHONE}", f"whatsapp:{OURS}"
    async with simulator() as (simulated, _, client):
        late = await asyncio.to_thread(client.messages.create, to=there, from_=ours, body="Hello")
        await until(lambda: simulated.account.messages.by_sid[late.sid].status == "failed")
        simulated.account.hear(phone=there, ours=ours, body="STOP")  # is no word of Twilio's there
        sent = await asyncio.to_thread(client.messages.create, to=there, from_=ours, body="Hello")
        await until(lambda: simulated.account.messages.by_sid[sent.sid].status == "read")
        entries = simulated.ledger.after(0, 10)
    assert [(e.message_sid, e.status, e.error_code) for e in entries] == [
        (late.sid, "failed", 63016),
        (sent.sid, "delivered", None),
    ]
