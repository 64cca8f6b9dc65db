"""Social security numbers: checked, hashed with a key at the door, and never kept."""

import re
from collections.abc import Callable

SEALED = "hmac:"
UNUSABLE = "unusable"

_NUMBER = re.compile(r"([0-9]{3})[- ]?([0-9]{2})[- ]?([0-9]{4})")
_PLACEHOLDERS = frozenset({"123456789", "987654321", "078051120", "219099999", *(str(d) * 9 for d in range(10))})
"""What people type who have no number; two that were printed on sample cards. They would make many people one."""
_SEALED = re.compile(re.escape(SEALED) + "[0-9a-f]{64}")


def seal(value: str, keyed: Callable[[str], str]) -> str:
    """What stands for a number from here on: empty for none, `unusable` for what is no number, else its hash."""
    plain = value.strip()
    if not plain or _SEALED.fullmatch(plain):
        return plain
    found = _NUMBER.fullmatch(plain)
    digits = "".join(found.groups()) if found else ""
    return UNUSABLE if not digits or digits in _PLACEHOLDERS else SEALED + keyed(f"ssn/{digits}")
