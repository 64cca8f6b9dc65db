"""The simulated Lob, driven by Lob's own SDK over HTTP, and what it gets wrong when told to.

A green run does not prove that Lob behaves so: no live account was reached; see counterpoint/providers/README.md.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import lob_python
import pytest
from lob_python.api.letters_api import LettersApi
from lob_python.api.us_verifications_api import UsVerificationsApi
from lob_python.model.address_editable import AddressEditable
from lob_python.model.letter_editable import LetterEditable
from lob_python.model.ltr_use_type import LtrUseType
from lob_python.model.metadata_model import MetadataModel
from lob_python.model.us_verifications_writable import UsVerificationsWritable
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.clock import Clock
from chassis.health import server
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.simulator import Simulator, running
from services.letter.signature import is_authentic
from tests.unit.providers.stripe_harness import until

KEY, SECRET = "test_key", "a-secret"
START = datetime(2026, 10, 19, 16, tzinfo=UTC)


@asynccontextmanager
async def simulator(posts: list[Request]) -> AsyncIterator[tuple[Simulator, str, lob_python.ApiClient]]:
    """A simulator, its address, and Lob's SDK for it; what it posts to us is noted."""

    async def take(request: Request) -> Response:
        await request.body()
        posts.append(request)
        return Response()

    web = server(app=Starlette(routes=[Route("/hook", take, methods=["POST"])]), host="127.0.0.1", port=0)
    serving = asyncio.create_task(web.serve())
    await until(lambda: web.started)
    hook = f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}/hook"
    settings = {"lob_key": KEY, "lob_webhook_url": hook, "lob_webhook_secret": SECRET}
    clock = Clock(start=START, anchor=time.time())
    try:
        async with running(SimulatorSettings.model_validate(settings), clock) as (simulated, url):
            with lob_python.ApiClient(lob_python.Configuration(host=f"{url}/lob/v1", username=KEY)) as client:
                yield simulated, url, client
                client.rest_client.pool_manager.clear()
    finally:
        web.should_exit = True
        await serving


def a_letter(**changes: Any) -> LetterEditable:
    """A letter as a caller of the SDK would ask for it."""
    place = {"address_line1": "12 Oak Street", "address_city": "Dayton", "address_state": "OH", "address_zip": "45402"}
    to, sender = (AddressEditable(name=name, **place) for name in ("Ana Ejemplo", "Harborview"))
    given = {"to": to, "_from": sender, "file": "<p>Hello, Ana</p>", "color": False}
    used = {"use_type": LtrUseType("operational"), "metadata": MetadataModel(attempt="attempt-1")}
    return LetterEditable(**given, **used, **changes)


async def test_lobs_own_client_prints_finds_lists_and_takes_back_a_letter() -> None:
    posts: list[Request] = []
    async with simulator(posts) as (simulated, _, client):
        letters = LettersApi(client)
        made = await asyncio.to_thread(letters.create, a_letter(), idempotency_key="key-1")
        again = await asyncio.to_thread(letters.create, a_letter(), idempotency_key="key-1")
        assert (made["id"], made["to"]["name"], made["metadata"]["attempt"]) == (
            again["id"],
            "Ana Ejemplo",
            "attempt-1",
        )
        assert simulated.lob.letters.every[0].words == "Hello, Ana"
        found = await asyncio.to_thread(letters.get, made["id"])
        assert found["url"] == made["url"]
        listed = await asyncio.to_thread(letters.list)
        assert [letter["id"] for letter in listed["data"]] == [made["id"]]
        cancelled = await asyncio.to_thread(letters.cancel, made["id"])
        assert cancelled["deleted"]
        with pytest.raises(lob_python.ApiException) as refused:
            await asyncio.to_thread(letters.get, "ltr_0000000000000000")
        assert refused.value.status == 404
        await until(lambda: len(posts) == 2)
    bodies = [(await post.body(), post.headers) for post in posts]
    assert [json.loads(body)["event_type"]["id"] for body, _ in bodies] == ["letter.created", "letter.deleted"]
    for body, headers in bodies:
        assert is_authentic(SECRET, headers["Lob-Signature-Timestamp"], body, headers["Lob-Signature"], START)


async def test_lobs_own_client_asks_whether_mail_can_be_delivered() -> None:
    async with simulator([]) as (_, _, client):
        asked = [
            UsVerificationsWritable(primary_line=line, city="Dayton", state="OH", zip_code="45402")
            for line in ("12 Oak Street", "1 Nowhere Street")
        ]
        answers = [await asyncio.to_thread(UsVerificationsApi(client).verifySingle, one) for one in asked]
    assert [str(a["deliverability"]) for a in answers] == ["deliverable", "undeliverable"]


@pytest.mark.parametrize(
    ("kind", "posts", "believed"),
    [
        ("callback-first", 1, 1),
        ("callback-twice", 2, 2),
        ("callback-lost", 0, 0),
        ("callback-forged", 2, 1),
        ("callback-stale", 2, 1),
        ("callback-unknown", 2, 2),
        ("callback-strange", 3, 3),
        ("callback-huge", 2, 2),
    ],
)
async def test_faults_of_callbacks(kind: str, posts: int, believed: int) -> None:
    came: list[Request] = []
    async with simulator(came) as (simulated, url, client):
        async with httpx.AsyncClient(base_url=url, trust_env=False) as control:
            await control.post("/_sim/faults", json={"faults": [{"kind": kind, "next": 1}]})
        await asyncio.to_thread(LettersApi(client).create, a_letter())
        if kind == "callback-first":
            assert len(came) == 1
        await simulated.lob.office.told()
        assert len(came) == posts
        told = [(await post.body(), post.headers) for post in came]
    good = [
        is_authentic(SECRET, headers["Lob-Signature-Timestamp"], body, headers["Lob-Signature"], START)
        for body, headers in told
    ]
    assert sum(good) == believed


async def test_errors_are_in_lobs_own_words() -> None:
    async with simulator([]) as (_, url, client):
        async with httpx.AsyncClient(base_url=url, trust_env=False) as control:
            fault = {"kind": "429", "next": 1, "retry_after": "1000000000"}
            await control.post("/_sim/faults", json={"faults": [fault]})
        with pytest.raises(lob_python.ApiException) as refused:
            await asyncio.to_thread(LettersApi(client).create, a_letter())
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1000000000")
    assert json.loads(refused.value.body)["error"]["code"] == "rate_limit_exceeded"
