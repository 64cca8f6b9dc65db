"""Lob's API over HTTP: letters and the verification of addresses, held to the specification both ways."""

import asyncio
import hmac
import re
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from typing import Any

import msgspec
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.lob.letters import Letter, Letters
from counterpoint.providers.lob.office import Office
from counterpoint.providers.lob.requests import nested, wrong
from counterpoint.providers.lob.scenarios import scenario_of
from counterpoint.providers.specification import WrongAnswer

MOST_PAGES, MOST_BYTES = 60, 5 << 20
PAGE = (612.0, 792.0)
_TAG = re.compile(r"<[^>]*>")
_FILTER = re.compile(r"metadata\[([^\]]{1,40})\]")


class Refused(Exception):
    """An answer that is an error, in Lob's words (components/schemas/error)."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = JSONResponse({"error": {"message": message, "status_code": status, "code": code}}, status)


class Api:
    """The requests that Counterpoint makes of Lob."""

    def __init__(self, *, key: str, letters: Letters, office: Office, clock: Clock) -> None:
        self._key = key
        self._letters = letters
        self._office = office
        self._clock = clock
        # A letter takes 20 ms and more to read: one after the other, beside the loop that serves everybody.
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return [
            Route("/v1/letters", self.create, methods=["POST"]),
            Route("/v1/letters", self.list, methods=["GET"]),
            Route("/v1/letters/{id}", self.fetch, methods=["GET"]),
            Route("/v1/letters/{id}", self.cancel, methods=["DELETE"]),
            Route("/v1/us_verifications", self.verify, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """Print and mail a letter; the same key of idempotency gives the same answer, and no second letter."""
        at = self._clock.now()
        try:
            self._authorised(request)
            content, pdf = await _form(request)
            print_of = sha256(repr(sorted(content.items())).encode() + pdf).hexdigest()
            key = request.headers.get("Idempotency-Key")
            if (before := self._answered(key, print_of)) is not None:
                return Response(before, media_type="application/json")
            words, pages = await asyncio.get_running_loop().run_in_executor(self._reader, _read, pdf)
            if (before := self._answered(key, print_of)) is not None:  # the same came again meanwhile
                return Response(before, media_type="application/json")
            _held("letter_editable", content)
            letter = self._letters.create(content, words, pages, at)
            if pdf.startswith(b"%PDF"):
                self._letters.keep(letter, pdf)
        except Refused as refused:
            return refused.answer
        answer = msgspec.json.encode(self._checked(letter))
        if key:
            self._letters.answers[key] = answer, print_of
        fault: Fault | None = request.scope.get("counterpoint.fault")
        self._office.take_on(letter, fault)
        if fault is not None and fault.kind is Kind.CALLBACK_FIRST:
            await self._office.told()
        return Response(answer, media_type="application/json")

    async def list(self, request: Request) -> Response:
        """Find letters by what they carry, newest first."""
        try:
            self._authorised(request)
            limit = _limit(request)
        except Refused as refused:
            return refused.answer
        wanted = {m[1]: v for k, v in request.query_params.items() if (m := _FILTER.fullmatch(k))}
        found = [m for m in reversed(self._letters.every) if wanted.items() <= m.metadata.items()]
        data = [self._checked(letter) for letter in found[:limit]]
        return JSONResponse(
            {"data": data, "object": "list", "next_url": None, "previous_url": None, "count": len(data)}
            | {"total_count": len(found)}
        )

    async def fetch(self, request: Request) -> Response:
        """Look at one letter."""
        try:
            self._authorised(request)
            return JSONResponse(self._checked(self._one(request)))
        except Refused as refused:
            return refused.answer

    async def cancel(self, request: Request) -> Response:
        """Take a letter back, within the time that the account allows."""
        try:
            self._authorised(request)
            letter = self._undoable(request)
        except Refused as refused:
            return refused.answer
        if not letter.deleted:
            letter.deleted = True
            self._office.taken_back(letter)
        return JSONResponse({"id": letter.id, "deleted": True})

    async def verify(self, request: Request) -> Response:
        """Say whether mail can be delivered to an address."""
        try:
            self._authorised(request)
            asked = msgspec.json.decode(await request.body(), type=dict[str, Any])
            _held("us_verifications_writable", asked)
        except Refused as refused:
            return refused.answer
        except msgspec.MsgspecError:
            return Refused(422, "bad_request", "The body is no JSON object.").answer
        word = scenario_of(asked["primary_line"]).deliverability
        digest = sha256(repr(sorted(asked.items())).encode()).hexdigest()[:16]
        return JSONResponse(
            {
                "id": f"us_ver_{digest}",
                "primary_line": asked["primary_line"].upper(),
                "secondary_line": asked.get("secondary_line", "").upper(),
                "last_line": f"{asked.get('city', '')} {asked.get('state', '')} {asked.get('zip_code', '')}".upper(),
                "deliverability": word,
                "valid_address": word != "undeliverable",
                "object": "us_verification",
            }
        )

    def _authorised(self, request: Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            credentials = b64decode(given, validate=True) if scheme.lower() == "basic" else b""
        except ValueError:
            credentials = b""
        if not hmac.compare_digest(credentials, f"{self._key}:".encode()):
            raise Refused(401, "unauthorized", "Your API key is not valid.")

    def _one(self, request: Request) -> Letter:
        letter = self._letters.by_id.get(request.path_params["id"])
        if letter is None:
            raise Refused(404, "not_found", "letter not found")
        return letter

    def _undoable(self, request: Request) -> Letter:
        letter = self._one(request)
        if self._clock.now() >= letter.created_at + self._letters.undo:
            raise Refused(422, "not_deletable", "The letter is past the time in which it can be cancelled.")
        return letter

    def _answered(self, key: str | None, print_of: str) -> bytes | None:
        answer, first = self._letters.answers.get(key or "", (None, print_of))
        if first != print_of:
            raise Refused(409, "conflict", "The idempotency key was used with another request.")
        return answer

    def _checked(self, letter: Letter) -> dict[str, Any]:
        answer = self._letters.shown(letter)
        if (why := wrong("no_extra_service", answer, answer=True)) is not None:
            raise WrongAnswer(why)
        return answer


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", "10")
    if not given.isdecimal() or not 1 <= int(given) <= 100:
        raise Refused(422, "bad_request", "limit must be a number from 1 to 100")
    return int(given)


async def _form(request: Request) -> tuple[dict[str, Any], bytes]:
    """What is asked for, and the letter itself: pages as a file, or a page of HTML as Lob would lay it out."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "application/json":
        try:
            content = msgspec.json.decode(await request.body(), type=dict[str, Any])
        except msgspec.MsgspecError:
            raise Refused(422, "bad_request", "The body is no JSON object.") from None
        return content, _html(content.get("file"))
    async with request.form(max_files=1) as form:
        file = form.get("file")
        pdf = await file.read() if isinstance(file, UploadFile) else _html(file)
        named = file.filename if isinstance(file, UploadFile) else file
        content = nested((name, named if name == "file" else value) for name, value in form.multi_items())
    return content, pdf


