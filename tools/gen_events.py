"""Write `contracts/events.py` and `contracts/topics.py` from `schemas/`: `python -m tools.gen_events [--check]`."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import yaml

from chassis.schemas import DIRECTORY as SCHEMAS
from chassis.schemas import print_of, references, whole

OUTSIDE = {"upstream", "operator"}
"""Who writes topics and is no service: systems of clients, and people by the command."""
ROOT = Path(__file__).resolve().parent.parent
Schema = dict[str, Any]

HEADER = '''"""{doc}

Generated from `schemas/` by `make schemas`; do not edit.
"""

'''
PRIMITIVES = {
    "string": ("str", "string({v})", ""),
    "boolean": ("bool", "boolean({v})", "read_boolean(b, i)"),
    "int": ("int", "long({v})", "read_long(b, i)"),
    "long": ("int", "long({v})", "read_long(b, i)"),
    "bytes": ("bytes", "binary({v})", ""),
    "timestamp-millis": ("datetime", "timestamp({v})", "read_timestamp(b, i)"),
    "date": ("date", "day({v})", "read_day(b, i)"),
}

OFTEN = frozenset({"Meta", "AsOf", "ContactApproved", "ContactDeferred", "ContactVetoed", "TextApproved"})
OFTEN |= {"ContactRequested", "TimerDue", "ConsumerProfileChanged", "ProfileAccount", "ProfileAddress", "ProfilePlace"}
OFTEN |= {"ProfileContact", "ProfileStatement", "ProfileArrangement", "ExperimentArm", "Instalment"}
"""What the gate and the orchestrator write all the time. It gets a second, short way to be written: in one go, where all
text is ASCII."""
NUMBERS = {"type": "array", "items": "int"}
PLAIN = {"string": "{{LENGTH[len({v})]}}{{{v}}}", "boolean": "{{TRUE if {v} else FALSE}}"}
PLAIN |= {"date": "{{plain_day({v})}}", "decimal": "{{plain_decimal({v}, {scale})}}"}
PLAIN |= {"int": "{{plain_long({v})}}", "long": "{{plain_long({v})}}", "timestamp-millis": "{{plain_timestamp({v})}}"}


def short(name: str) -> str:
    """The name without its namespace."""
    return name.rsplit(".", 1)[-1]


class Types:
    """The Python side of each Avro type: annotation, writing and reading."""

    def __init__(self, named: dict[str, Schema]) -> None:
        self.named = named

    def annotation(self, t: Any) -> str:
        """The Python type."""
        if isinstance(t, list):
            return f"{self.annotation(t[1])} | None"
        if isinstance(t, dict):
            if t["type"] == "array":
                return f"tuple[{self.annotation(t['items'])}, ...]"
            if t["type"] == "map":
                return f"dict[str, {self.annotation(t['values'])}]"
            return "Decimal" if t.get("logicalType") == "decimal" else PRIMITIVES[t["logicalType"]][0]
        return PRIMITIVES[t][0] if t in PRIMITIVES else short(t)

    def default(self, t: Any, value: Any) -> str:
        """A field's default as Python has it."""
        if isinstance(t, str) and self.named.get(t, {}).get("type") == "enum":
            return f"{short(t)}.{value}"
        return "()" if value == [] else repr(value)

    def write(self, t: Any, v: str, *, interned: bool = False) -> list[str]:
        """Statements that write the value `v`."""
        if isinstance(t, list):
            inner = self.write(t[1], v)
            return [f"if {v} is None:", "    w(NULL)", "else:", "    w(PRESENT)", *indent(inner)]
        if isinstance(t, dict) and t["type"] in ("array", "map"):
            return self._write_block(t, v, interned)
        if isinstance(t, dict) and t.get("logicalType") == "decimal":
            return [f"w(decimal({v}, {t['scale']}))"]
        if isinstance(t, dict):
            return [f"w({PRIMITIVES[t['logicalType']][1].format(v=v)})"]
        if t in PRIMITIVES:
            return [f"w({'interned' if interned else PRIMITIVES[t][1].split('(')[0]}({v}))"]
        if self.named[t]["type"] == "enum":
            return [f"w(_{short(t)}_BYTES[{v}._value_])"]
        return [f"{v}.write(w)"]

    def _write_block(self, t: Schema, v: str, interned: bool) -> list[str]:
        if interned and t == NUMBERS:
            return [f'w(plain_numbers({v}).encode("latin-1"))']
        item = f"{v.removeprefix('self.')}_item"
        if t["type"] == "array":
            each = [f"for {item} in {v}:", *indent(self.write(t["items"], item))]
            body = [f"w(kept({v}))"] if interned else each
        else:
            key = f"{v.removeprefix('self.')}_key"
            body = [
                f"for {key}, {item} in {v}.items():",
                f"    w(string({key}))",
                *indent(self.write(t["values"], item)),
            ]
        return [f"if {v}:", f"    w(long(len({v})))", *indent(body), "w(NULL)"]

    def plain(self, t: Any, v: str) -> str:
        """A piece of a format string that writes the value `v`."""
        if isinstance(t, list):
            return "{" + f"NOTHING if {v} is None else f'{{SOMETHING}}{self.plain(t[1], v)}'" + "}"
        if isinstance(t, dict) and t["type"] == "map":
            return f"{{plain_map({v})}}"
        if t == NUMBERS:
            return f"{{plain_numbers({v})}}"
        if isinstance(t, dict) and t["type"] == "array":
            return self._plain_array(t["items"], v)
        if isinstance(t, dict):
            return PLAIN[t["logicalType"]].format(v=v, scale=t.get("scale"))
        if t in PLAIN:
            return PLAIN[t].format(v=v)
        if self.named[t]["type"] == "enum":
            return f"{{_{short(t)}_TEXT[{v}._value_]}}"
        return f"{{{v}.plain()}}"

    def _plain_array(self, items: str, v: str) -> str:
        if items == "string":
            return f"{{plain_strings({v})}}"
        if self.named[items]["type"] == "enum":
            return f"{{plain_symbols({v}, _{short(items)}_TEXT)}}"
        return f"{{plain_records({v})}}" if short(items) in OFTEN else f"{{plain_kept({v})}}"

    def read(self, t: Any, target: str, *, interned: bool = False) -> list[str]:
        """Statements that read into `target`."""
        if isinstance(t, list):
            return [
                "n, i = read_branch(b, i)",
                "if n:",
                *indent(self.read(t[1], target)),
                "else:",
                f"    {target} = None",
            ]
        if isinstance(t, dict) and t["type"] in ("array", "map"):
            return self._read_block(t, target, interned)
        if isinstance(t, dict) and t.get("logicalType") == "decimal":
            return [f"{target}, i = read_decimal(b, i, {t['scale']})"]
        if isinstance(t, dict):
            return [f"{target}, i = {PRIMITIVES[t['logicalType']][2]}"]
        if t in ("string", "bytes"):
            value = "b[i:j].decode()" if t == "string" else "b[i:j]"
            return [*small("n", "read_length"), "j = i + n", f"{target} = {value}", "i = j"]
        if t in PRIMITIVES:
            return [f"{target}, i = {PRIMITIVES[t][2]}"]
        if self.named[t]["type"] == "enum":
            return [*small("n", "read_long"), f"{target} = _{short(t)}_MEMBERS[n]"]
        return [f"{target}, i = {short(t)}.read(b, i)"]

    def _read_block(self, t: Schema, target: str, interned: bool) -> list[str]:
        if interned and t == NUMBERS:
            return [f"{target}, i = recalled_numbers(b, i)"]
        items, item, count, key = (f"{target}_{part}" for part in ("items", "item", "count", "key"))
        if t["type"] == "array":
            lines = [f"{items}: Any = []"]
            each = [f"{item}, i = recalled({short(t['items'])}, b, i)"] if interned else self.read(t["items"], item)
            step = [*each, f"{items}.append({item})"]
        else:
            lines = [f"{items}: Any = {{}}"]
            step = [*self.read("string", key), *self.read(t["values"], item), f"{items}[{key}] = {item}"]
        lines += [*small(count, "read_count"), f"while {count}:"]
        lines += indent([f"for _ in range({count}):", *indent(step), *small(count, "read_count")])
        return [*lines, f"{target} = tuple({items})" if t["type"] == "array" else f"{target} = {items}"]


def small(target: str, otherwise: str) -> list[str]:
    """Statements that read a number, most often of one byte: spelled out, as a call for each would double the cost."""
    long_or_negative = f"if {target} & 0x81:"
    return [
        f"{target} = b[i]",
        long_or_negative,
        f"    {target}, i = {otherwise}(b, i)",
        "else:",
        f"    {target} >>= 1",
        "    i += 1",
    ]


def indent(lines: list[str]) -> list[str]:
    """One level deeper."""
    return ["    " + line for line in lines]


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
