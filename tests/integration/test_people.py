"""The pages that show what people saw, asked for over HTTP. How they look in a browser is not tested here."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.channels import a_simulator

ACCOUNT, TOKEN, OURS = "AC" + "5" * 32, "a-token", "+12125550199"
PHONE, MAILBOX = "+13125550101", "ana@inbox.test"
NASTY = "<script>alert(1)</script>"
ANA = {
    "label": f"Ana {NASTY}",
    "phones": [PHONE],
    "emails": [MAILBOX],
    "places": [{"name": "Ana Diaz", "line_1": "12 Elm St", "postal_code": "62704-1234"}],
}


@pytest.fixture
async def simulator() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a simulator."""
    async with (
        a_simulator(600.0, account_sid=ACCOUNT, auth_token=TOKEN) as (_, url, _runtime),
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        yield client


async def _text(simulator: httpx.AsyncClient, to: str, body: str) -> None:
    path = f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = await simulator.post(path, auth=(ACCOUNT, TOKEN), data={"To": to, "From": OURS, "Body": body})
    assert answer.status_code == 201, answer.text


async def _mail(simulator: httpx.AsyncClient, to: str, html: str) -> None:
    content = {
        "personalizations": [{"to": [{"email": to}]}],
        "from": {"email": "hello@counterpoint.test"},
        "subject": NASTY,
        "content": [{"type": "text/plain", "value": "plain"}, {"type": "text/html", "value": html}],
    }
    answer = await simulator.post(
        "/sendgrid/v3/mail/send", json=content, headers={"Authorization": "Bearer SG.simulated"}
    )
    assert answer.status_code == 202, answer.text


async def test_a_thread_shows_both_sides_and_how_far_a_text_came(simulator: httpx.AsyncClient) -> None:
    await _text(simulator, PHONE, "Your balance is ready.")
    await simulator.post("/_sim/inbound", json={"from": PHONE, "to": OURS, "body": "who is this?"})
    person = (await simulator.post("/_sim/people", json={"people": [ANA]})).json()["numbers"][0]

    async def page() -> str:
        return (await simulator.get(f"/_sim/people/{person}", follow_redirects=True)).text

    seen = await page()
    assert seen.index("Your balance is ready.") < seen.index("who is this?")
    async with asyncio.timeout(30):
        while "delivered" not in await page():  # noqa: ASYNC110 - the simulator tells a browser nothing
            await asyncio.sleep(0.02)


async def test_addresses_are_one_person_only_where_somebody_said_so(simulator: httpx.AsyncClient) -> None:
    await _text(simulator, PHONE, "a text")
    await _mail(simulator, MAILBOX, "<p>a mail</p>")
    before = (await simulator.get("/_sim/people")).text
    assert PHONE in before
    assert MAILBOX in before
    assert "2 people" in before
    answer = await simulator.post("/_sim/people", json={"people": [ANA]})
    after = (await simulator.get("/_sim/people")).text
    assert "1 person" in after
    stranger = await simulator.get("/_sim/people/1")
    assert stranger.status_code == 308
    assert stranger.headers["Location"].endswith(f"/{answer.json()['numbers'][0]}")


async def test_the_same_name_at_an_address_again_is_the_same_person(simulator: httpx.AsyncClient) -> None:
    other = {"label": "Bob", "phones": [PHONE]}
    answer = await simulator.post("/_sim/people", json={"people": [ANA, ANA, other]})
    first, again, somebody_else = answer.json()["numbers"]
    assert first == again != somebody_else
    await _text(simulator, PHONE, "for whom?")
    for number in (first, somebody_else):
        assert "for whom?" in (await simulator.get(f"/_sim/people/{number}")).text


async def test_nothing_that_was_sent_is_run_by_the_browser(simulator: httpx.AsyncClient) -> None:
    person = (await simulator.post("/_sim/people", json={"people": [ANA]})).json()["numbers"][0]
    await _text(simulator, PHONE, NASTY)
    await _mail(simulator, MAILBOX, f"<p>{NASTY}</p>")
    page = await simulator.get(f"/_sim/people/{person}")
    everybody = await simulator.get("/_sim/people")
    for answer in (page, everybody):
        assert "<script" not in answer.text
        assert "&lt;script&gt;" in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    frame = page.text.split('<iframe sandbox title="')[1].split('src="')[1].split('"')[0]
    mail = await simulator.get(frame)
    assert mail.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


async def test_no_address_and_no_name_stands_in_an_address_of_a_page(simulator: httpx.AsyncClient) -> None:
    await simulator.post("/_sim/people", json={"people": [ANA]})
    await _text(simulator, PHONE, "a text")
    found = await simulator.post("/_sim/people/search", data={"sought": "(312) 555-0101"})
    assert "1 person found" in found.text
    links = [part.split('"')[0] for part in found.text.split('href="')[1:]]
    assert all("ana" not in link.lower() and "555" not in link for link in links)
    assert "Nobody of that name" in (await simulator.post("/_sim/people/search", data={"sought": "zzz"})).text


@pytest.mark.parametrize("path", ["/_sim/people/99", "/_sim/people/mail/none", "/_sim/people/letter/none"])
async def test_what_is_not_there_is_not_found(simulator: httpx.AsyncClient, path: str) -> None:
    assert (await simulator.get(path)).status_code == 404
    assert (await simulator.post("/_sim/people", content=b"{")).status_code == 400


async def test_a_payment_and_a_postal_address_are_shown_as_they_were_written(simulator: httpx.AsyncClient) -> None:
    person = (await simulator.post("/_sim/people", json={"people": [ANA]})).json()["numbers"][0]
    asked = {
        "success_url": "https://collector.example.test/paid",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "124500",
        "line_items[0][price_data][product_data][name]": "Account payment",
    }
    opened = await simulator.post("/stripe/v1/checkout/sessions", data=asked, auth=("sk_test_simulated", ""))
    card = {"kind": "card", "number": "4242424242424242", "expiry": "12/30", "cvc": "123"}
    for email in (MAILBOX.upper(), "nobody@inbox.test"):
        await simulator.post(opened.json()["url"], data={"email": email, **card})
    page = (await simulator.get(f"/_sim/people/{person}")).text
    assert "12 Elm St, 62704-1234" in page
    assert page.count("1,245.00 USD") == 1
    assert "nobody@inbox.test" not in (await simulator.get("/_sim/people")).text


async def test_messages_of_whatsapp_are_on_the_same_phone_and_called_so(simulator: httpx.AsyncClient) -> None:
    there, ours = f"whatsapp:{PHONE}", f"whatsapp:{OURS}"
    await simulator.post("/_sim/inbound", json={"from": there, "to": ours, "body": "is this really you?"})
    path = f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    await simulator.post(path, auth=(ACCOUNT, TOKEN), data={"To": there, "From": ours, "Body": "It is."})
    await _text(simulator, PHONE, "By text too.")
    person = (await simulator.post("/_sim/people", json={"people": [ANA]})).json()["numbers"][0]
    seen = (await simulator.get(f"/_sim/people/{person}", follow_redirects=True)).text
    for words in (
        "is this really you?",
        f"by WhatsApp to {OURS}",
        "It is.",
        f"by WhatsApp from {OURS}",
        "By text too.",
    ):
        assert words in seen
    assert "whatsapp:" not in seen
