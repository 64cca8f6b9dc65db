"""Our links in messages: a click is noted and led on; to unsubscribe takes a POST, since machines follow every link.

A mail program posts `List-Unsubscribe=One-Click` to the address in the header (RFC 8058), a person presses the button
that GET shows. Both do the same, and doing it twice does nothing more.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from chassis.channel.core.medium import Medium
from chassis.channel.intake import Refused
from chassis.channel.service import Ground
from chassis.clock import Clock
from chassis.failures import Unreachable
from chassis.host import Host, Publisher
from chassis.personal_links import Link, NoLink, Page, read
from contracts.events import CallbackKind, CallbackReceived

PATH = "/l/{token}"
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""To unsubscribe never expires: a link for it is read as if it were new."""

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<body style="font:16px/1.5 Arial,sans-serif;max-width:34em;margin:3em auto;padding:0 1em">{body}"""
_BUTTON = '<form method="post"><button name="confirm" value="yes">{words}</button></form>'

log = structlog.get_logger()


class Words(Struct, frozen=True):
    """What the pages of a channel say, each in English and Spanish."""

    title: str
    ask: tuple[str, str]
    button: str
    done: tuple[str, str]
    over: tuple[str, str]

    def page(self, said: tuple[str, str], more: str = "") -> str:
        """A page that says this."""
        english, spanish = said
        return _PAGE.format(title=self.title, body=f'<p>{english}</p><p lang="es">{spanish}</p>{more}')


class Links:
    """What our links in a channel's messages do; its events name `source` as who tells."""

    def __init__(
        self,
        *,
        medium: Medium,
        source: str,
        words: Words,
        ground: Ground,
        host: Host,
        by_machine: Callable[[str], bool],
        too_soon: timedelta,
    ) -> None:
        self._medium = medium
        self._source = source
        self._words = words
        self._ground = ground
        self._publisher: Publisher = host.publisher
        self._clock: Clock = host.clock
        self._keys = host.settings.link_keys()
        self._onward = host.settings.link_url
        self._by_machine = by_machine
        self._too_soon = too_soon

    def routes(self) -> list[Route]:
        """What the service's port serves for consumers."""
        return [Route(PATH, self.follow, methods=["GET"]), Route(PATH, self.unsubscribe, methods=["POST"])]

    async def follow(self, request: Request) -> Response:
        """Show what a link is for, or lead on to it."""
        token = request.path_params["token"]
        link = read(token, self._keys, ALWAYS)
        if isinstance(link, NoLink):
            self._ground.intake.count("click", link.reason)
            return HTMLResponse(self._words.page(self._words.over), status_code=404, headers=_HEADERS)
        if link.page is Page.UNSUBSCRIBE:
            button = _BUTTON.format(words=self._words.button)
            return HTMLResponse(self._words.page(self._words.ask, button), headers=_HEADERS)
        await self._note(request, link)
        # Whether it still holds, the page that it leads to says itself.
        return RedirectResponse(f"{self._onward}/{token}", status_code=302, headers=_HEADERS)

    async def unsubscribe(self, request: Request) -> Response:
        """Stop this channel to a consumer."""
        done = HTMLResponse(self._words.page(self._words.done), headers=_HEADERS)
        return await self._ground.intake.take("unsubscribe", partial(self._stop, request), done)

    def told(self, link: Link, word: str, kind: CallbackKind) -> CallbackReceived:
        """The event that says what was done with a link."""
        now = self._clock.now()
        meta = self._medium.first(f"{link.contact_id}/{link.page.name}", word, now, link.consumer_id, link.contact_id)
        body = f'{{"event":"{word}","page":"{link.page.name.lower()}"}}'.encode()
        return CallbackReceived(meta, self._source, kind, link.contact_id, None, body, now)

    async def _note(self, request: Request, link: Link) -> None:
        """Tell the log of a click, if a person made it; a consumer's way is not barred by what goes wrong here."""
        asked_at = ALWAYS.fromtimestamp(int(link.contact_id.replace("-", "")[:12], 16) / 1000, UTC)
        ahead = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
        by_machine = self._by_machine(request.headers.get("User-Agent", "")) or "prefetch" in ahead
        if request.method != "GET" or by_machine or self._clock.now() - asked_at < self._too_soon:
            self._ground.intake.count("click", "machine")
            return
        try:
            await self._publisher.publish(events=[self.told(link, "click", CallbackKind.STATUS)])
        except Unreachable as fault:
            log.warning("click.not_recorded", what=fault.what)
            self._ground.intake.count("click", "not-recorded")
        else:
            self._ground.intake.count("click", "published")

    async def _stop(self, request: Request) -> str:
        link = read(request.path_params["token"], self._keys, ALWAYS)
        if isinstance(link, NoLink):
            raise Refused(404, link.reason)
        if link.page is not Page.UNSUBSCRIBE:
            raise Refused(405, "another-page")
        await self._ground.intake.body_of(request)
        await self._ground.hearing.bar_consumer(link.consumer_id)
        await self._publisher.publish(events=[self.told(link, "unsubscribe", CallbackKind.INBOUND)])
        return "published"
