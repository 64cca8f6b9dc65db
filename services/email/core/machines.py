"""Opens and clicks that no person made: privacy proxies that fetch everything, and scanners that follow every link."""

import re
from datetime import timedelta

TOO_SOON = timedelta(seconds=2)
"""Nobody reads and clicks so soon after a message was asked for."""

_MACHINES = re.compile(
    r"googleimageproxy|yahoomailproxy|appleexchangewebservices|barracuda|proofpoint|mimecast|safelinks|symantec|trendmicro"
    r"|fireeye|forcepoint|cisco|messagelabs|sophos|zscaler|bitdefender|kaspersky|bingpreview|microsoft office"
    r"|\b(?:bot|crawler|spider|scanner|preview|prefetch)\b|headless|python-|curl/|wget/|go-http|java/|okhttp|libwww",
    re.IGNORECASE,
)
# Apple's proxy calls itself Mozilla/5.0 and no more (https://www.twilio.com/docs/sendgrid/ui/analytics-and-reporting).
_BARE = frozenset({"", "mozilla/5.0"})


def is_machine(agent: str, *, opened: bool) -> bool:
    """Whether a machine opened (or clicked), by what it calls itself.

    Google's and Yahoo's proxies fetch a picture when a person opens the message, so for opens they are no machines.
    """
    bare = agent.strip().lower()
    if opened and ("googleimageproxy" in bare or "yahoomailproxy" in bare):
        return False
    return bare in _BARE or bool(_MACHINES.search(agent))
