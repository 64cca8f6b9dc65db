"""The pages under /_sim/people, for a person's eyes: plain HTML, without scripts, and no address in any URL."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from counterpoint.providers.lob.letters import Letters
from counterpoint.providers.mail.mails import Mails
from counterpoint.providers.people.persons import Known, Person
from counterpoint.providers.people.seen import Seen
from counterpoint.providers.people.shown import clock, shown

HERE = Path(__file__).resolve().parent / "pages"
PAGE = 50
MOST_SOUGHT = 100
"""Characters of what is searched for."""
BOXES = {
    "phone": "Phone",
    "inbox": "Inbox",
    "voicemail": "Voicemail",
    "letterbox": "Letterbox",
    "screen": "Notifications",
    "purse": "Payments",
}
"""Where a person finds things, and what that is called."""

_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
_PAGE = _ALWAYS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
_MAIL = _ALWAYS | {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
}
"""What came by mail is nobody's we know: no script, nothing from elsewhere, no form, in a frame of its own."""


class Crowd(Struct, frozen=True, forbid_unknown_fields=True):
    """People whom the simulator is told of."""

    people: list[Known]


class People:
    """What is served."""

    def __init__(self, *, seen: Seen, mails: Mails, letters: Letters) -> None:
        self._seen = seen
        self._mails = mails
        self._letters = letters
        self._pages = Environment(
            loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._pages.filters["clock"] = clock

    def routes(self) -> list[Route]:
        """The pages, and where the simulator is told who is who."""
        return [
            Route("/_sim/people", self.everybody, methods=["GET"]),
            Route("/_sim/people", self.declare, methods=["POST"]),
            Route("/_sim/people.css", self.style, methods=["GET"]),
            Route("/_sim/people/search", self.search, methods=["POST"]),
            Route("/_sim/people/{number:int}", self.one, methods=["GET"]),
            Route("/_sim/people/mail/{id}", self.mail, methods=["GET"]),
            Route("/_sim/people/letter/{id}", self.letter, methods=["GET"]),
        ]

    async def declare(self, request: Request) -> Response:
        """Somebody tells who has which addresses."""
        try:
            crowd = msgspec.json.decode(await request.body(), type=Crowd)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        numbers = [self._seen.persons.declare(known).number for known in crowd.people]
        return Response(msgspec.json.encode({"numbers": numbers}), media_type="application/json")

    async def everybody(self, request: Request) -> Response:
        """Who is there, the one to whom something happened last first."""
        page = max(1, int(given) if (given := request.query_params.get("page", "1")).isdecimal() else 1)
        return self._list("", page)

    async def search(self, request: Request) -> Response:
        """Those of a name or an address; what is sought is posted, so that it is in no URL."""
        async with request.form(max_files=0, max_fields=4) as form:
            return self._list(str(form.get("sought", "")).strip()[:MOST_SOUGHT], 1)

    async def one(self, request: Request) -> Response:
        """What one person saw."""
        person = self._seen.persons.numbered(request.path_params["number"])
        if person is None:
            return self._shown("nobody.html", {}, status=404)
        if person.became is not None:
            return RedirectResponse(f"/_sim/people/{person.became}", status_code=308)
        boxes: dict[str, list[object]] = {box: [] for box in BOXES}
        kept = frozenset(self._letters.pages_of)
        for item in self._seen.of(person):
            boxes[item.box].append(shown(item, kept))
        addresses = sorted(map(self._seen.persons.written, person.addresses))
        content = {"person": person, "name": _name(person), "addresses": addresses, "boxes": boxes}
        return self._shown("person.html", content)

    async def mail(self, request: Request) -> Response:
        """An e-mail's HTML, for a frame."""
        mail = self._mails.by_id.get(request.path_params["id"])
        if mail is None:
            return PlainTextResponse("no such e-mail", status_code=404)
        return HTMLResponse(mail.html, headers=_MAIL)

    async def letter(self, request: Request) -> Response:
        """A letter as it was printed."""
        pdf = self._letters.pages_of.get(request.path_params["id"])
        if pdf is None:
            return PlainTextResponse("no such letter, or its pages are kept no more", status_code=404)
        return Response(pdf, media_type="application/pdf", headers=_ALWAYS)

    async def style(self, _: Request) -> Response:
        """How it looks."""
        return Response((HERE / "people.css").read_bytes(), media_type="text/css", headers=_ALWAYS)

    def _list(self, sought: str, page: int) -> Response:
        self._seen.catch_up()
        found = [p for p in self._seen.persons.everybody if p.became is None and _matches(p, sought)]
        rows = [(last, p) for p in found if (last := self._seen.last(p)) is not None]
        rows.sort(key=lambda row: (row[0], -row[1].number), reverse=True)
        silent = [(None, p) for p in found if self._seen.last(p) is None]
        people = [*rows, *silent]
        shown_rows = [
            {"number": p.number, "name": _name(p), "last": last, "count": self._seen.count(p)}
            for last, p in people[(page - 1) * PAGE : page * PAGE]
        ]
        more = len(people) > page * PAGE
        content = {
            "boxes": BOXES,
            "rows": shown_rows,
            "sought": sought,
            "page": page,
            "more": more,
            "total": len(people),
        }
        return self._shown("everybody.html", content)

    def _shown(self, template: str, content: Mapping[str, object], status: int = 200) -> Response:
        html = self._pages.get_template(template).render(content)
        return HTMLResponse(html, status_code=status, headers=_PAGE)


def _name(person: Person) -> str:
    return person.label or ", ".join(sorted(person.addresses)).replace("|", ", ")


def _matches(person: Person, sought: str) -> bool:
    wanted = sought.lower()
    digits = "".join(c for c in sought if c.isdecimal())
    addresses = " ".join(person.addresses)
    return wanted in person.label.lower() or wanted in addresses or (len(digits) > 3 and digits in addresses)
