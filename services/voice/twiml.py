"""TwiML: what Twilio is told to do next (https://www.twilio.com/docs/voice/twiml). Everything in it is escaped."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape

_LANGUAGES = {"en": "en-US", "es": "es-US"}
_PROMPTS = {"en": "en-US", "es": "es-MX"}
"""In which languages the provider asks for a card."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def document(*parts: str) -> str:
    """A whole answer."""
    return f"{_HEAD}<Response>{''.join(parts)}</Response>"


def say(texts: Sequence[str], language: str) -> str:
    """Words, spoken."""
    return "".join(_element("Say", {"language": _LANGUAGES[language]}, escape(text)) for text in texts)


def gather(spoken: str, *, action: str, language: str, keys: int, talk: bool) -> str:
    """Speak, and listen for so many keys or for words; an answer is asked for even where there was none."""
    attributes = {
        "action": action,
        "method": "POST",
        "input": "speech" if talk else "dtmf speech",
        "language": _LANGUAGES[language],
        "timeout": "6",
        "speechTimeout": "auto",
        "actionOnEmptyResult": "true",
    }
    if keys and not talk:
        attributes["numDigits"] = str(keys)
    return _element("Gather", attributes, spoken)


def dial(number: str, *, caller: str, action: str, whisper: str, recorded: bool) -> str:
    """Call somebody in, who alone first hears what `whisper` leads to."""
    attributes = {"action": action, "method": "POST", "callerId": caller, "timeout": "20", "answerOnBridge": "true"}
    if recorded:
        attributes["record"] = "record-from-answer-dual"
    return _element("Dial", attributes, _element("Number", {"url": whisper, "method": "POST"}, escape(number)))


def pay(*, connector: str, amount: Decimal, currency: str, action: str, language: str) -> str:
    """Have the provider take a card and charge it once; `action` is told how that ended."""
    attributes = {
        "paymentConnector": connector,
        "paymentMethod": "credit-card",
        "tokenType": "one-time",
        "chargeAmount": f"{amount:.2f}",
        "currency": currency.lower(),
        "action": action,
        "input": "dtmf",
        "timeout": "10",
        "maxAttempts": "3",
        "postalCode": "false",
        "securityCode": "true",
        "language": _PROMPTS[language],
    }
    return _element("Pay", attributes, "")


def transcribe(callback: str, language: str) -> str:
    """Have what both ends say written down, from now on, and as it is said: a word that is starred out is no word."""
    attributes = {
        "statusCallbackUrl": callback,
        "statusCallbackMethod": "POST",
        "track": "both_tracks",
        "partialResults": "false",
        "profanityFilter": "false",
        "languageCode": _LANGUAGES[language],
    }
    return _element("Start", {}, _element("Transcription", attributes, ""))


def hang_up() -> str:
    """End the call."""
    return _element("Hangup", {}, "")


def _element(name: str, attributes: Mapping[str, str], content: str) -> str:
    given = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"
