"""A log that any schedule of mishaps has made is decided again without a difference, at any moment.

A green run does not prove that the broker keeps what it has confirmed; tests/integration/audit/ replays from one.
"""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from msgspec.structs import replace

from contracts.events import (
    AttemptStatus,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactsReviewed,
    ContactVetoed,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    SuppressionChanged,
    TextApproved,
)
from contracts.ids import ContactId
from counterpoint.audit.history import MemoryHistory
from counterpoint.audit.packs import Packs, pack_of
from counterpoint.audit.replay import replay_partition
from counterpoint.audit.tally import Tally
from services.compliance.loader import HOUSE, LAW
from services.compliance.service import packaged_zone_data
from tests.property.test_reservation import A_PERSON, GATE, Reservation
from tests.reservation.people import Person
from tests.unit.compliance.factories import a_contact_id, a_meta, status

PACK = pack_of([LAW, HOUSE])
ZONE_DATA = packaged_zone_data()


class Replayed(Reservation):
    """The same people, requests, channels and mishaps, and more kinds of facts in more topics."""

    @rule(person=A_PERSON, voice=st.booleans(), hours=st.integers(-1200, 1))
    def hear(self, person: Person, voice: bool, hours: int) -> None:
        """The consumer writes or calls, now or, as we learn late, long ago."""
        when = self.clock.at + timedelta(hours=hours)
        channel = Channel.VOICE if voice else Channel.SMS
        meta = a_meta(f"reply-{self._next()}", when, person.consumer_id)
        intent = ReplyIntent.OTHER if voice else ReplyIntent.OPT_OUT
        self.runtime.publish(ReplyReceived(meta, channel, person.address_id, intent, "hello", "SM2", when))

    @rule(person=A_PERSON, hours=st.integers(-1200, 1))
    def find_out(self, person: Person, hours: int) -> None:
        """A provider knows of an opt-out, of a text that nobody asked us about."""
        when = self.clock.at + timedelta(hours=hours)
        contact_id = a_contact_id(f"foreign-{self._next()}")
        self._report(person, contact_id, when, AttemptStatus.FAILED, ReasonClass.OPTED_OUT)

    @rule(data=st.data(), what=st.sampled_from([AttemptStatus.DELIVERED, AttemptStatus.FAILED, AttemptStatus.SENT]))
    def report(self, data: st.DataObject, what: AttemptStatus) -> None:
        """A provider reports on what was sent, sooner or later."""
        sent = [e for e in self.log if isinstance(e, ContactApproved)]
        if sent:
            approved = data.draw(st.sampled_from(sent))
            self._report(self._who(approved), approved.contact_id, self.clock.at, what, ReasonClass.NONE)

    @rule(
        person=A_PERSON,
        kinds=st.lists(st.sampled_from("shfrq"), min_size=2, max_size=6),
        batch=st.sampled_from([1, 2]),
        mishap=st.sampled_from([None, None, "changelog", "outputs", 0, 1, 2, 3]),
    )
    def much_at_once(self, person: Person, kinds: list[str], batch: int, mishap: str | int | None) -> None:
        """Much comes in on several topics, is taken in by small batches, and perhaps a worker dies over it."""
        for kind in kinds:
            self.clock.at += timedelta(minutes=1)
            self._one(person, kind)
        self.runtime.batch = batch
        self.crash_at = mishap if isinstance(mishap, str) else None
        self.broker.lives = mishap if isinstance(mishap, int) else None
        self._run()
        self.crash_at, self.broker.lives = None, None
        self.runtime.batch = 1000
        self.ask(person, 1)
        self._run()

    def _one(self, person: Person, kind: str) -> None:
        if kind == "s":
            self.stop(person)
        elif kind == "h":
            self.hear(person, True, -1)
        elif kind == "f":
            self.find_out(person, 0)
        elif kind == "r":
            self.start_again(person)
        else:
            self.ask(person, 1)

    @rule()
    def replay(self) -> None:
        """Whoever asks, whenever."""
        assert self._replayed().differences == 0

    def _report(
        self, person: Person, contact_id: ContactId, when: datetime, what: AttemptStatus, reason: ReasonClass
    ) -> None:
        name = f"report-{self._next()}"
        meta = a_meta(name, when, person.consumer_id)
        report = status(name, what, when, reason)
        self.runtime.publish(replace(report, meta=meta, contact_id=contact_id, address_id=person.address_id))

    def _replayed(self) -> Tally:
        found = Tally()
        history = MemoryHistory(self.broker, self.runtime.codec)
        for partition in range(self.runtime.partitions):
            found.add(self.loop.run(replay_partition(history, partition, Packs(PACK, {}), ZONE_DATA)))
        assert (found.shown, found.not_judged) == ([], {}), (found.shown, found.not_judged)
        return found

    @invariant()
    def the_log_is_as_promised(self) -> None:
        """Look at what is new; what the gate promises is another test's matter."""
        self._read_on()

    def teardown(self) -> None:
        """In the end nothing waits, and every verdict was decided again."""
        try:
            self._run()
            self.runtime.lose(GATE)
            self.loop.run(self.runtime.run())
            self._read_on()
            found = self._replayed()
            verdicts = [e for e in self.log if isinstance(e, ContactApproved | ContactDeferred | ContactVetoed)]
            assert found.decisions == len({e.meta.event_id for e in verdicts})
            assert found.decisions + found.repeats == len(verdicts)
            assert found.approvals == len({e.meta.event_id for e in self.log if isinstance(e, TextApproved)})
            assert found.suppressions == len({e.meta.event_id for e in self.log if isinstance(e, SuppressionChanged)})
            assert found.reviews == len({e.meta.event_id for e in self.log if isinstance(e, ContactsReviewed)})
            assert found.waiting == 0
        finally:
            self.loop.close()


TestReplay = Replayed.TestCase
TestReplay.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
