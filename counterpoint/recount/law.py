"""The law and the house's rules as this check reads them, with their sources; the gate's rule packs play no part here.

Whoever changes a rule changes both readings, and the two must agree: that is the point of having two.
"""

import re
from datetime import time

OPENS, CLOSES = time(8), time(21)
"""12 CFR 1006.6(b)(1)(i), 15 USC 1692c(a)(1): not before 8 a.m. and not after 9 p.m. at the consumer's location."""

ANYWHERE = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
"""Comment 6(b)(1)(i)-2: where the location is not known, the hour must be convenient wherever the consumer may be."""

TEXTS_A_DAY, TEXTS_A_WEEK, WEEK = 1, 3, 7
"""House policy (house.rolling-cap.*.yaml): so many texts on one date, and in seven consecutive dates."""
EMAILS_A_WEEK = 2
EMAILS_UNCOUNTED = frozenset(
    {"OPT_OUT_CONFIRMATION", "REPLY", "REQUIRED_NOTICE", "VALIDATION_NOTICE", "DISPUTE_RESPONSE"}
)
CALLS_A_DAY, CALLS_UNCOUNTED = 2, frozenset({"CALLBACK", "LOCATION"})
"""House policy, for e-mails and calls, and for what purposes they do not count."""

CONSENT_DAYS = 60
"""12 CFR 1006.6(d)(5): a consent, a text from the consumer, or a check of the number is good for 60 dates after its."""
CONSENT_FACTS = frozenset({"TEXT_CONSENT", "NUMBER_CHECKED"})

EMAIL_UNASKED = frozenset({"OPT_OUT_CONFIRMATION", "REPLY"})
"""12 CFR 1006.6(d)(4) asks for no consent where the consumer wrote first."""
REQUIRED_LETTERS = frozenset(
    {"REQUIRED_NOTICE", "VALIDATION_NOTICE", "DISPUTE_RESPONSE", "EFFORTS_END", "REMEDY_POSSIBLE", "REMEDY_INTENDED"}
)
"""12 CFR 1006.14(h)(2)(iii): letters that a law requires, which a refusal of letters does not bar."""

CALLS, CALL_DAYS = 7, 7
"""12 CFR 1006.14(b)(2)(i)(A): more than seven calls in seven consecutive days about one debt are presumed to harass."""
NO_CALL = frozenset({"BUSY", "NOT_IN_SERVICE"})
"""12 CFR 1006.14(b)(3)(ii) and its comment: a call that met a busy signal or no number in service is not counted."""
TELLS = re.compile(r"debt|deuda|collect|cobr|balance|saldo|creditor|acreedor|\bow(?:e|es|ed|ing)\b|\$")
"""12 CFR 1006.2(j), 1006.6(d)(1): words that tell whoever hears them of a debt; Owen is a name."""

BARRING_FLAGS = {
    "ceased": "12 CFR 1006.6(c); 15 USC 1692c(c)",
    "attorney_represented": "12 CFR 1006.6(b)(2); 15 USC 1692c(a)(2)",
    "bankrupt": "11 USC 362(a)(6), 524(a)",
    "deceased": "12 CFR 1006.6(a)(4)",
    "minor": "12 CFR 1006.6(a)(2)",
}
"""What a client may say of a consumer that bars every text from then on, with the source of each."""
BARRING_FACTS = frozenset({"CEASED", "ATTORNEY_REPRESENTED", "BANKRUPT", "DECEASED", "MINOR"})

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "ALTO", "BAJA"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
"""47 CFR 64.1200(a)(10): words that by themselves revoke consent; and the network's own for taking it back."""

UNDER_WAY = 2.0
"""Real seconds for which a text may still be handed over after a stop reached us, if its attempt had begun before: the
call to the provider was under way, and nobody can take it back. 12 CFR 1006.6(e) gives no days of grace."""
