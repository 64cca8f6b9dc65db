"""The short reference at the end of every text: how a sent text is found again, and what a consumer can quote."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference_of(attempt_id: str) -> str:
    """Eight characters of Crockford's base 32 from the last 40 bits of the attempt's id.

    Twilio's list of messages shows neither the callback address nor any key of ours, only the number and the words;
    so the words carry the key. Texts to one number would have to share 40 bits of a hash to be confused.
    """
    digits = attempt_id.replace("-", "")[-10:]
    n = int(digits, 16)
    return "".join(_ALPHABET[n >> shift & 31] for shift in range(35, -1, -5))
