"""Lets synthetic consumers live beside a running stack: they get texts from the simulated network, write and pay."""

import asyncio
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from itertools import count

import httpx

from chassis.clock import Clock
from counterpoint.simulate import truth
from counterpoint.simulate.consumers import Act, Pay, Say, on_text, unasked
from counterpoint.simulate.households import Household
from counterpoint.simulate.notes import Notes, Paid, Said

BETWEEN_LOOKS = 0.04
"""Real seconds between two looks at the ledger: on the demo's clock ten minutes, less than anybody takes to answer."""
AT_A_TIME = 4
PAGE = 5000
PATIENCE = 60.0


class Crowd:
    """Every household, what they are about to do, and how often what was done."""

    def __init__(
        self,
        *,
        households: Mapping[str, Household],
        seed: int,
        clock: Clock,
        ends: datetime,
        network: httpx.AsyncClient,
        client: httpx.AsyncClient,
        client_id: str,
        our_number: str,
        notes: Notes,
    ) -> None:
        self._households = households
        self._seed = seed
        self._clock = clock
        self._ends = ends
        self._network = network
        self._client = client
        self._client_id = client_id
        self._our_number = our_number
        self._notes = notes
        self._due: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._payments = count(1)
        self._texts: Counter[str] = Counter()
        self._seen = 0
        self.done: Counter[str] = Counter()
        """What was done: `said`, `stopped`, `paid`, and `refused` for a payment to an account that was never placed."""

    async def live(self) -> None:
        """Live until the end; what would come later is not done. Raises httpx.HTTPError if the stack goes away."""
        for household in self._households.values():
            self._plan(unasked(self._seed, household, self._clock.now(), self._ends))
        while (now := self._clock.now()) < self._ends:
            await self._read()
            await self._act(now)
            await asyncio.sleep(BETWEEN_LOOKS)

    def _plan(self, acts: Iterable[Act]) -> None:
        for act in acts:
            heapq.heappush(self._due, (act.at, next(self._order), act))

    async def _read(self) -> None:
        page = await self._network.get("/_sim/ledger", params={"after": self._seen, "limit": PAGE})
        page.raise_for_status()
        for entry in page.json()["entries"]:
            self._seen = entry["sequence"]
            household = self._households.get(entry["to"])
            if entry["kind"] != "text" or entry["received_at"] is None or household is None:
                continue
            self._texts[household.phone] += 1
            received_at = datetime.fromisoformat(entry["received_at"])
            habits = truth.habits(household, received_at, entry["body"])
            self._plan(on_text(self._seed, household, self._texts[household.phone], received_at, habits))

    async def _act(self, now: datetime) -> None:
        due = []
        while self._due and self._due[0][0] <= now:
            due.append(heapq.heappop(self._due)[2])
        for start in range(0, len(due), AT_A_TIME):
            await asyncio.gather(*(self._do(act) for act in due[start : start + AT_A_TIME]))

    async def _do(self, act: Act) -> None:
        if isinstance(act, Say):
            await self._say(act)
        elif isinstance(act, Pay):
            await self._pay(act)

    async def _say(self, act: Say) -> None:
        said = {"from": act.phone, "to": self._our_number, "body": act.body}
        answer = await self._network.post("/_sim/inbound", json=said)
        answer.raise_for_status()
        sid = answer.json()["message_sid"]
        self._notes.add(Said(self._clock.now(), act.phone, sid, act.meaning))
        self.done["stopped" if act.meaning == "stop" else "said"] += 1

    async def _pay(self, act: Pay) -> None:
        """A payment that ingest cannot take just now is reported again, under the same id."""
        payment_id = f"demo-{next(self._payments)}"
        payment = {
            "payment_id": payment_id,
            "client_account_number": act.account_number,
            "amount": str(act.amount),
            "method": act.method,
        }
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            answer = await self._client.post("/v1/payments", json=payment)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            if asyncio.get_running_loop().time() > deadline:
                answer.raise_for_status()
            await asyncio.sleep(BETWEEN_LOOKS)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            self.done["refused"] += 1
            return
        answer.raise_for_status()
        self.done["paid"] += 1
        self._notes.add(Paid(self._clock.now(), self._client_id, payment_id, act.amount))
