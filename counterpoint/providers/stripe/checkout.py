"""The page on which a person pays: plain HTML, without scripts; it takes the test cards and accounts and no other."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.people.shown import clock as written
from counterpoint.providers.stripe.dealings import Dealings
from counterpoint.providers.stripe.records import Records, Session
from counterpoint.providers.stripe.ways import BY_NUMBER, CARD, ROUTING, WAYS, Way

HERE = Path(__file__).resolve().parent / "pages"
MOST_FIELDS, MOST_CHARACTERS = 20, 200
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
_NOT_DIGITS = re.compile(r"[\s-]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Checkout:
    """What a person sees who follows the address of a session."""

    def __init__(self, *, records: Records, dealings: Dealings, clock: Clock) -> None:
        self._records = records
        self._dealings = dealings
        self._clock = clock
        self._pages = Environment(
            loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._pages.filters["clock"] = written

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return [
            Route("/c/pay/{session}", self.show, methods=["GET"]),
            Route("/c/pay/{session}", self.pay, methods=["POST"]),
            Route("/checkout.css", self.style, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """The page."""
        return self._page(request, {}, "")

    async def pay(self, request: Request) -> Response:
        """Somebody pays: led to where the page says on success, and told why not otherwise."""
        session = self._session(request)
        async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
            given = {name: str(value)[:MOST_CHARACTERS].strip() for name, value in form.items()}
        if session is None or session.status != "open":
            return self._page(request, {}, "")
        way, wrong = _way(session, given), _wrong(given, self._clock.now())
        if way is None or wrong:
            return self._page(request, given, wrong or "No such test card or account: take one of those listed below.")
        who = {"email": given["email"], "name": given.get("name") or ""}
        charge = self._dealings.pay(session, way, who, self._clock.now())
        if charge.status == "failed" and way.refusal is not None:
            return self._page(request, given, way.refusal.message)
        return RedirectResponse(session.success_url.replace("{CHECKOUT_SESSION_ID}", session.id), status_code=303)

    async def paid(self, _: Request) -> Response:
        """Where a person is led after paying, in place of a page of the collector's own."""
        policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        html = self._pages.get_template("paid.html").render()
        return HTMLResponse(html, headers=_ALWAYS | {"Content-Security-Policy": policy})

    async def style(self, _: Request) -> Response:
        """How it looks."""
        return Response((HERE / "checkout.css").read_bytes(), media_type="text/css", headers=_ALWAYS)

    def _session(self, request: Request) -> Session | None:
        return self._records.sessions.get(request.path_params["session"])

    def _page(self, request: Request, given: Mapping[str, str], wrong: str) -> Response:
        session = self._session(request)
        content = {
            "s": session,
            "total": _dollars(0 if session is None else session.total),
            "lines": [] if session is None else [(i.name, i.quantity, _dollars(i.unit_amount)) for i in session.items],
            "kind": given.get("kind") or (CARD if session is None else session.kinds[0]),
            "email": given.get("email") or (session.customer_email if session is not None else None) or "",
            "name": given.get("name", ""),
            "wrong": wrong,
            "ways": [way for way in WAYS if session is not None and way.kind in session.kinds],
            "routing": ROUTING,
            "next_year": self._clock.now().year % 100 + 1,
            "style": f"{request.scope.get('root_path', '')}/checkout.css",
        }
        back = [] if session is None else [_origin(session.success_url)]
        forms = " ".join(["'self'", *back])  # a browser holds where a form is led on to against this too
        policy = f"default-src 'none'; style-src 'self'; form-action {forms}; base-uri 'none'"
        status = 404 if session is None else 402 if wrong else 200
        html = self._pages.get_template("checkout.html").render(content)
        return HTMLResponse(html, status, _ALWAYS | {"Content-Security-Policy": policy + "; frame-ancestors 'none'"})


def _way(session: Session, given: Mapping[str, str]) -> Way | None:
    """The card or account that was typed, if there is such a one and this page takes its kind."""
    kind = given.get("kind", "")
    number = _NOT_DIGITS.sub("", given.get("number" if kind == CARD else "account", ""))
    way = BY_NUMBER.get(number)
    if way is None or way.kind != kind or kind not in session.kinds:
        return None
    return way if kind == CARD or _NOT_DIGITS.sub("", given.get("routing", "")) == ROUTING else None


def _wrong(given: Mapping[str, str], now: datetime) -> str:
    """What is missing from what was typed, in a sentence."""
    if not _EMAIL.fullmatch(given.get("email", "")):
        return "Please give your e-mail address."
    if given.get("kind") != CARD:
        return "" if given.get("name") else "Please give the name of the account's owner."
    expiry = re.fullmatch(r"(\d\d) ?/? ?(\d\d)", given.get("expiry", ""))
    if expiry is None or not 1 <= int(expiry[1]) <= 12:
        return "Please give the card's month and year, such as 12 / 30."
    if (2000 + int(expiry[2]), int(expiry[1])) < (now.year, now.month):
        return "Your card's expiration date is in the past."
    return "" if re.fullmatch(r"\d{3,4}", given.get("cvc", "")) else "Please give the security code."


def _dollars(cents: int) -> str:
    return f"${Decimal(cents).scaleb(-2):,}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
