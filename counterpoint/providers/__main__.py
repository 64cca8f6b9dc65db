"""Runs the provider simulator: `python -m counterpoint.providers`."""

import asyncio
import signal
import sys

import structlog
import uvloop

from chassis import logs
from chassis.settings import WrongSettings, load_own, load_stack
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.simulator import Simulator

log = structlog.get_logger()


def main() -> None:
    """Serve until told to stop; exits 1, saying why, if that cannot be."""
    try:
        stack, own = load_stack(), load_own("simulator", SimulatorSettings)
    except WrongSettings as fault:
        sys.exit(f"simulator: {fault}")
    logs.configure(service="simulator", log_format=stack.log_format, level=stack.log_level)

    async def serve() -> None:
        simulator = Simulator(settings=own, clock=stack.clock(), host=stack.bind_host)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, setattr, simulator.door, "should_exit", True)
        log.info("simulator.started", port=own.http_port)
        await simulator.run()
        log.info("simulator.stopped")

    uvloop.run(serve())


if __name__ == "__main__":
    main()
