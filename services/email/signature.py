"""Whether events come from SendGrid: ECDSA over the timestamp and the raw body, by the key that its settings show.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
"""

from base64 import b64decode
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"


def public_keys(told: str) -> list[EllipticCurvePublicKey]:
    """The keys of a setting; raises ValueError if one is none."""
    keys = []
    for text in (part.strip() for part in told.split(",")):
        if text:
            try:
                key = load_der_public_key(b64decode(text, validate=True))
            except (ValueError, UnsupportedAlgorithm) as error:
                raise ValueError("a key of the event webhook is not one: copy it whole from SendGrid") from error
            if not isinstance(key, EllipticCurvePublicKey):
                raise ValueError("a key of the event webhook is of another kind: SendGrid's are ECDSA")
            keys.append(key)
    return keys


def is_authentic(keys: Iterable[EllipticCurvePublicKey], timestamp: str, body: bytes, given: str) -> bool:
    """Whether one of the keys signed this body at this time."""
    try:
        signature = b64decode(given, validate=True)
    except ValueError:
        return False
    for key in keys:
        try:
            key.verify(signature, timestamp.encode() + body, ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            continue
        return True
    return False
