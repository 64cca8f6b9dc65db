"""Reads TwiML as Twilio does, but more strictly: a verb or attribute that Twilio does not know is an error."""

from collections.abc import Mapping, Sequence, Set
from xml.etree import ElementTree as Xml

from msgspec import Struct

MOST_BYTES = 64 * 1024

_SAY = frozenset({"language", "voice", "loop"})
VERBS: Mapping[str, Set[str]] = {
    "Say": _SAY,
    "Play": frozenset({"loop", "digits"}),
    "Pause": frozenset({"length"}),
    "Gather": frozenset(
        {"input", "action", "method", "timeout", "speechTimeout", "maxSpeechTime", "profanityFilter", "finishOnKey"}
        | {"numDigits", "partialResultCallback", "partialResultCallbackMethod", "language", "hints", "bargeIn", "debug"}
        | {"actionOnEmptyResult", "speechModel", "enhanced"}
    ),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
    "Reject": frozenset({"reason"}),
    "Record": frozenset(
        {"action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim", "recordingStatusCallback"}
        | {"recordingStatusCallbackMethod", "recordingStatusCallbackEvent", "transcribe", "transcribeCallback"}
    ),
    "Dial": frozenset(
        {"action", "method", "timeout", "hangupOnStar", "timeLimit", "callerId", "record", "trim", "answerOnBridge"}
        | {"recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent", "ringTone"}
    ),
    "Number": frozenset(
        {"sendDigits", "url", "method", "statusCallbackEvent", "statusCallback", "statusCallbackMethod", "byoc"}
    ),
    "Start": frozenset({"action", "method"}),
    "Transcription": frozenset(
        {"name", "track", "statusCallbackUrl", "statusCallbackMethod", "inboundTrackLabel", "outboundTrackLabel"}
        | {"partialResults", "languageCode", "transcriptionEngine", "profanityFilter", "speechModel", "hints"}
        | {"enableAutomaticPunctuation", "intelligenceService"}
    ),
    "Pay": frozenset(
        {"input", "action", "statusCallback", "statusCallbackMethod", "timeout", "maxAttempts", "securityCode"}
        | {"postalCode", "paymentConnector", "tokenType", "chargeAmount", "currency", "description", "validCardTypes"}
        | {"language", "paymentMethod"}
    ),
}
"""Verbs and nouns with their attributes, as Twilio's own library has them."""
INSIDE: Mapping[str, Set[str]] = {
    "Response": VERBS.keys() - {"Number", "Transcription"},
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number"}),
    "Start": frozenset({"Transcription"}),
}


class NotTwiml(Exception):
    """An answer that Twilio could not act on."""


class Verb(Struct, frozen=True):
    """One thing to do."""

    name: str
    attributes: Mapping[str, str]
    text: str
    inside: Sequence["Verb"]


def read(document: bytes) -> Sequence[Verb]:
    """The verbs of an answer; raises NotTwiml."""
    if len(document) > MOST_BYTES:
        raise NotTwiml(f"{len(document)} bytes")
    try:
        root = Xml.fromstring(document)  # noqa: S314 - our own services' answers, and within bounds
    except Xml.ParseError as error:
        raise NotTwiml(str(error)) from None
    if root.tag != "Response":
        raise NotTwiml(f"{root.tag} is no Response")
    return _verbs(root)


def _verbs(parent: Xml.Element) -> Sequence[Verb]:
    found = []
    for element in parent:
        if element.tag not in INSIDE.get(parent.tag, frozenset()):
            raise NotTwiml(f"{element.tag} may not stand in {parent.tag}")
        if unknown := sorted(element.attrib.keys() - VERBS[element.tag]):
            raise NotTwiml(f"{element.tag} has no {unknown[0]}")
        found.append(Verb(element.tag, dict(element.attrib), (element.text or "").strip(), _verbs(element)))
    return found
