"""Write `contracts/events.py` and `contracts/topics.py` from `schemas/`: `python -m tools.gen_events [--check]`."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import yaml

from chassis.schemas import DIRECTORY as SCHEMAS
from chassis.schemas import print_of, references, whole
from tools.avro_python import OFTEN, Schema, Types, indent

OUTSIDE = {"upstream", "operator"}
"""Who writes topics and is no service: systems of clients, and people by the command."""
ROOT = Path(__file__).resolve().parent.parent

HEADER = '''"""{doc}

Generated from `schemas/` by `make schemas`; do not edit.
"""

'''


def text(doc: str, level: int = 4) -> list[str]:
    """A docstring, wrapped."""
    pad = " " * level
    return textwrap.wrap(f'"""{doc}"""', 118, initial_indent=pad, subsequent_indent=pad)


def enum_source(s: Schema) -> str:
    """A Python enum, with its bytes and members by symbol."""
    name = s["name"]
    lines = [f"class {name}(Enum):", *text(s["doc"]), ""]
    lines += [f'    {symbol} = "{symbol}"' for symbol in s["symbols"]]
    lines += ["", "", f"_{name}_MEMBERS = dict(enumerate({name}))"]
    lines += [f"_{name}_BYTES = {{member.value: long(n) for n, member in enumerate({name})}}"]
    lines += [f"_{name}_TEXT = {{member.value: LENGTH[n] for n, member in enumerate({name})}}"]
    return "\n".join(lines)


def record_source(s: Schema, types: Types, print_: str | None) -> str:
    """A frozen type that writes and reads itself."""
    fields = s["fields"]
    base = "Event" if print_ else "Struct"
    lines = [f"class {s['name']}({base}, frozen=True, gc=False):", *text(s["doc"]), ""]
    for f in fields:
        omissible = all("default" in g for g in fields[fields.index(f) :])
        default = f" = {types.default(f['type'], f['default'])}" if omissible else ""
        lines += [f"    {f['name']}: {f.get('pytype') or types.annotation(f['type'])}{default}", *text(f["doc"])]
    if print_:
        lines += ["", f'    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("{print_}")']
    pii = tuple(f["name"] for f in fields if f.get("pii"))
    lines += ["", "    PII: ClassVar[tuple[str, ...]] = " + repr(pii)]
    lines += ["", "    def write(self, w: Write) -> None:", '        """Hand the fields, in order, to `w`."""']
    for f in fields:
        lines += indent(indent(types.write(f["type"], f"self.{f['name']}", interned=bool(f.get("interned")))))
    lines += plain_source(s, types) if s["name"] in OFTEN else []
    lines += [
        "",
        "    @classmethod",
        "    def read(cls, b: bytes, i: int) -> tuple[Self, int]:",
        '        """Read one at index `i`; give it back with the index behind it."""',
    ]
    lines += ["        n: int", "        j: int"]
    for f in fields:
        # Locals are Any: the schema, not the type checker, says what the bytes hold.
        lines += [
            f"        {f['name']}: Any",
            *indent(indent(types.read(f["type"], f["name"], interned=bool(f.get("interned"))))),
        ]
    lines += [f"        return cls({', '.join(f['name'] for f in fields)}), i"]
    return "\n".join(lines)


def plain_source(s: Schema, types: Types) -> list[str]:
    """The short way to write a record, and the way around it."""
    fields = [(f["type"], f"self.{f['name']}") for f in s["fields"]]
    texts = [f"{{{v}}}" for t, v in fields if t == "string"]
    texts += [f"{{{v} or NONE}}" for t, v in fields if isinstance(t, list)]
    lines = ["", '    def plain(self, head: str = "") -> str:']
    lines += ['        """The record as text of a byte a character; raises NotPlain if that takes more care."""']
    if texts:
        lines += [f'        if not f"{"".join(texts)}".isascii():', "            raise NotPlain"]
    lines += [
        "        return (",
        '            f"{head}"',
        *(f'            f"{types.plain(t, v)}"' for t, v in fields),
        "        )",
    ]
    if s["namespace"] != "counterpoint":
        lines += ["", '    def to_avro(self, head: str = "") -> bytes:', '        """The event as Avro binary."""']
        lines += ["        try:", '            return self.plain(head).encode("latin-1")']
        lines += ["        except (NotPlain, IndexError):", "            return Event.to_avro(self, head)"]
    return lines


def load() -> tuple[dict[str, Schema], dict[str, str]]:
    """Every named schema, types first, in an order in which each uses only earlier ones; and the events' fingerprints."""
    named: dict[str, Schema] = {}
    files = sorted(SCHEMAS.glob("types/*.avsc"))
    waiting = [json.loads(f.read_text()) for f in files]
    while waiting:
        ready = [s for s in waiting if all(r in named for r in references(s))]
        if not ready:
            raise SystemExit(f"types refer to each other in a circle or to nothing: {[s['name'] for s in waiting]}")
        for s in ready:
            named[f"{s['namespace']}.{s['name']}"] = s
            waiting.remove(s)
    prints: dict[str, str] = {}
    for f in sorted(SCHEMAS.glob("events/*/*.avsc")):
        s = json.loads(f.read_text())
        named[f"{s['namespace']}.{s['name']}"] = s
        prints[s["name"]] = print_of(whole(f.stem)).hex()
    return named, prints


