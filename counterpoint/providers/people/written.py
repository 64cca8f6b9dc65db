"""What consumers wrote to us, as their own phones and mailboxes still show it."""

from datetime import datetime

from msgspec import Struct


class Written(Struct, frozen=True):
    """A text or an e-mail of a consumer's; its time is the simulated clock's."""

    sender: str
    to: str
    words: str
    at: datetime
