"""The page of what goes wrong between us and a provider, and of the tests that show what we do then."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
CHANNELS = ("sms", "voice", "email", "letter", "push", "payments")
"""The columns of the page; payments come back through ingest."""
FOLDERS = {name: name for name in CHANNELS if name != "payments"} | {"ingest": "payments"}
EVERY = "every channel"
_TEST = re.compile(r"^(?:async )?def (test_((?:f\d+_)+)\w+)\(", re.MULTILINE)

FAILURES: Mapping[str, tuple[str, str]] = {
    "F1": ("The answer to a send is lost", "contacted once at most; the attempt ends as accepted or not sent"),
    "F2": ("The provider cannot be reached", "tried again, with a last look at stops and hours before each try"),
    "F3": ("The worker dies between the call and its record", "asked after, never sent a second time"),
    "F4": ("A callback comes before the answer", "it counts, and the answer does not take it back"),
    "F5": ("A callback comes twice, or long after", "one event"),
    "F6": ("Callbacks come in any order", "the same end"),
    "F7": ("A callback for what nobody knows", "taken and kept; nothing changes"),
    "F8": ("A forged, replayed or unsigned callback", "refused; nothing changes"),
    "F9": ("Secrets are changed", "both are good meanwhile"),
    "F10": ("Too many requests", "slower, and never past the end of an approval"),
    "F11": ("A Retry-After that makes no sense", "kept within bounds"),
    "F12": ("5xx, with the message created or not", "as F1"),
    "F13": ("Sending works, asking does not", "nothing is called not sent that may have been"),
    "F14": ("Credentials are refused", "the channel halts and loses nothing"),
    "F15": ("One message cannot be sent", "rejected for its reason; the next one goes out"),
    "F16": ("The provider knows of a stop that we do not", "told as an opt-out to every channel"),
    "F17": (
        "A stop while a contact is under way",
        "held back or taken back, or the race is in the log with both times",
    ),
    "F18": ("Callbacks too large, broken or hostile", "refused, and others unharmed"),
    "F19": ("Words and fields that nobody foresaw", "kept; nothing changes, nothing raises"),
    "F20": ("The log takes nothing", "the provider is asked to come again"),
    "F21": ("Nobody can tell who picked up", "no word of a debt"),
    "F22": ("Two ends contradict each other", "the one that the channel's ladder ranks higher; of equals the first"),
    "F23": (
        "A payment's event tells of another amount, currency or debt than was asked for",
        "kept for a person with the reason, and never posted",
    ),
    "F24": ("Machines open mail and follow links", "not counted as a person; no opt-out by GET"),
    "F25": ("A consumer's words hold markup or line breaks", "escaped, or refused"),
    "F26": ("A contact would go out after its hours", "it ends unsent"),
}
"""Each row, and what must hold."""

SIMULATED: Mapping[str, str] = {
    "F1": "`timeout-created`, `reset-created`, `half-created`; a mail server that breaks off after the dot (`reset-created`)",
    "F2": "`refuse_seconds`, and `reset` or `timeout` where the request is read first",
    "F3": "`slow`, so that there is time to kill the worker",
    "F4": "`callback-first`",
    "F5": "`callback-twice`",
    "F6": "`callback-late`",
    "F7": "`callback-unknown`",
    "F8": "`callback-forged`, and where signatures have a time `callback-stale`",
    "F9": "its secrets are settings: another one at its next start",
    "F10": "`429`",
    "F11": "`429` or `503` with `retry_after`",
    "F12": "`500`, `500-created`, `503`; Stripe gives a 500 again to the same key",
    "F13": "`503` for the operation `list`, with `callback-lost`",
    "F14": "`401`",
    "F15": "a number that ends in 0189, an address in NOWHERE Street, an amount that is too large",
    "F16": "a number that ends in 0188, STOP by `/_sim/inbound`, mail to `dropped`, `leaves` or `complains`",
    "F17": "a number that ends in 0198 waits at Twilio; Lob's undo minutes are a setting",
    "F18": "`callback-huge`",
    "F19": "`callback-strange`",
    "F20": "nothing to be set: what is answered with 503 is posted again",
    "F21": "a number that ends in 0180",
    "F22": "mail to `latebounce`, an address in RETURNED Street, a card or account that claims back",
    "F23": "`callback-altered`; on a call, `(pays another amount)` where a card is asked for",
    "F24": "mail to `machine` or `scanned`",
    "F25": "whatever words `/_sim/inbound`, `/_sim/mail/reply` and `/_sim/callees` are given",
    "F26": "numbers that end in 0198 and 0199",
}
"""How the simulator brings each row about: kinds of fault for `/_sim/faults`, or the addresses that it happens to."""


def shown_by(tests: Path = TESTS) -> dict[str, list[tuple[str, str, str]]]:
    """For each row its tests, with channel and file: a test that shows rows begins with their names."""
    found: dict[str, list[tuple[str, str, str]]] = {row: [] for row in FAILURES}
    for path in sorted(tests.rglob("test_*.py")):
        for name, rows in _TEST.findall(path.read_text(encoding="utf-8")):
            channel = next((FOLDERS[part] for part in path.parts if part in FOLDERS), EVERY)
            for row in rows.upper().rstrip("_").split("_"):
                found[row].append((channel, name, str(path.relative_to(tests.parent))))
    return found


def failures_page(made: str) -> str:
    """What goes wrong, what must hold then, and which tests show it."""
    found = shown_by()
    lines = [
        "# What goes wrong between us and a provider",
        made,
        "",
        "Rows as in the provider notes that the channels were built from. A test that shows a row has its name:",
        "`pytest -k f17` runs those of F17. A channel without a number has no test of its own for the row; what all channels",
        "share is tested once, under every channel. How the provider simulator is told to do it is said under each row; all kinds",
        "of fault are in [faults.py](../../counterpoint/providers/faults.py).",
        "",
        f"| | what happens | what must hold | {' | '.join(CHANNELS)} | {EVERY} |",
        f"| --- | --- | --- | {' | '.join('---' for _ in (*CHANNELS, EVERY))} |",
    ]
    for row, (what, holds) in FAILURES.items():
        counts = [sum(channel == c for channel, _, _ in found[row]) or "" for c in (*CHANNELS, EVERY)]
        lines.append(f"| {row} | {what} | {holds} | {' | '.join(str(n) for n in counts)} |")
    for row, tests in found.items():
        if tests:
            lines += [
                "",
                f"## {row}: {FAILURES[row][0]}",
                "",
                f"In the simulator: {SIMULATED[row]}.",
                "",
                *_listed(tests),
            ]
    return "\n".join(lines) + "\n"


def _listed(tests: Sequence[tuple[str, str, str]]) -> list[str]:
    return [f"- {channel}: `{name}` in [{file}](../../{file})" for channel, name, file in sorted(tests)]