def events_source(named: dict[str, Schema], prints: dict[str, str]) -> str:
    """The module of types."""
    types = Types(named)
    imports = """
        from datetime import date, datetime
        from decimal import Decimal
        from enum import Enum
        from typing import Any, ClassVar, Self

        from msgspec import Struct

        from contracts.avro import (
            FALSE, LENGTH, NONE, NOTHING, NULL, PRESENT, SOMETHING, TRUE, NotPlain, Write, binary, boolean, day, decimal, interned, kept, long, plain_day, plain_decimal, plain_kept, plain_long, plain_map, plain_numbers, plain_records, plain_strings, plain_symbols, plain_timestamp, read_binary, read_boolean, read_branch,
            read_count, read_day, read_decimal, read_length, read_long, read_timestamp, recalled, recalled_numbers, string, timestamp,
        )
        from contracts.ids import (
            AddressId, ArrangementId, AttemptId, BatchId, ClientId, ConsumerId, ContactId, DebtId, EventId, PaymentId,
            PlacementId, RuleId,
        )
    """
    event = '''
        class Event(Struct, frozen=True, gc=False):
            """What every event type shares: bytes from it, and it from bytes."""

            FINGERPRINT: ClassVar[bytes]
            meta: "Meta"

            def write(self, w: Write) -> None:
                """Hand the fields, in order, to `w`."""
                raise TypeError("only generated events can be written")

            def to_avro(self, head: str = "") -> bytes:
                """The event as Avro binary; `head` goes before it, a byte for each of its characters."""
                out = [head.encode("latin-1")]
                self.write(out.append)
                return b"".join(out)

            @classmethod
            def read(cls, b: bytes, i: int) -> tuple[Self, int]:
                """Read one at index `i`; give it back with the index behind it."""
                raise TypeError("only generated events can be read")

            @classmethod
            def from_avro(cls, b: bytes) -> Self:
                """The event from Avro binary; raises ValueError or LookupError if it is not one."""
                event, end = cls.read(b, 0)
                if end != len(b):
                    raise ValueError(f"{cls.__name__} needs {end} bytes, and the record has {len(b)}")
                return event
    '''
    parts = [
        HEADER.format(doc="The events that services exchange, and the types they share.")
        + textwrap.dedent(imports).strip()
    ]
    parts.append(textwrap.dedent(event).strip())
    for s in named.values():
        parts.append(enum_source(s) if s["type"] == "enum" else record_source(s, types, prints.get(s["name"])))
    return "\n\n\n".join(parts) + "\n"


def topics_source(named: dict[str, Schema]) -> str:
    """The module that says which event is on which topic."""
    spec = yaml.safe_load((SCHEMAS / "topics.yaml").read_text())
    events = sorted(e for t in spec["topics"].values() for e in t["events"])
    lines = [
        HEADER.format(doc="Which topic holds which event, and who writes and reads it."),
        "from contracts import events",
        "from contracts.topic import Topic",
        "",
        "TOPICS: dict[str, Topic] = {",
    ]
    for name, t in spec["topics"].items():
        lines += [
            f'    "{name}": Topic(', f'        name="{name}",', f"        key={t['key']!r},", f"        writers={tuple(t['writers'])!r},",
            f"        readers={tuple(t['readers'])!r},", f"        events=({', '.join('events.' + e for e in t['events'])},),",
            f"        retention_days={t['retention_days']},", f"        compacted={t.get('compacted', False)},", f"        pii={t['pii']},", "    ),",
        ]  # fmt: skip
    lines += [
        "}",
        "",
        "TOPIC_OF: dict[type[events.Event], str] = {event: t.name for t in TOPICS.values() for event in t.events}",
        "",
    ]
    lines += [
        f"SERVICES: tuple[str, ...] = {tuple(sorted({r for t in spec['topics'].values() for r in (*t['readers'], *t['writers'])} - OUTSIDE))!r}"
    ]
    lines += [
        '"""Every service that writes or reads a topic."""',
        "",
        "JUDGED_LAST: dict[str, tuple[type[events.Event], ...]] = {",
    ]
    lines += [
        f'    "{service}": ({", ".join("events." + e for e in names)},),'
        for service, names in spec["judged_last"].items()
    ]
    lines += ["}", '"""What a service must see after everything else of the same batch."""', ""]
    lines += [f"STATEFUL: tuple[str, ...] = {tuple(spec['stateful'])!r}"]
    lines += ['"""Services that remember consumers, and so have a changelog."""', ""]
    missing = {s["name"] for s in named.values() if s["namespace"] != "counterpoint"} ^ set(events)
    if missing:
        raise SystemExit(f"on no topic, or on a topic without a schema: {sorted(missing)}")
    return "\n".join(lines)


def formatted(source: str) -> str:
    """The source as the project's formatter leaves it."""
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check", "--fix", "--quiet", "--select", "I,F401"], ["format", "--quiet"]):
        source = subprocess.run(
            [ruff, *command, "--stdin-filename", "contracts/x.py", "-"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout
    return source


def main() -> None:
    """Write both files, or with --check say whether they are up to date."""
    named, prints = load()
    stale = []
    for name, source in (("events", events_source(named, prints)), ("topics", topics_source(named))):
        path = ROOT / "contracts" / f"{name}.py"
        wanted = formatted(source)
        if not path.exists() or path.read_text() != wanted:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(wanted)
    if "--check" in sys.argv and stale:
        raise SystemExit(f"contracts is not what schemas/ says ({', '.join(stale)}): run make schemas")


if __name__ == "__main__":
    main()
