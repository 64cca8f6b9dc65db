"""A stranger with an Avro library and `schemas/` reads our topics: the reader is the code of schemas/README.md.

A green run does not prove it for Avro libraries of other languages.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from chassis.codec import SingleObjectCodec
from chassis.schemas import DIRECTORY, whole
from counterpoint.embedded.kafka import Kafka
from tests.examples import all_examples, fields_of

TOPIC = "plain-reader"
PRINT = """
import sys
for line in sys.stdin:
    name, record = read(bytes.fromhex(line))
    print(json.dumps([name, record], default=repr))
assert not [m for m in sys.modules if m.partition(".")[0] in ("contracts", "chassis", "services", "msgspec")]
"""


def readers_code() -> str:
    """The reader as schemas/README.md has it."""
    (code,) = re.findall(r"```python\n(.*?)```", (DIRECTORY / "README.md").read_text(), re.DOTALL)
    return str(code)


def read_elsewhere(values: list[bytes], folder: Path) -> list[str]:
    """What the reader makes of records, in a folder that holds nothing of ours but schemas/."""
    copytree(DIRECTORY, folder / "schemas")
    program = [sys.executable, "-I", "-c", readers_code() + PRINT]
    lines = "\n".join(value.hex() for value in values)
    run = subprocess.run(program, cwd=folder, input=lines, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.mark.timeout(120)
async def test_topics_can_be_read_with_the_schema_files_alone(broker: Kafka, tmp_path: Path) -> None:
    sent = list(all_examples().values())
    codec = SingleObjectCodec()
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for event in sent:
            await producer.send(TOPIC, codec.encode(event), partition=0)
    async with AIOKafkaConsumer(TOPIC, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest") as consumer:
        values = [(await consumer.getone()).value for _ in sent]
    got = read_elsewhere(values, tmp_path)
    wanted = [[whole(type(e).__name__)["name"], fields_of(e)] for e in sent]
    assert got == [json.dumps(record, default=repr) for record in wanted]
