"""The tally as a process, in the gate's place; it writes what it did to a file, which survives it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from chassis.host import Assembly, Host
from chassis.main import run
from chassis.service import Done
from chassis.settings import OwnSettings
from contracts.events import ContactVetoed, Event, TimerDue
from tests.contract.tally import World, tally_service


class TallySettings(OwnSettings):
    """Where the file is."""

    did_file: Path = Field(description="What was done, a line each.")


class Filed(World):
    """Does by writing a line; what may be done already is looked up."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    async def act(self, done: Sequence[Done]) -> Sequence[Event]:
        """Write what is not written."""
        written = set(self._file.read_text().split()) if self._file.exists() else set()
        with self._file.open("a") as file:
            for d in done:
                assert isinstance(d.event, ContactVetoed)
                if not (d.repeat and d.event.contact_id in written):
                    file.write(f"{d.event.contact_id}\n")
        return await super().act(done)


async def build(own: TallySettings, host: Host) -> Assembly:
    """The tally under the gate's name; it needs that service's topics."""
    world = Filed(own.did_file)
    service = tally_service(world, "compliance")
    return Assembly(service=replace(service, reads=service.reads - {TimerDue}, effects={ContactVetoed: world.act}))


if __name__ == "__main__":
    run("compliance", build, TallySettings)