def _html(file: object) -> bytes:
    if not isinstance(file, str) or not file.lstrip().startswith("<"):
        raise Refused(422, "bad_request", "file is required: a PDF, or HTML. The simulator fetches nothing.")
    return file.strip().encode()


def _read(pdf: bytes) -> tuple[str, int]:
    """The words and pages of a letter; Lob takes no page of another size, and no font that is not embedded."""
    if len(pdf) > MOST_BYTES:
        raise Refused(422, "file_size_exceeds_limit", "The file is too large.")
    if pdf.startswith(b"<"):
        return " ".join(_TAG.sub(" ", pdf.decode()).split()), 1
    try:
        pages = PdfReader(BytesIO(pdf)).pages
        if len(pages) > MOST_PAGES:
            raise Refused(422, "file_pages_exceed_max", f"The file has more than {MOST_PAGES} pages.")
        for page in pages:
            if (float(page.mediabox.width), float(page.mediabox.height)) != PAGE:
                raise Refused(422, "invalid_file_dimensions", 'Pages must be 8.5"x11".')
            if any("/FontFile2" not in (_descriptor(font) or ()) for font in _fonts(page)):
                raise Refused(422, "unembedded_fonts", "All fonts must be embedded.")
        # A page's number is printed first, and is none of the letter's words.
        words = [page.extract_text().removeprefix(f"{n}\n") for n, page in enumerate(pages, start=1)]
        return "\n".join(words), len(words)
    except PdfReadError as error:
        raise Refused(422, "invalid_file", str(error)) from None


def _fonts(page: Any) -> list[Any]:
    fonts: Any = (page.get("/Resources") or {}).get("/Font")
    return [font.get_object() for font in fonts.get_object().values()] if fonts else []


def _descriptor(font: Any) -> Any:
    found = font.get("/FontDescriptor")
    return found.get_object() if found is not None else None


def _held(schema: str, content: dict[str, Any]) -> None:
    if (why := wrong(schema, content)) is not None:
        raise Refused(422, "bad_request", why)
    to = content.get("to")
    if isinstance(to, dict) and any('"' in v or "\\" in v for v in content.get("metadata", {}).values()):
        raise Refused(422, "special_characters_restricted", "metadata must not hold quotes or backslashes")
