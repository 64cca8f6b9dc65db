"""A notification as the browser reads it: JSON in the form of declarative Web Push, which a service worker reads too.

Whoever lies beside the telephone reads title and words, so they say nothing of a debt; whoever holds it follows the
link, and the page behind it asks who that is.
"""

import json


def notification(
    *, title: str, body: str, language: str, tag: str, link: str, shown: str, stop: str, stop_words: str
) -> bytes:
    """The JSON. `link` is where a tap leads, `stop` where the button leads that opts out, `shown` is told.

    A browser that is given the same `tag` again replaces what it shows, and does not sound again.
    """
    content = {
        "web_push": 8030,
        "notification": {
            "title": title,
            "body": body,
            "lang": language,
            "tag": tag,
            "navigate": link,
            "actions": [{"action": "stop", "title": stop_words, "navigate": stop}],
            "data": {"shown": shown, "open": link, "stop": stop},
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
