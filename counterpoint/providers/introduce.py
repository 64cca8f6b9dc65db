"""Tells the simulator who is who, from a file of placements, so that its pages show people and not addresses."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import msgspec

from counterpoint.providers.people.persons import Known, Place
from services.ingest.core.phones import parse

AT_A_TIME = 1000
_NAME = ("first_name", "middle_name", "last_name", "suffix")
_NUMBERED = range(1, 4)


def introduce(simulator_url: str, file: Path) -> None:
    """Tell it; that it does not answer, or that the file names its columns otherwise, costs names and nothing else."""
    with file.open(encoding="utf-8-sig", newline="", errors="replace") as lines:
        people = [known for row in csv.DictReader(lines) if (known := _known(row)).label and known.addresses]
    try:
        with httpx.Client(base_url=simulator_url, trust_env=False, timeout=30) as simulator:
            for start in range(0, len(people), AT_A_TIME):
                body = msgspec.json.encode({"people": people[start : start + AT_A_TIME]})
                simulator.post("/_sim/people", content=body)
    except httpx.HTTPError:
        return


def page(simulator_url: str) -> str:
    """Where what people saw is shown."""
    return f"{simulator_url}/_sim/people"


def _known(row: Mapping[str, str | None]) -> Known:
    label = " ".join(part for column in _NAME if (part := _cell(row, column)))
    envelope = f"{_cell(row, 'first_name')} {_cell(row, 'last_name')}".strip()
    street, code = _cell(row, "address_1"), _cell(row, "postal_code")
    places = [Place(envelope, street, code)] if street and code else []
    return Known(label, list(_phones(row)), [e for n in _NUMBERED if (e := _cell(row, f"email_{n}"))], places)


def _phones(row: Mapping[str, str | None]) -> Iterator[str]:
    for number in _NUMBERED:
        phone = parse(_cell(row, f"phone_{number}"))
        if phone is not None:
            yield phone.number


def _cell(row: Mapping[str, str | None], column: str) -> str:
    return (row.get(column) or "").strip()
