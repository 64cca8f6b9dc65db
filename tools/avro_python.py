"""The Python side of each Avro type: what the generator of `contracts/events.py` writes for a field."""

from typing import Any

Schema = dict[str, Any]

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
