"""What can go wrong, whose fault it is, and what the shell does about it.

an answer we did not hope for   a value, usually an event     published
InvalidEvent                    somebody wrote nonsense       dead letter, counted, and on we go
Unreachable                     the world is down             bounded retries, then the worker stops
Halted                          we must not go on             the worker stops and says so
  StateUnreadable               what we remember is damaged
  ForeignWriter                 another worker has our partition
  TooManyDeadLetters            the fault is ours, not the messages'
  WrongTopology                 a topic is missing or has the wrong number of partitions
  NotAuthorised                 the broker does not let us in, or not do what we must
anything else                   a bug                         logged once, the worker stops
"""


class InvalidEvent(Exception):
    """A message that cannot be read, or must not be believed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Exception):
    """Something outside does not answer; `retry_after` in seconds if it said when to come back."""

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after = retry_after


class Halted(Exception):
    """The worker must stop, and a person or a supervisor start it again."""


class StateUnreadable(Halted):
    """A record of what we remember cannot be read: to go on would be to forget."""


class ForeignWriter(Halted):
    """Another worker wrote where only the owner of a partition may write."""


class TooManyDeadLetters(Halted):
    """So many messages are unreadable that the fault must be ours."""


class WrongTopology(Halted):
    """A topic is missing, or topics differ in their number of partitions."""


class NotAuthorised(Halted):
    """The broker does not let us in, or does not let us do what we must: only a person can change that."""
