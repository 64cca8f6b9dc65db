"""A whole stack on a closed broker: each process comes in under its own name, and is kept to its part.

Green does not prove that a cluster of several brokers is closed: that one's grants come from `counterpoint acls`.
"""

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from aiokafka.protocol.fetch import FetchRequest
from typer.testing import CliRunner

from chassis.failures import NotAuthorised
from chassis.kafka_client import asking, connection, wait_for_broker
from chassis.kafka_protocol import OPERATIONS, TOPICS, ask
from chassis.kafka_topics import wanted
from chassis.settings import StackSettings
from contracts.access import ADMIN, AUDITOR, Grant, Operation, Resource, grants, grants_of, principals
from contracts.topics import SERVICES
from counterpoint.cli import application
from counterpoint.commands.load import connection as to_ingest
from counterpoint.commands.load import load_file
from counterpoint.embedded.admission import entry as line
from counterpoint.embedded.admission import listed
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.principals import CA_FILE, PASSWORD, PROTOCOL, USERNAME, entry
from counterpoint.embedded.stack import ROOT, Stack
from counterpoint.embedded.state import StackState, load_state, settings_of
from tests.processes import environment

APPROVED = "counterpoint.approved-sms.v1"
ACCOUNTS = 40
STARTS, RATE = datetime(2026, 10, 19, 15, tzinfo=UTC), 3000.0


@pytest.fixture(scope="module")
def stack() -> Iterator[StackState]:
    """A closed stack that runs, in a folder that PostgreSQL's own user may enter."""
    with TemporaryDirectory(prefix="counterpoint-", ignore_cleanup_errors=True) as folder:
        one = Stack(Path(folder) / "stack", clock_start=STARTS, clock_rate=RATE, secure=True)
        one.start()
        yield one.state
        one.stop()


def directory(stack: StackState) -> Path:
    return Path(stack.kafka_ca_file).parents[2]


def settings(stack: StackState, principal: str, **other: str) -> StackSettings:
    """What a process under this name is told; `other` by the names of settings."""
    given = {f"COUNTERPOINT_{name.upper()}": value for name, value in other.items()}
    return settings_of(stack.environment | entry(principal, stack) | given)


