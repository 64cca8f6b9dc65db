"""Names and passwords of a closed stack: made at random once, kept with its state, and each told to one process."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from chassis.failures import Halted
from chassis.settings import PREFIX
from contracts.access import ADMIN, principals
from counterpoint.embedded.state import StackState

USERNAME, PASSWORD = f"{PREFIX}KAFKA_USERNAME", f"{PREFIX}KAFKA_PASSWORD"
PROTOCOL, CA_FILE = f"{PREFIX}KAFKA_SECURITY_PROTOCOL", f"{PREFIX}KAFKA_CA_FILE"
OF_ANOTHER = (f"{PREFIX}KAFKA_BOOTSTRAP", USERNAME, PASSWORD, PROTOCOL, CA_FILE)
"""What somebody sets who has a broker already."""


def passwords_of(
    directory: Path, previous: StackState | None, given: Mapping[str, str], *, secure: bool
) -> dict[str, str]:
    """The password of every principal; none at all for an open stack. A stack that was closed once stays closed.

    Raises Halted if it cannot be closed: it was open before, or its broker is somebody else's.
    """
    kept = previous.kafka_passwords if previous is not None else {}
    if not secure and not kept:
        return {}
    if theirs := [name for name in OF_ANOTHER if name in given]:
        raise Halted(
            f"{theirs[0]} is set, and a secure stack has a broker and passwords of its own: unset it; "
            "for a broker of yours see docs/how-to/secure-a-cluster.md"
        )
    if not kept and (directory / "kafka" / "data").exists():
        raise Halted(
            f"the broker in {directory} was made without --secure, and its data with it: choose another --directory, "
            "or begin anew after `counterpoint down --wipe`"
        )
    return {name: kept.get(name) or secrets.token_urlsafe(24) for name in (ADMIN, *principals())}


def entry(principal: str, state: StackState) -> dict[str, str]:
    """The settings by which a process comes in as a principal; none if the broker is open, or the name not known."""
    if principal not in state.kafka_passwords:
        return {}
    return {
        PROTOCOL: "SASL_SSL",
        CA_FILE: state.kafka_ca_file,
        USERNAME: principal,
        PASSWORD: state.kafka_passwords[principal],
    }


def told_to(name: str, state: StackState, everything: Mapping[str, str]) -> dict[str, str]:
    """What one process is told: its own way in, and nobody else's; who has no grants has none."""
    if not state.kafka_passwords:
        return dict(everything)
    ways = (USERNAME, PASSWORD, PROTOCOL, CA_FILE)
    return {k: v for k, v in everything.items() if k not in ways} | entry(name, state)
