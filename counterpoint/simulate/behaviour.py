"""The simulator's assumptions, from behaviour.yaml: every figure with its range and source, to be read and varied."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

import msgspec
from msgspec import Struct

FILE = Path(__file__).with_suffix(".yaml")


class Figure(Struct, frozen=True, forbid_unknown_fields=True):
    """One assumption: what is assumed, between which bounds it is varied, and where it comes from."""

    value: float
    low: float
    high: float
    unit: Literal["%", "times", "days", "minutes", "$", ""]
    what: str
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} is not within {self.low} to {self.high}")


class _File(Struct, forbid_unknown_fields=True):
    version: int
    figures: dict[str, Figure]


@cache
def figures() -> Mapping[str, Figure]:
    """All of them by name, as the file has them; raises msgspec.ValidationError for a file that cannot be used."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=_File).figures


class Behaviour(Struct, frozen=True):
    """A value for every figure, percentages as shares of one."""

    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def with_value(self, name: str, value: float) -> "Behaviour":
        """The same but for one figure, which is given as the file gives it."""
        return Behaviour({**self.values, name: _scaled(name, value)})


def _scaled(name: str, value: float) -> float:
    return value / 100 if figures()[name].unit == "%" else value


def assumed() -> Behaviour:
    """What the file assumes."""
    return Behaviour({name: _scaled(name, figure.value) for name, figure in figures().items()})


def drawn(seed: int) -> Behaviour:
    """A value for every figure at random within its range, each as likely as the other; equal seeds, equal values."""
    random = Random(f"behaviour/{seed}")  # noqa: S311 - chance, not secrecy
    return Behaviour({name: _scaled(name, random.uniform(f.low, f.high)) for name, f in figures().items()})


def described() -> list[tuple[str, str, str]]:
    """Each figure: its name, its value and range, and what it says with its source."""
    return [
        (name, f"{f.value:g}{f.unit and ' ' + f.unit} ({f.low:g} to {f.high:g})", f"{f.what}; {f.source}")
        for name, f in figures().items()
    ]
