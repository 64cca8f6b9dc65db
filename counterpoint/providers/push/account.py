"""The push service as a server, the browsers' doings, and the pages by which tests steer them."""

import asyncio
import re
from datetime import timedelta

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.posting import NotAnswered, NotReached, Poster
from counterpoint.providers.push.browsers import Browser, Browsers, Notice, Unreadable
from counterpoint.providers.push.vapid import Unproved, sender_of

MOST_BYTES = 4096
"""What every push service must take (RFC 8030, section 7.2), and most take no more."""
TRIES, PAUSE = 5, 0.2
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URGENCIES = frozenset({"very-low", "low", "normal", "high"})
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """A browser that is to be let take notifications; `application_server_key` as the page gives it to the browser."""

    application_server_key: str = ""


class Changed(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a browser: its owner takes leave back (`gone`), or it is not on the net (`offline`)."""

    gone: bool = False
    offline: bool = False


class Tapped(Struct, frozen=True, forbid_unknown_fields=True):
    """The owner taps the newest notification: the notification itself, or a button by its name."""

    button: str = ""


class PushAccount:
    """What the simulator serves under /push, and its browsers."""

    def __init__(self, *, seed: int, clock: Clock, ledger: Ledger) -> None:
        self.browsers = Browsers(seed)
        self.silent = False
        """Whether the page's script in the browsers tells nobody what they show."""
        self._clock = clock
        self._ledger = ledger
        self._told: asyncio.Queue[str] = asyncio.Queue()

    def routes(self) -> list[Route]:
        """What a push service serves."""
        return [Route("/m/{id}", self.take, methods=["POST"])]

    def control(self) -> list[Route]:
        """The pages under /_sim."""
        return [
            Route("/_sim/browsers", self.subscribe, methods=["POST"]),
            Route("/_sim/browsers/{id}", self.change, methods=["POST"]),
            Route("/_sim/browsers/{id}/tap", self.tap, methods=["POST"]),
        ]

    async def run(self) -> None:
        """Tell the sender what browsers showed, as the page's own script in them does."""
        poster = Poster()
        try:
            while True:
                await self._tell(poster, await self._told.get())
        finally:
            poster.close()

    async def take(self, request: Request) -> Response:
        """A message for a browser."""
        try:
            notice = self._taken(request, await request.body())
        except Refused as refused:
            return JSONResponse({"code": refused.status, "message": str(refused)}, refused.status)
        where = f"{_origin(request)}/push/n/{notice.id}"
        return Response(status_code=201, headers={"Location": where, "TTL": request.headers["TTL"]})

    async def subscribe(self, request: Request) -> Response:
        """Somebody lets a browser take notifications: what its page gets."""
        try:
            wanted = msgspec.json.decode(await request.body() or b"{}", type=Wanted)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        browser = self.browsers.new(_origin(request), wanted.application_server_key)
        return JSONResponse({"id": browser.id, "subscription": browser.subscription}, 201)

    async def change(self, request: Request) -> Response:
        """The owner takes leave back, or goes off the net, or comes back."""
        browser = self.browsers.by_id.get(request.path_params["id"])
        if browser is None:
            return PlainTextResponse("no such browser", status_code=404)
        try:
            changed = msgspec.json.decode(await request.body(), type=Changed)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        browser.gone, browser.offline = changed.gone, changed.offline
        self._show(browser)
        return Response(status_code=204)

    async def tap(self, request: Request) -> Response:
        """The owner taps: where that leads is given back, for whoever plays the owner to go there."""
        browser = self.browsers.by_id.get(request.path_params["id"])
        shown = [n for n in browser.notices if n.shown_at] if browser is not None else []
        if not shown:
            return PlainTextResponse("nothing is shown there", status_code=404)
        try:
            tapped = msgspec.json.decode(await request.body() or b"{}", type=Tapped)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        content = shown[-1].content
        buttons = {b["action"]: b["navigate"] for b in content.get("actions", ())} | {"": content["navigate"]}
        if tapped.button not in buttons:
            return PlainTextResponse("it has no such button", status_code=404)
        shown[-1].tapped = tapped.button or "opened"
        return JSONResponse({"leads_to": buttons[tapped.button]})

    def _taken(self, request: Request, body: bytes) -> Notice:
        browser = self.browsers.by_id.get(request.path_params["id"])
        self._let(request, browser)
        if browser is None or browser.gone:
            raise Refused(404 if browser is None else 410, "the subscription is gone")
        if len(body) > MOST_BYTES:
            raise Refused(413, "the message is too large")
        headers = request.headers
        if headers.get("Content-Encoding") != "aes128gcm" or not headers.get("TTL", "").isdecimal():
            raise Refused(400, "a message needs TTL, and Content-Encoding: aes128gcm")
        topic = headers.get("Topic", "")
        if (topic and not _TOPIC.fullmatch(topic)) or headers.get("Urgency", "normal") not in _URGENCIES:
            raise Refused(400, "Topic or Urgency is wrong")
        try:
            content = browser.read(body)
        except Unreadable as error:
            # A push service cannot know; but a message that shows nothing is a fault of ours, and is told at once.
            raise Refused(400, f"the browser cannot read it: {error}") from error
        now = self._clock.now()
        until = now + timedelta(seconds=int(headers["TTL"]))
        notice = self.browsers.take(browser, topic, now, until, content)
        self._show(browser)
        return notice

    def _let(self, request: Request, browser: Browser | None) -> None:
        try:
            sender = sender_of(request.headers.get("Authorization", ""), _origin(request), self._clock.now())
        except Unproved as error:
            raise Refused(401, str(error)) from error
        if browser is not None and browser.sender and browser.sender.rstrip("=") != sender:
            raise Refused(403, "the key is not the one that the browser was subscribed with")

    def _show(self, browser: Browser) -> None:
        """Show what waits, where the browser is on the net and it is not too late."""
        now = self._clock.now()
        if browser.offline or browser.gone:
            return
        for notice in browser.waiting:
            if now <= notice.until:
                notice.shown_at = now
                self._note(notice)
                if not self.silent and (told := notice.content.get("data", {}).get("shown")):
                    self._told.put_nowait(str(told))
        browser.waiting.clear()

    def _note(self, notice: Notice) -> None:
        content = notice.content
        self._ledger.write(
            provider="web-push",
            kind="push",
            message_sid=notice.id,
            to=notice.browser.address,
            sender="",
            body=f"{content['title']}\n{content.get('body', '')}",
            reference=notice.named,
            requested_at=notice.at,
            received_at=notice.shown_at,
            status="shown",
            error_code=None,
        )

    async def _tell(self, poster: Poster, address: str) -> None:
        for attempt in range(TRIES):
            try:
                if await poster.post(address, body=b"", headers=_FORM, connect=5, read=10) < 500:
                    return
            except (NotReached, NotAnswered, TimeoutError):
                pass
            await asyncio.sleep(PAUSE * 2**attempt)


def _origin(request: Request) -> str:
    """The simulator as its caller knows it."""
    return f"http://{request.headers['host']}"
