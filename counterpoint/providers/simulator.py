"""The simulator as a server: the providers' APIs, the pages that steer it, and a door that can be shut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import uvicorn
from starlette.routing import Mount
from starlette.types import ASGIApp

from chassis.clock import Clock
from chassis.health import Server, application
from counterpoint.providers.control import Control
from counterpoint.providers.faults import Plan
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.lob.account import Account as LobAccount
from counterpoint.providers.mail.post import Post
from counterpoint.providers.mishaps import Mishaps
from counterpoint.providers.people.persons import Persons
from counterpoint.providers.people.routes import People
from counterpoint.providers.people.seen import Seen
from counterpoint.providers.push.account import PushAccount
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.stripe.account import Account as StripeAccount
from counterpoint.providers.twilio.account import Account
from counterpoint.providers.twilio.api import Api
from counterpoint.providers.twilio.lookups import LookupApi
from counterpoint.providers.voice.account import VoiceAccount
from counterpoint.providers.voice.api import VoiceApi


class Door(Server):
    """A web server that can stop listening for a while, and cut every connection."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                backlog=4096,
                timeout_keep_alive=30,
            )
        )
        self._reopening: asyncio.Task[None] | None = None
        self.refusing = False
        """Whether the door is shut and every connection cut."""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.servers[0].sockets[0].getsockname()[1])

    async def shut(self, seconds: float) -> None:
        """Refuse connections for so many seconds."""
        port = self.port
        for listening in self.servers:
            listening.close()
        self._reopening = asyncio.create_task(self._reopen(port, seconds))

    def stop(self) -> None:
        """Let the server end, shut or not."""
        if self._reopening is not None:
            self._reopening.cancel()
        self.should_exit = True

    async def _reopen(self, port: int, seconds: float) -> None:
        await asyncio.sleep(min(0.05, seconds))  # the request that shut the door gets its answer
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        self.refusing = True
        await asyncio.sleep(seconds)
        kind: Any = self.config.http_protocol_class
        protocol = partial(
            kind,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        loop = asyncio.get_running_loop()
        self.servers = [await loop.create_server(protocol, self.config.host, port, backlog=4096)]
        self.refusing = False


class Simulator:
    """All of it, for one process or one test."""

    def __init__(self, *, settings: SimulatorSettings, clock: Clock, host: str = "127.0.0.1") -> None:
        self.ledger = Ledger(settings.ledger_file)
        self.plan = Plan(settings.seed)
        self.account = Account(settings=settings, clock=clock, ledger=self.ledger)
        self.lob = LobAccount(settings=settings, clock=clock, ledger=self.ledger)
        self.stripe = StripeAccount(
            settings=settings,
            clock=clock,
            ledger=self.ledger,
            base=lambda: f"{settings.public_url or f'http://{host}:{self.door.port}'}/stripe",
        )
        self.push = PushAccount(seed=settings.seed, clock=clock, ledger=self.ledger)
        self.post = Post(settings=settings, clock=clock, ledger=self.ledger, plan=self.plan, host=host)
        api = Api(account=self.account, clock=clock)
        self.voice = VoiceAccount(settings=settings, clock=clock, ledger=self.ledger, webhooks=self.account.webhooks)
        calls = VoiceApi(account=self.voice, clock=clock)
        self.lookups = LookupApi(sid=self.account.sid, token=self.account.token, clock=clock)
        control = Control(
            account=self.account, plan=self.plan, ledger=self.ledger, clock=clock, refuse=lambda s: self.door.shut(s)
        )
        by_twilio = [*api.routes(), *calls.routes(), *self.lookups.routes()]
        mounts = [Mount("/twilio", routes=by_twilio), Mount("/lob", routes=self.lob.routes())]
        mounts += [Mount("/sendgrid", routes=self.post.routes()), Mount("/stripe", routes=self.stripe.routes())]
        steering = [*control.routes(), *self.post.control(), *calls.control(), *self.stripe.control()]
        steering += self.push.control()
        mounts += [Mount("/push", routes=self.push.routes())]
        routes = [*steering, *self._people().routes(), *mounts]
        app = Mishaps(application(service="simulator", ready=lambda: None, routes=routes), self.plan)
        self.door = Door(app, host, settings.http_port)

    def _people(self) -> People:
        """The pages that show what people saw."""
        seen = Seen(
            persons=Persons(),
            messages=self.account.messages,
            mails=self.post.mails,
            letters=self.lob.letters,
            notices=self.push.browsers.every,
            ledger=self.ledger,
            texts=self.account.texts,
            replies=self.post.replies,
        )
        return People(seen=seen, mails=self.post.mails, letters=self.lob.letters)

    async def run(self) -> None:
        """Serve until `door.should_exit` is set."""
        under_way = self.account.network.run(), self.account.webhooks.run(), self.lob.office.run(), self.post.run()
        work = [asyncio.create_task(w) for w in (*under_way, *self.stripe.work(), self.push.run())]
        serving = asyncio.create_task(self.door.serve())
        try:
            await asyncio.wait([serving, *work], return_when=asyncio.FIRST_COMPLETED)
            for task in (serving, *work):
                if task.done():
                    task.result()
        finally:
            self.door.stop()
            for task in work:
                task.cancel()
            await asyncio.gather(serving, *work, return_exceptions=True)
            await self.voice.exchange.close()
            self.ledger.close()


@asynccontextmanager
async def running(settings: SimulatorSettings, clock: Clock) -> AsyncIterator[tuple[Simulator, str]]:
    """A simulator for a test, with its address."""
    simulator = Simulator(settings=settings, clock=clock)
    task = asyncio.create_task(simulator.run())
    while not simulator.door.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.005)
    try:
        yield simulator, f"http://127.0.0.1:{simulator.door.port}"
    finally:
        simulator.door.should_exit = True
        await task
