"""Twilio's errors, in its own words and with its own codes (https://www.twilio.com/docs/api/errors)."""

from msgspec import Struct


class Problem(Struct, frozen=True):
    """An answer that is an error."""

    status: int
    code: int
    message: str

    def body(self) -> dict[str, object]:
        """As Twilio writes it."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


AUTHENTICATE = Problem(401, 20003, "Authenticate")
TOO_MANY = Problem(429, 20429, "Too Many Requests")
INTERNAL = Problem(500, 20500, "An internal server error has occurred")
UNAVAILABLE = Problem(503, 20503, "Service Unavailable")
GONE = Problem(410, 20410, "Gone")
UNSUBSCRIBED = Problem(400, 21610, "Attempt to send to unsubscribed recipient")
UNSUPPORTED = Problem(415, 20415, "Unsupported Media Type: send application/x-www-form-urlencoded")


def not_found(path: str) -> Problem:
    """There is no such thing."""
    return Problem(404, 20404, f"The requested resource {path} was not found")


def parameter(why: str) -> Problem:
    """The specification does not allow it. Twilio itself passes over fields that it does not know; this does not."""
    return Problem(400, 20001, f"Invalid parameter: {why}")
