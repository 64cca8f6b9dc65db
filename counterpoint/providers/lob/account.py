"""One account at Lob: its letters, and the post office that carries them."""

from datetime import timedelta

from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.lob.api import Api
from counterpoint.providers.lob.letters import Letters
from counterpoint.providers.lob.office import Office
from counterpoint.providers.settings import SimulatorSettings


class Account:
    """What the simulator serves under /lob."""

    def __init__(self, *, settings: SimulatorSettings, clock: Clock, ledger: Ledger) -> None:
        self.letters = Letters(settings.seed, timedelta(minutes=settings.lob_undo_minutes))
        self.office = Office(
            clock=clock,
            letters=self.letters,
            ledger=ledger,
            address=settings.lob_webhook_url,
            secret=settings.lob_webhook_secret.get_secret_value(),
        )
        self._api = Api(key=settings.lob_key.get_secret_value(), letters=self.letters, office=self.office, clock=clock)

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return self._api.routes()