async def write(settings: StackSettings, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(**connection(settings)) as producer:
        await producer.send_and_wait(topic, value, key=b"con-nobody", partition=0)


async def readable(settings: StackSettings) -> set[str]:
    """Topics of which the broker hands records out; it must refuse the others for want of a grant."""
    async with asking(settings) as client:
        topics = [(w.name, [(0, 0, 1 << 10)]) for w in wanted()]
        fetch = FetchRequest(max_wait_time=0, min_bytes=0, max_bytes=1 << 20, isolation_level=0, topics=topics)
        answer = await client.send(client.get_random_node(), fetch)
    errors = {topic: partition[1] for topic, [partition] in answer.topics}
    assert len(errors) == len(topics)
    assert set(errors.values()) <= {0, TopicAuthorizationFailedError.errno}
    return {topic for topic, error in errors.items() if not error}


def test_every_process_has_its_own_name_and_a_text_arrives(stack: StackState, tmp_path: Path) -> None:
    for process in stack.processes:
        told = dict(part.split("=", 1) for part in Path(f"/proc/{process.pid}/environ").read_text().split("\0") if part)
        known = {name: told[name] for name in (PROTOCOL, CA_FILE, USERNAME, PASSWORD) if name in told}
        assert known == (entry(process.name, stack) if process.name in SERVICES else {}), process.name
    file = tmp_path / "placements.csv"
    examples = (ROOT / "examples" / "placements.csv").read_text().splitlines(keepends=True)
    file.write_text("".join(examples[: ACCOUNTS + 1]))
    with to_ingest(url=stack.urls["ingest"], key=stack.ingest_api_key, client="acme") as to:
        assert load_file(to, file, lambda _: None)["placed"] > 0
    ledger = directory(stack) / "ledger.jsonl"
    deadline = time.monotonic() + 60
    while not (ledger.exists() and ledger.read_text()):
        assert time.monotonic() < deadline, "no text arrived"
        time.sleep(0.2)
    assert load_state(directory(stack)).whole()


@pytest.mark.parametrize("verb", ["status", "verify", "replay"])
def test_commands_come_in_as_the_auditor(stack: StackState, verb: str) -> None:
    found = CliRunner().invoke(application(verb), [verb, "--directory", str(directory(stack))])
    assert found.exit_code == 0, found.output
    assert stack.environment[USERNAME] == AUDITOR


@pytest.mark.parametrize("principal", [p for p in principals() if p != "compliance"])
async def test_the_broker_refuses_an_approval_by_anybody_but_the_gate(stack: StackState, principal: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await write(settings(stack, principal), APPROVED, b"an approval")


@pytest.mark.parametrize("principal", principals())
async def test_nobody_can_read_what_is_not_for_him(stack: StackState, principal: str) -> None:
    read = {g.name for g in grants_of(principal) if (g.resource, g.operation) == (Resource.TOPIC, Operation.READ)}
    assert await readable(settings(stack, principal)) == read


async def test_a_service_cannot_see_the_group_of_another(stack: StackState) -> None:
    admin = AIOKafkaAdminClient(**connection(settings(stack, "sms")))
    await admin.start()
    try:
        await admin.list_consumer_group_offsets("sms")
        with pytest.raises(GroupAuthorizationFailedError):
            await admin.list_consumer_group_offsets("compliance")
    finally:
        await admin.close()


async def test_the_brokers_own_list_is_the_contract(stack: StackState) -> None:
    async with asking(settings(stack, ADMIN)) as client:
        assert await listed(client) == {line(g) for g in grants()}


@pytest.mark.parametrize("principal", principals())
async def test_the_broker_lets_each_do_what_the_contract_says_and_nothing_else(
    stack: StackState, principal: str
) -> None:
    async with asking(settings(stack, principal)) as client:
        *_, topics, _ = await ask(client, TOPICS, sorted(w.name for w in wanted()), False, False, True)
    allowed = {name: bits for error, name, _, _, bits in topics if not error}
    may = {
        Grant(principal, Resource.TOPIC, name, operation)
        for name, bits in allowed.items()
        for operation in (Operation.READ, Operation.WRITE)
        if bits >> OPERATIONS[operation.value] & 1
    }
    assert may == {g for g in grants_of(principal) if g.resource is Resource.TOPIC}
    known = sum(1 << number for number in OPERATIONS.values())
    assert not [name for name, bits in allowed.items() if bits & ~known], "more than read, write and describe"


REFUSED: dict[str, tuple[Mapping[str, str], str]] = {
    "another password": ({"kafka_password": "not-this-one"}, "does not know user sms by this password"),
    "another name": ({"kafka_username": "nobody"}, "does not know user nobody by this password"),
    "no TLS": ({"kafka_security_protocol": "PLAINTEXT"}, "speaks TLS only"),
    "no TLS for the password": ({"kafka_security_protocol": "SASL_PLAINTEXT"}, "speaks TLS only"),
    "no password": ({"kafka_security_protocol": "SSL"}, "wants a name and a password"),
}


@pytest.mark.parametrize(("other", "said"), REFUSED.values(), ids=REFUSED)
async def test_who_is_not_let_in_is_told_why_and_does_not_try_for_ever(
    stack: StackState, other: Mapping[str, str], said: str
) -> None:
    with pytest.raises(NotAuthorised, match=said):
        await wait_for_broker(settings(stack, "sms", **other))


async def test_a_broker_of_an_unknown_authority_is_not_told_the_password(stack: StackState) -> None:
    told = settings(stack, "sms").model_copy(update={"kafka_ca_file": None})
    with pytest.raises(NotAuthorised, match="a certificate that is not to be believed"):
        await wait_for_broker(told)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({PASSWORD: "not-this-one"}, "does not know user reporting by this password"),
        ({USERNAME: "upstream"}, "the broker does not let upstream read topic counterpoint.placements-raw.v1, and"),
    ],
)
def test_a_process_that_is_refused_says_so_in_one_line_and_ends(
    stack: StackState, other: Mapping[str, str], said: str
) -> None:
    told = stack.environment | entry(other.get(USERNAME, "reporting"), stack) | dict(other)
    ended = subprocess.run(
        [sys.executable, "-m", "services.reporting"],
        env=environment() | told,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    last = ended.stderr.splitlines()[-1]
    assert ended.returncode == 1
    assert said in last
    assert "Traceback" not in ended.stderr
    assert "not-this-one" not in ended.stderr


async def test_an_open_broker_is_not_told_the_password_by_who_wants_tls(stack: StackState, broker: Kafka) -> None:
    with pytest.raises(NotAuthorised, match="speaks no TLS"):
        await wait_for_broker(settings(stack, "sms", kafka_bootstrap=broker.bootstrap))


def ports(stack: StackState) -> set[int]:
    """Every port on which the broker listens."""
    text = (directory(stack) / "kafka" / "server.properties").read_text()
    [listeners] = [row.partition("=")[2] for row in text.splitlines() if row.startswith("listeners=")]
    return {int(at.rpartition(":")[2]) for at in listeners.split(",")}


async def test_no_listener_speaks_without_tls(stack: StackState) -> None:
    assert len(ports(stack)) == 3
    for port in ports(stack):
        with pytest.raises(NotAuthorised, match="speaks TLS only"):
            await wait_for_broker(settings_of({"COUNTERPOINT_KAFKA_BOOTSTRAP": f"127.0.0.1:{port}"}))


def test_only_the_broker_itself_reaches_the_controller(stack: StackState) -> None:
    anybody = ssl.create_default_context(cafile=stack.kafka_ca_file)
    for port in ports(stack) - {int(stack.kafka_bootstrap.rpartition(":")[2])}:
        with (
            pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"),
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            anybody.wrap_socket(plain, server_hostname="localhost") as closed,
        ):
            closed.recv(1)


def test_passwords_are_for_their_owner_only(stack: StackState) -> None:
    secrets = set(stack.kafka_passwords.values())
    assert len(secrets) == len(principals()) + 1
    kept = [
        f
        for f in directory(stack).rglob("*")
        if f.is_file() and not {"postgres", "data"} & set(f.parts) and f.name != "broker.pem"
    ]
    for file in kept:
        if any(password.encode() in file.read_bytes() for password in secrets):
            assert (file.name, file.stat().st_mode & 0o077) == ("stack.json", 0)
    assert (directory(stack) / "kafka" / "keys" / "broker.pem").stat().st_mode & 0o077 == 0
