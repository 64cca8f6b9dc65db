"""Our processes, as tests start them: python -m module, ready when their page says so."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from chassis.failures import WrongTopology
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings

HERE = Path(__file__).resolve().parents[1]


def environment(**settings: object) -> dict[str, str]:
    """The machine's environment with these settings of ours and no others; names in lower case, without the prefix."""
    foreign = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERPOINT_")}
    return foreign | {f"COUNTERPOINT_{name.upper()}": str(value) for name, value in settings.items()}


async def start(module: str, settings: Mapping[str, str], log: Path | None = None) -> asyncio.subprocess.Process:
    """A process that has just begun; what it says goes to `log`."""
    out = log.open("ab") if log else None
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            env=dict(settings),
            cwd=HERE,
            stdout=out or asyncio.subprocess.DEVNULL,
            stderr=out or asyncio.subprocess.DEVNULL,
        )
    finally:
        if out:
            out.close()


async def end(process: asyncio.subprocess.Process) -> None:
    """Let it stop, if it still runs."""
    if process.returncode is None:
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def running(module: str, settings: Mapping[str, str], port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of ours, ready; stopped at the end if it still runs."""
    process = await start(module, settings)
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            await answers(client, f"http://127.0.0.1:{port}/readyz", process)
        yield process
    finally:
        await end(process)


async def answers(client: httpx.AsyncClient, url: str, process: asyncio.subprocess.Process) -> None:
    """Wait until a page answers 200."""
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None, f"{url}: the process has ended"
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)


async def topics_exist(stack: StackSettings) -> None:
    """Create the topics; a broker that was just started may take a moment to show them."""
    async with asyncio.timeout(30):
        while True:
            try:
                await ensure_topics(stack)
            except WrongTopology:
                await asyncio.sleep(0.2)
            else:
                return
