"""Why brokers do not let a client in: Kafka's own client says of every reason that it could not connect."""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any

from aiokafka.conn import AIOKafkaConnection, collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from chassis.failures import NotAuthorised, Unreachable

PATIENCE = 5.0
"""Seconds for a broker to answer."""


async def why_not(connection: Mapping[str, Any]) -> NotAuthorised | Unreachable:
    """What is wrong, by trying once more; `connection` holds the arguments of a client that could not connect."""
    arguments = dict(connection)
    where = arguments.pop("bootstrap_servers")
    for host, port, _ in collect_hosts(where):
        if (reason := await _refusal(host, port, arguments)) is not None:
            return NotAuthorised(f"the broker at {host}:{port} {reason}")
    return Unreachable(f"no broker answers at {where}: is it up, and COUNTERPOINT_KAFKA_BOOTSTRAP right?")


async def _refusal(host: str, port: int, arguments: Mapping[str, Any]) -> str | None:
    """Why this broker does not let us in; None if it is not there, or does."""
    protocol = arguments["security_protocol"]
    try:
        connected = await create_conn(host, port, request_timeout_ms=int(PATIENCE * 1000), **arguments)
    except SaslAuthenticationFailed:
        user = arguments["sasl_plain_username"]
        return f"does not know user {user} by this password: see COUNTERPOINT_KAFKA_USERNAME and _PASSWORD"
    except (UnsupportedSaslMechanismError, IllegalSaslStateError):
        return f"takes no password by SCRAM-SHA-512: see COUNTERPOINT_KAFKA_SECURITY_PROTOCOL, which is {protocol}"
    except ssl.SSLCertVerificationError as error:
        return (
            f"shows a certificate that is not to be believed ({error.verify_message}): see COUNTERPOINT_KAFKA_CA_FILE"
        )
    except (OSError, KafkaError, TimeoutError):
        return await _misunderstood(host, port, protocol)
    return await _turned_away(connected, protocol)


async def _misunderstood(host: str, port: int, protocol: str) -> str | None:
    """Whether one of us speaks TLS and the other does not."""
    tls = protocol.endswith("SSL")
    if not await (_speaks_plainly if tls else _speaks_tls)(host, port):
        return None
    return f"speaks {'no TLS' if tls else 'TLS only'}: see COUNTERPOINT_KAFKA_SECURITY_PROTOCOL, which is {protocol}"


async def _speaks_plainly(host: str, port: int) -> bool:
    """Whether a broker answers there without TLS; it is asked nothing but which versions it knows."""
    try:
        connected = await create_conn(host, port, request_timeout_ms=int(PATIENCE * 1000))
    except (OSError, KafkaError, TimeoutError):
        return False
    await connected.close()
    return True


async def _speaks_tls(host: str, port: int) -> bool:
    """Whether TLS is what is spoken there; nothing is told to whoever it is."""
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port, ssl=anybody)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True


async def _turned_away(connected: AIOKafkaConnection, protocol: str) -> str | None:
    try:
        await connected.send(MetadataRequest([]))
    except (KafkaError, TimeoutError):
        if not protocol.startswith("SASL"):
            return f"wants a name and a password: see COUNTERPOINT_KAFKA_SECURITY_PROTOCOL, which is {protocol}"
    finally:
        await connected.close()
    return None
