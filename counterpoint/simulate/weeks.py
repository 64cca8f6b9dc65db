"""Lets simulated weeks pass over a running stack: a file is loaded, a crowd lives, and then all comes to rest."""

import asyncio
import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
from msgspec import Struct, structs

from counterpoint import read_model
from counterpoint.commands.load import Totals, connection, load_file
from counterpoint.embedded import plan
from counterpoint.embedded.health import look
from counterpoint.embedded.state import StackState
from counterpoint.read_model import Summary
from counterpoint.simulate.crowd import Crowd
from counterpoint.simulate.households import households
from counterpoint.simulate.notes import Handed, Notes

QUIET_LOOKS = 3
BETWEEN_LOOKS = 0.5
PATIENCE = 20.0
"""Real seconds in which everything should come to rest after the last day; time does not stand still meanwhile."""


class Progress(Struct, frozen=True):
    """How far it is: the simulated time, what is counted, and what keeps it from being over."""

    now: datetime
    share: float
    counted: Summary
    said: int
    stopped: int
    paid: int
    waiting_for: str = ""


Show = Callable[[Progress], None]


def hand_over(state: StackState, directory: Path, file: Path, client: str) -> Totals:
    """Load a file as `counterpoint load` does; give back its control totals. Raises NotLoaded."""
    with file.open("rb") as content:
        digest = sha256(content.read()).hexdigest()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = sum(1 for _ in csv.reader(lines)) - 1
    with connection(url=state.urls["ingest"], key=state.ingest_api_key, client=client) as to:
        totals = load_file(to, file, lambda _: None)
    notes = Notes(directory)
    notes.add(Handed(state.clock().now(), client, digest, rows))
    notes.close()
    return totals


class Weeks:
    """One run: so many days of a crowd's life."""

    def __init__(self, *, state: StackState, directory: Path, file: Path, client: str, seed: int, days: float) -> None:
        self._state = state
        self._directory = directory
        self._people = households(file)
        self._client_id = client
        self._seed = seed
        self._clock = state.clock()
        self._begins = self._clock.start
        self._ends = self._begins + timedelta(days=days)

    async def run(self, show: Show, every: float) -> Progress:
        """Let the time pass, showing how far it is every so many real seconds, until all is at rest.

        If it does not come to rest, the last progress says what it still waits for.
        """
        notes = Notes(self._directory)
        try:
            async with self._network() as network, self._client() as client:
                crowd = Crowd(
                    households=self._people,
                    seed=self._seed,
                    clock=self._clock,
                    ends=self._ends,
                    network=network,
                    client=client,
                    client_id=self._client_id,
                    our_number=plan.OUR_NUMBER,
                    notes=notes,
                )
                living = asyncio.create_task(crowd.live())
                while not living.done():
                    await asyncio.wait([living], timeout=every)
                    show(await self._progress(crowd))
                await living
                return await self._rest(crowd, network, show)
        finally:
            notes.close()

    def _network(self) -> httpx.AsyncClient:
        assert self._state.simulator_url is not None, "the demo's stack has a simulator"
        return httpx.AsyncClient(base_url=self._state.simulator_url, trust_env=False, timeout=30)

    def _client(self) -> httpx.AsyncClient:
        headers = {
            "Authorization": f"Bearer {self._state.ingest_api_key}",
            "Counterpoint-Client": self._client_id,
        }
        return httpx.AsyncClient(base_url=self._state.urls["ingest"], headers=headers, trust_env=False, timeout=30)

    async def _progress(self, crowd: Crowd, waiting_for: str = "") -> Progress:
        counted = await asyncio.to_thread(read_model.summary, self._state.postgres_dsn)
        now = self._clock.now()
        done = crowd.done
        share = min(1.0, (now - self._begins) / (self._ends - self._begins))
        return Progress(now, share, counted, done["said"], done["stopped"], done["paid"], waiting_for)

    async def _rest(self, crowd: Crowd, network: httpx.AsyncClient, show: Show) -> Progress:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        quiet, events = 0, -1
        while True:
            waiting_for = await self._waiting_for(network)
            progress = await self._progress(crowd, waiting_for)
            quiet = quiet + 1 if not waiting_for and progress.counted.events == events else 0
            events = progress.counted.events
            if quiet == QUIET_LOOKS:
                return progress
            if asyncio.get_running_loop().time() > deadline:
                return structs.replace(progress, waiting_for=waiting_for or "contacts that begin anew")
            show(progress)
            await asyncio.sleep(BETWEEN_LOOKS)

    async def _waiting_for(self, network: httpx.AsyncClient) -> str:
        """What is not at rest; nothing if all is."""
        looks = await look(self._state)
        faults = [f"{each.name} ({each.fault})" for each in looks if each.fault is not None]
        behind = [f"{each.name} has {each.unread} events to read" for each in looks if each.unread]
        status = (await network.get("/_sim/status")).json()
        under_way = {"texts under way": status["under_way"], "callbacks": status["webhooks_waiting"]}
        return ", ".join([*faults, *behind, *(f"{n} {what}" for what, n in under_way.items() if n)])
