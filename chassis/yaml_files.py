"""YAML as people write it for us: a mapping, with the line of each of its parts for whoever must mend it.

Plain values beside text are whole numbers, true, false and null: no dates, and no times that are numbers to base 60.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from msgspec import Struct

from chassis.failures import Halted

Place = tuple[str | int, ...]
"""Where in a file: names and numbers of parts, from the outside in."""


class YamlFile(Struct, frozen=True):
    """A file as it stands, and the line of each of its parts: that of its name, where it has one."""

    path: Path
    content: Mapping[str, Any]
    lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int:
        """Where a part begins, or the nearest part around it that is there."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, reason: str, *place: str | int) -> str:
        """A fault as a person finds it."""
        return f"{self.path}:{self.line(*place)}: {reason}"


F = TypeVar("F", bound=YamlFile)


def read_file(path: Path, kind: type[F], what: str, wrong: type[Halted]) -> F:
    """One file, parsed and not yet checked; raises `wrong`, which says where, if it is not `what` it must be."""
    lines: dict[Place, int] = {}
    content = _content(path, lines, wrong)
    if not isinstance(content, dict):
        raise wrong(f"{path}:1: not {what}: {what} is a mapping of names to values")
    return kind(path, content, lines)


def read_plain(path: Path, wrong: type[Halted]) -> Any:
    """Whatever a file holds; raises `wrong`."""
    return _content(path, {}, wrong)


def _content(path: Path, lines: dict[Place, int], wrong: type[Halted]) -> Any:
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if node is None:
            return None
        _note_lines(node, (), lines, node)
        return loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise wrong(f"{path}:{line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise wrong(f"{path}:1: cannot be read: {error}") from error


class _Loader(yaml.SafeLoader):
    """YAML with few kinds of plain values."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("int", r"^[-+]?(0|[1-9][0-9]*)$", "-+0123456789"),
    ("bool", r"^(true|false)$", "tf"),
    ("null", r"^(null|~|)$", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _note_lines(node: yaml.Node, place: Place, lines: dict[Place, int], name: yaml.Node) -> None:
    if place in lines:
        raise yaml.MarkedYAMLError(problem=f"{place[-1]!r} is here twice", problem_mark=name.start_mark)
    lines[place] = name.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _note_lines(value, (*place, str(key.value)), lines, key)
    elif isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            _note_lines(value, (*place, n), lines, value)
