"""Our links in e-mails: a click is noted and led on; to unsubscribe takes a POST, since machines follow every link.

A mail program posts `List-Unsubscribe=One-Click` to the address in the header (RFC 8058), a person presses the button
that GET shows. Both do the same, and doing it twice does nothing more.
"""

from datetime import UTC, datetime
from functools import partial

import structlog
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
from services.email.core.machines import TOO_SOON, is_machine
from services.email.core.medium import LINK

PATH = "/l/{token}"
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""To unsubscribe never expires: a link for it is read as if it were new."""

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>E-mail</title><body style="font:16px/1.5 Arial,sans-serif;max-width:34em;margin:3em auto;padding:0 1em">{body}"""
_ASK = _PAGE.format(
    body='<p>Stop all e-mail from us to you?</p><p lang="es">¿Dejar de recibir nuestros correos?</p>'
    '<form method="post"><button name="confirm" value="yes">Unsubscribe / Darse de baja</button></form>'
)
_DONE = _PAGE.format(
    body='<p>Done: we will send you no more e-mail.</p><p lang="es">Hecho: no le enviaremos más correos.</p>'
)
_OVER = _PAGE.format(
    body="<p>This link is over. Please answer our e-mail, or call us.</p>"
    '<p lang="es">Este enlace ya no vale. Responda a nuestro correo o llámenos.</p>'
)
log = structlog.get_logger()


class Links:
    """What our links in e-mails do."""

    def __init__(self, *, medium: Medium, ground: Ground, host: Host) -> None:
        self._medium = medium
        self._ground = ground
        self._publisher: Publisher = host.publisher
        self._clock: Clock = host.clock
        self._keys = host.settings.link_keys()
        self._onward = host.settings.link_url

    def routes(self) -> list[Route]:
        """What the service's port serves for consumers."""
        return [Route(PATH, self.follow, methods=["GET"]), Route(PATH, self.unsubscribe, methods=["POST"])]

    async def follow(self, request: Request) -> Response:
        """Show what a link is for, or lead on to it."""
        token = request.path_params["token"]
        link = read(token, self._keys, ALWAYS)
        if isinstance(link, NoLink):
            self._ground.intake.count("click", link.reason)
            return HTMLResponse(_OVER, status_code=404, headers=_HEADERS)
        if link.page is Page.UNSUBSCRIBE:
            return HTMLResponse(_ASK, headers=_HEADERS)
        await self._note(request, link)
        # Whether it still holds, the page that it leads to says itself.
        return RedirectResponse(f"{self._onward}/{token}", status_code=302, headers=_HEADERS)

    async def unsubscribe(self, request: Request) -> Response:
        """Stop e-mail to a consumer."""
        done = HTMLResponse(_DONE, headers=_HEADERS)
        return await self._ground.intake.take("unsubscribe", partial(self._stop, request), done)

    async def _note(self, request: Request, link: Link) -> None:
        """Tell the log of a click, if a person made it; a consumer's way is not barred by what goes wrong here."""
        now = self._clock.now()
        asked_at = ALWAYS.fromtimestamp(int(link.contact_id.replace("-", "")[:12], 16) / 1000, UTC)
        ahead = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
        by_machine = is_machine(request.headers.get("User-Agent", ""), opened=False) or "prefetch" in ahead
        if request.method != "GET" or by_machine or now - asked_at < TOO_SOON:
            self._ground.intake.count("click", "machine")
            return
        try:
            await self._publisher.publish(events=[self._told(link, "click", CallbackKind.STATUS, now)])
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
        now = self._clock.now()
        await self._publisher.publish(events=[self._told(link, "unsubscribe", CallbackKind.INBOUND, now)])
        return "published"

    def _told(self, link: Link, word: str, kind: CallbackKind, now: datetime) -> CallbackReceived:
        meta = self._medium.first(f"{link.contact_id}/{link.page.name}", word, now, link.consumer_id, link.contact_id)
        body = f'{{"event":"{word}","page":"{link.page.name.lower()}"}}'.encode()
        return CallbackReceived(meta, LINK, kind, link.contact_id, None, body, now)
