"""Who is who, by strong keys only: e-mail addresses and telephone numbers are shared, and never make two people one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from contracts.events import PersonName
from contracts.ids import ConsumerId, DebtId
from services.ingest.core.normalise import matching


def strong_keys(
    *,
    ssn_hash: str | None,
    name: PersonName,
    born_on: date | None,
    postal_code: str,
    debt_id: DebtId,
    keyed: Callable[[str], str],
) -> tuple[str, ...]:
    """The keys of a person, strongest first; each alone says who it is.

    The last is the account itself: whoever owes it is the same in every later placement of it.
    """
    keys = []
    if ssn_hash is not None:
        keys.append(f"ssn:{ssn_hash}")
    first, last = matching(name.first), matching(name.last)
    if born_on is not None and first and last:
        keys.append(f"person:{keyed(f'person/{last}/{born_on.isoformat()}/{postal_code}/{first}')}")
    return (*keys, f"debt:{debt_id}")


class Resolved(Struct, frozen=True):
    """Who each row is: in the order of the rows, with the keys that are new and the keys that disagree."""

    consumers: tuple[ConsumerId, ...]
    added: dict[str, ConsumerId]
    conflicts: tuple[tuple[int, str, ConsumerId], ...]


def resolve(rows: Sequence[tuple[str, ...]], known: Mapping[str, ConsumerId], keyed: Callable[[str], str]) -> Resolved:
    """Give every row its consumer: that of its strongest known key, or a new one named after its strongest key.

    A weaker key of the row that names somebody else is left as it is and reported as (row, key, that consumer): a
    person decides whether the two are one.
    """
    added: dict[str, ConsumerId] = {}
    consumers = []
    conflicts = []
    for i, keys in enumerate(rows):
        owners = {k: found for k in keys if (found := known.get(k) or added.get(k))}
        consumer = next(iter(owners.values()), None) or ConsumerId(f"con-{keyed(f'consumer/{keys[0]}')[:24]}")
        consumers.append(consumer)
        added.update((k, consumer) for k in keys if k not in owners)
        conflicts += [(i, k, owner) for k, owner in owners.items() if owner != consumer]
    return Resolved(tuple(consumers), added, tuple(conflicts))
