"""E-mails that SendGrid holds for a while: each in a batch of its own, by which it can be cancelled.

https://www.twilio.com/docs/sendgrid/for-developers/sending-email/stop-a-scheduled-send. Only the process that handed an
e-mail over knows its batch, and for as long as it runs.
"""

import json

import httpx

from chassis.answers import json_object
from chassis.channel.lanes import Lanes
from chassis.channel.provider import Unsent
from chassis.channel.undoing import MOST_KEPT, TakenBack, TooLate, Unheard

CANCELLED = "cancelled"
"""Our own word among SendGrid's: it tells of no cancelling, so its answer is kept as an event of this name."""


class Holding:
    """The batches of one account."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._batches: dict[str, str] = {}

    async def batch(self) -> str | Unsent:
        """The id of a new batch; raises httpx.HTTPError, and then nothing was sent."""
        async with self._lanes.lane() as http:
            response = await http.post("/v3/mail/batch")
        batch_id = json_object(response).get("batch_id") if response.status_code == httpx.codes.CREATED else None
        return str(batch_id) if batch_id else Unsent(f"no-batch-http-{response.status_code}")

    def holds(self, message_id: str, batch_id: str) -> None:
        """SendGrid holds an e-mail; of too many the oldest is forgotten."""
        if len(self._batches) >= MOST_KEPT:
            del self._batches[next(iter(self._batches))]
        self._batches[message_id] = batch_id

    async def take_back(self, *, provider_id: str) -> TakenBack | TooLate | Unheard:
        """Ask SendGrid not to send an e-mail; it agrees until ten minutes before it would go."""
        batch_id = self._batches.get(provider_id)
        if batch_id is None:
            return TooLate("not-held")
        try:
            async with self._lanes.lane() as http:
                response = await http.post("/v3/user/scheduled_sends", json={"batch_id": batch_id, "status": "cancel"})
        except httpx.HTTPError as error:
            return Unheard(type(error).__name__)
        if response.status_code == httpx.codes.CREATED:
            return TakenBack(json.dumps({"event": CANCELLED, "sg_message_id": provider_id}).encode())
        refused = response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND)
        return (TooLate if refused else Unheard)(f"http-{response.status_code}")
