"""Which of our numbers writes to a consumer: always the same, so that there is one thread on the phone."""

from collections.abc import Sequence
from hashlib import blake2b


def sender_for(consumer_id: str, senders: Sequence[str]) -> str:
    """The sender of highest rank for this consumer; a number that is added or taken away moves only its own share."""
    return max(
        senders, key=lambda sender: (blake2b(f"{sender}/{consumer_id}".encode(), digest_size=8).digest(), sender)
    )
