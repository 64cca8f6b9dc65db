"""The event loop of our processes."""

from typing import Any

import uvloop

GOODBYE = 1.0
"""Seconds that the other side of a TLS connection gets to say goodbye."""


class Loop(uvloop.Loop):
    """A loop that closes TLS connections without delay.

    A broker that has an answer under way does not say goodbye, and the loop would wait half a minute for it: at each
    partition that is read back, and at every stop.
    """

    async def create_connection(self, *arguments: Any, **named: Any) -> Any:
        """Connect, with a short goodbye if it is by TLS."""
        if named.get("ssl"):
            named.setdefault("ssl_shutdown_timeout", GOODBYE)
        return await super().create_connection(*arguments, **named)
