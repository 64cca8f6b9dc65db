"""SendGrid's event webhook: batches, signed, tried again while we do not answer."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.posting import NotAnswered, NotReached, Poster

MOST_IN_BATCH = 200
HUGE = 10 << 20
TRIES, FIRST_PAUSE = 8, 0.25
"""Tries of one batch, and the real seconds after the first, doubled each time. SendGrid's own go on for a day."""

log = structlog.get_logger()


def private_key(secret: str) -> EllipticCurvePrivateKey:
    """The key that a secret stands for: equal secrets, equal keys."""
    return derive_private_key(int.from_bytes(sha256(secret.encode()).digest()[:31]) + 1, SECP256R1())


def public_key(secret: str) -> str:
    """Its public half, as SendGrid's settings show it."""
    key = private_key(secret).public_key()
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def signed(key: EllipticCurvePrivateKey, timestamp: str, body: bytes) -> str:
    """The signature of a batch."""
    return b64encode(key.sign(timestamp.encode() + body, ECDSA(SHA256()))).decode()


class Events:
    """What SendGrid has to tell, and tells."""

    def __init__(self, *, address: str | None, secret: str) -> None:
        self._address = address
        self._key = private_key(secret)
        self._queue: asyncio.Queue[tuple[Mapping[str, Any], Fault | None]] = asyncio.Queue()
        self._later: set[asyncio.Task[None]] = set()
        self.delivered = 0
        self.given_up = 0

    @property
    def waiting(self) -> int:
        """Events that are still to be told."""
        return self._queue.qsize() + len(self._later)

    def tell(self, event: Mapping[str, Any], fault: Fault | None) -> None:
        """See to it that an event is told, well or badly."""
        if self._address is None or (fault is not None and fault.kind is Kind.CALLBACK_LOST):
            return
        if fault is not None and fault.kind is Kind.CALLBACK_LATE:
            task = asyncio.create_task(self._tell_later(event, fault))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
            return
        for _ in range(2 if fault is not None and fault.kind is Kind.CALLBACK_TWICE else 1):
            self._queue.put_nowait((event, fault))

    async def _tell_later(self, event: Mapping[str, Any], fault: Fault) -> None:
        await asyncio.sleep(fault.seconds)
        self._queue.put_nowait((event, None))

    async def run(self) -> None:
        """Tell until cancelled."""
        poster = Poster()
        try:
            while True:
                batch = [await self._queue.get()]
                while not self._queue.empty() and len(batch) < MOST_IN_BATCH:
                    batch.append(self._queue.get_nowait())
                for event, fault in batch:
                    for body, signature in _beside(None if fault is None else fault.kind, event):
                        await self._once(poster, body, signature)
                await self.deliver(poster, [event for event, _ in batch])
        finally:
            poster.close()
            for task in self._later:
                task.cancel()

    async def deliver(self, poster: Poster, events: list[Mapping[str, Any]]) -> None:
        """Tell a batch, again and again until it is taken."""
        body, pause = _body(events), FIRST_PAUSE
        for _ in range(TRIES):
            if await self._once(poster, body, None):
                self.delivered += len(events)
                return
            await asyncio.sleep(pause)
            pause *= 2
        self.given_up += len(events)
        log.warning("webhook.given_up", provider="sendgrid", events=len(events))

    async def _once(self, poster: Poster, body: bytes, signature: str | None) -> bool:
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Twilio-Email-Event-Webhook-Signature": signature or signed(self._key, timestamp, body),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }
        try:
            status = await poster.post(self._address or "", body=body, headers=headers, connect=5.0, read=15.0)
        except (NotReached, NotAnswered):
            return False
        return 200 <= status < 300


def _body(events: list[Mapping[str, Any]]) -> bytes:
    return (json.dumps(events) + "\r\n").encode()


def _beside(kind: Kind | None, event: Mapping[str, Any]) -> list[tuple[bytes, str | None]]:
    """What is posted beside an event, once: its body, and a signature if it is a false one."""
    other = {**event, "sg_event_id": f"{event.get('sg_event_id')}x"}
    match kind:
        case Kind.CALLBACK_FORGED:
            return [(_body([{**event, "event": "bounce", "status": "5.1.1"}]), "AAAA")]
        case Kind.CALLBACK_HUGE:
            return [(_body([{**other, "padding": "x" * HUGE}]), None)]
        case Kind.CALLBACK_UNKNOWN:
            known = ("event", "email", "timestamp", "sg_event_id", "sg_message_id")
            return [(_body([{name: other[name] for name in known if name in other}]), None)]
        case Kind.CALLBACK_STRANGE:
            return [(_body([{**other, "event": "dreamt_of", "category": {"a": 1}}]), None), (b'"\xff\x00"', None)]
        case _:
            return []
