"""Freeze today's schemas: `python -m tools.release_schemas [--again | --check]`.

Writes `schemas/released/<Event>/<n+1>.avsc` for every event whose schema differs from its newest release. With
`--again` it writes the newest release anew instead: only for one that nobody outside has, as before the first tag.
With `--check` it writes nothing, and exits 1 if something is not released yet.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from chassis.schemas import DIRECTORY, plain, whole
from contracts.topics import TOPIC_OF


def newest(event: str) -> int:
    """The number of the newest release; 0 if there is none."""
    return max((int(f.stem) for f in (DIRECTORY / "released" / event).glob("*.avsc")), default=0)


def file_of(event: str, number: int) -> Path:
    """Where a release stands."""
    return DIRECTORY / "released" / event / f"{number}.avsc"


def readable(schema: Any) -> Any:
    """The schema with its keys in the order in which a person reads them."""
    if isinstance(schema, dict):
        first = {key: schema[key] for key in ("name", "doc", "type") if key in schema}
        return {key: readable(value) for key, value in (first | schema).items()}
    return [readable(branch) for branch in schema] if isinstance(schema, list) else schema


def unreleased() -> list[str]:
    """Events whose schema is not what was last released."""
    names = sorted(kind.__name__ for kind in TOPIC_OF)
    return [n for n in names if not newest(n) or json.loads(file_of(n, newest(n)).read_text()) != plain(whole(n))]


def main() -> None:
    """Freeze, or say what is not frozen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--again", action="store_true", help="write the newest release anew; nobody outside may have it")
    how.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is not released yet")
    asked = parser.parse_args()
    events = unreleased()
    if asked.check and events:
        raise SystemExit(f"not released yet: {', '.join(events)}; run python -m tools.release_schemas")
    for event in events if not asked.check else []:
        path = file_of(event, max(newest(event) if asked.again else newest(event) + 1, 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(readable(plain(whole(event))), indent=2) + "\n")
        print(path.relative_to(DIRECTORY.parent))


if __name__ == "__main__":
    main()
