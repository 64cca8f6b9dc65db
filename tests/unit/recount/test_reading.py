"""How the check reads: by itself, and yet it reads what we write.

A green run does not prove that it can read what a schema registry frames: it reads single-object encoding alone.
"""

import ast
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from chassis.codec import SingleObjectCodec
from contracts.events import Event
from counterpoint import recount
from counterpoint.recount.evidence import Handed, Paid, Said, form, read_notes, read_texts
from counterpoint.recount.log import Record, decode
from counterpoint.recount.schemas import writers
from counterpoint.simulate import notes
from tests.examples import all_examples, fields_of
from tests.unit.recount.factories import MONDAY

EXAMPLES = all_examples()
SCHEMAS = writers()
CODEC = SingleObjectCodec()
OURS = {"contracts", "chassis", "services", "counterpoint", "tools"}


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_reads_every_event_as_its_writer_meant_it(event: Event) -> None:
    kind, body = decode(CODEC.encode(event), SCHEMAS)
    assert kind == type(event).__name__
    assert body == fields_of(event)


@pytest.mark.parametrize("value", [None, b"", b"\xc3\x01", b"\xc3\x0112345678", b"\x00\x00\x00\x00\x01abc"])
def test_says_what_cannot_be_read(value: bytes | None) -> None:
    with pytest.raises(ValueError, match="no event of a known schema"):
        decode(value, SCHEMAS)


def test_says_what_is_cut_off() -> None:
    whole = CODEC.encode(next(iter(EXAMPLES.values())))
    with pytest.raises(ValueError, match="not as its schema says"):
        decode(whole[:40], SCHEMAS)


def test_shares_no_code_with_what_it_checks() -> None:
    folder = Path(recount.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.startswith("counterpoint.recount") or name.partition(".")[0] not in OURS, f"{path}: {name}"


def test_reads_the_notes_that_synthetic_consumers_write(tmp_path: Path) -> None:
    written = notes.Notes(tmp_path)
    written.add(notes.Handed(MONDAY, "acme", "5ha", 3))
    written.add(notes.Said(MONDAY, "+12125550100", "SM-1", "stop"))
    written.add(notes.Paid(MONDAY, "acme", "demo-1", Decimal("1.50")))
    written.close()
    handed, said, paid = read_notes(tmp_path / notes.FILE)
    assert handed == Handed("acme", "5ha", 3)
    assert said == Said(MONDAY, "+12125550100", "SM-1", "stop")
    assert paid == Paid("acme", "demo-1")


def test_a_stack_without_synthetic_consumers_has_no_notes(tmp_path: Path) -> None:
    assert read_notes(tmp_path / notes.FILE) == []


def test_whoever_gets_or_writes_a_message_of_whatsapp_is_the_same_at_the_number() -> None:
    there = "whatsapp:+13125550101"
    line = {"sequence": 1, "kind": "text", "message_sid": "SM1", "to": there, "body": "Hello", "reference": {}}
    line |= {"requested_at": MONDAY, "received_at": MONDAY, "status": "delivered"}
    (text,) = read_texts([msgspec.json.encode(line)])
    assert text.to == "+13125550101"
    body = b"From=whatsapp%3A%2B13125550101&To=whatsapp%3A%2B12125550199&Body=whatsapp%3A+no"
    record = Record("provider-callbacks", 0, 1, MONDAY, "CallbackReceived", {"body": body})
    assert form(record) == {"From": "+13125550101", "To": "+12125550199", "Body": "whatsapp: no"}
