"""What goes wrong at the provider, all of it at once: shares of requests, drawn one after the other."""

from counterpoint.providers.faults import Fault, Kind, Operation

FAULTS = (
    Fault(Kind.TIMEOUT_CREATED, rate=0.003),
    Fault(Kind.TIMEOUT, rate=0.003),
    Fault(Kind.ERROR, rate=0.01),
    Fault(Kind.ERROR_CREATED, rate=0.01),
    Fault(Kind.UNAVAILABLE, rate=0.01, retry_after="nonsense"),
    Fault(Kind.TOO_MANY, rate=0.02, retry_after="1"),
    Fault(Kind.TOO_MANY, rate=0.01),
    Fault(Kind.RESET, rate=0.005),
    Fault(Kind.RESET_CREATED, rate=0.01),
    Fault(Kind.HALF, rate=0.01),
    Fault(Kind.SLOW, rate=0.005, seconds=1.0),
    Fault(Kind.CALLBACK_FIRST, rate=0.02),
    Fault(Kind.CALLBACK_TWICE, rate=0.03),
    Fault(Kind.CALLBACK_LATE, rate=0.02, seconds=5.0),
    Fault(Kind.CALLBACK_LOST, rate=0.03),
    Fault(Kind.CALLBACK_FORGED, rate=0.02),
    Fault(Kind.ERROR, operation=Operation.LIST, rate=0.03),
    Fault(Kind.TOO_MANY, operation=Operation.LIST, rate=0.02),
    Fault(Kind.RESET, operation=Operation.LIST, rate=0.01),
    Fault(Kind.TIMEOUT, operation=Operation.LIST, rate=0.003),
)
"""Not among them: refused credentials, which halt a channel until a person acts."""
