"""The pages by which tests and the demo steer the simulator and look behind it; no provider has them."""

from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Plan
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.twilio.account import Account

MOST_ENTRIES = 10_000


class Attached(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that a consumer sends with a text: its kind, as the consumer's phone calls it, and where Twilio has it."""

    kind: str
    url: str


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """What a consumer writes to us."""

    sender: str = msgspec.field(name="from")
    to: str
    body: str
    media: list[Attached] = []


class Faults(Struct, frozen=True, forbid_unknown_fields=True):
    """The plan; `refuse_seconds` closes the door altogether for so long, to everybody."""

    faults: list[Fault] = []
    refuse_seconds: float = 0.0


class Control:
    """The pages under /_sim."""

    def __init__(
        self,
        *,
        account: Account,
        plan: Plan,
        ledger: Ledger,
        clock: Clock,
        refuse: Callable[[float], Awaitable[None]],
    ) -> None:
        self._account = account
        self._plan = plan
        self._ledger = ledger
        self._clock = clock
        self._refuse = refuse

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route("/_sim/inbound", self.inbound, methods=["POST"]),
            Route("/_sim/ledger", self.ledger, methods=["GET"]),
            Route("/_sim/faults", self.faults, methods=["POST"]),
            Route("/_sim/status", self.status, methods=["GET"]),
        ]

    async def inbound(self, request: Request) -> Response:
        """A consumer writes."""
        try:
            said = msgspec.json.decode(await request.body(), type=Said)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        media = [(file.kind, file.url) for file in said.media]
        sid = self._account.hear(phone=said.sender, ours=said.to, body=said.body, media=media)
        return _json({"message_sid": sid}, 202)

    async def ledger(self, request: Request) -> Response:
        """What phones received, after an entry's number; `limit` entries at most."""
        try:
            after = int(request.query_params.get("after", "0"))
            limit = min(int(request.query_params.get("limit", "1000")), MOST_ENTRIES)
        except ValueError:
            return PlainTextResponse("after and limit are whole numbers", status_code=400)
        return _json({"entries": self._ledger.after(after, limit), "last": len(self._ledger)})

    async def faults(self, request: Request) -> Response:
        """Set what goes wrong from now on."""
        try:
            wanted = msgspec.json.decode(await request.body(), type=Faults)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        self._plan.set(wanted.faults)
        if wanted.refuse_seconds > 0:
            await self._refuse(wanted.refuse_seconds)
        return Response(status_code=204)

    async def status(self, _: Request) -> Response:
        """How much there is and how much is still under way."""
        account = self._account
        return _json(
            {
                "now": self._clock.now(),
                "messages": len(account.messages.everything),
                "under_way": account.network.under_way,
                "ledger": len(self._ledger),
                "webhooks_waiting": account.webhooks.waiting,
                "webhooks_delivered": account.webhooks.delivered,
                "webhooks_given_up": account.webhooks.given_up,
                "faults": self._plan.chosen,
            }
        )


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status_code=status, media_type="application/json")
