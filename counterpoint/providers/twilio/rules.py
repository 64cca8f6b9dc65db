"""What Twilio asks of a message beyond its specification, which requires nothing but a recipient."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from counterpoint.providers.specification import Wrong
from counterpoint.providers.twilio.problems import Problem, parameter
from counterpoint.providers.twilio.whatsapp import PREFIX, number_of

MOST_CHARACTERS = 1600
MOST_MEDIA = 10
LONGEST_VALIDITY = 36_000
SOONEST = timedelta(seconds=300)

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}")


def misused(wrong: Sequence[Wrong]) -> Problem | None:
    """What Twilio says to fields that the specification does not allow."""
    if not wrong:
        return None
    if wrong[0] == Wrong("To", "is missing"):
        return Problem(400, 21604, "A 'To' phone number is required.")
    return parameter("; ".join(f"{w.field} {w.why}" for w in wrong))


def unacceptable(form: Mapping[str, str], media: int) -> Problem | None:
    """What is wrong with a message whose fields are each as specified; `media` is the number of its media."""
    for rule in (_recipient, _sender, _schedule, _address, _validity):
        problem = rule(form)
        if problem is not None:
            return problem
    return _content(form, media)


def _recipient(form: Mapping[str, str]) -> Problem | None:
    to = form["To"]
    if not to:
        return Problem(400, 21604, "A 'To' phone number is required.")
    if to.startswith(PREFIX) != form.get("From", "").startswith(PREFIX):
        return Problem(400, 21910, "Invalid From and To pair. From and To should be of the same channel")
    if not _E164.fullmatch(number_of(to)):
        return Problem(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if to == form.get("From"):
        return Problem(400, 21266, "'To' and 'From' number cannot be the same")
    return None


def _sender(form: Mapping[str, str]) -> Problem | None:
    sender = form.get("From")
    if not sender and not form.get("MessagingServiceSid"):
        return Problem(400, 21603, "A 'From' phone number is required.")
    if sender and not _SENDER.fullmatch(number_of(sender)):
        return Problem(400, 21212, f"The 'From' number {sender} is not a valid phone number.")
    return None


def _schedule(form: Mapping[str, str]) -> Problem | None:
    if "ScheduleType" in form and not (form.get("SendAt") and form.get("MessagingServiceSid")):
        return Problem(400, 35117, "A scheduled message needs 'SendAt' and 'MessagingServiceSid'.")
    return None


def too_soon(form: Mapping[str, str], at: datetime) -> Problem | None:
    """What is wrong with when a scheduled message is to go."""
    if "ScheduleType" not in form or datetime.fromisoformat(form["SendAt"].upper()) >= at + SOONEST:
        return None
    return Problem(400, 35114, "SendAt must be at least 5 minutes in the future.")


def _address(form: Mapping[str, str]) -> Problem | None:
    address = form.get("StatusCallback")
    if address is None:
        return None
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or "_" in parts.hostname:
        return Problem(400, 21609, f"The 'StatusCallback' URL {address} is not a valid URL.")
    return None


def _validity(form: Mapping[str, str]) -> Problem | None:
    seconds = form.get("ValidityPeriod")
    if seconds is None or 1 <= int(seconds) <= LONGEST_VALIDITY:
        return None
    return parameter(f"ValidityPeriod {seconds} is not between 1 and {LONGEST_VALIDITY}")


def _content(form: Mapping[str, str], media: int) -> Problem | None:
    body = form.get("Body", "")
    if not body and not media and not form.get("ContentSid"):
        return Problem(400, 21602, "Message body is required.")
    if len(body) > MOST_CHARACTERS:
        return Problem(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if media > MOST_MEDIA:
        return Problem(400, 21623, "Number of media files exceeds allowed limit.")
    return None
