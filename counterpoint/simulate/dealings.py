"""What consumers and we settle with each other: visits to the portal, conversations, promises and payments."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from contracts.events import Channel
from contracts.ids import DebtId
from counterpoint.simulate.agenda import Agenda
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.lived import Lived, Payment, Way
from counterpoint.simulate.person import DAY, SETTLED, Draws, Mind, draws

CENT = Decimal("0.01")
SOON = timedelta(minutes=6)
"""Between the beginning of a visit or a conversation and the money."""
_METHODS = {Way.PORTAL: "card", Way.LINK: "card", Way.AGENT: "card", Way.CHEQUE: "check"}
Paid = Callable[[datetime, DebtId, Decimal, str], None]
Promised = Callable[[datetime, DebtId, Decimal, datetime], None]


class Dealings:
    """What one consumer and we settle; `paid` is told of each payment with its method, `promised` of each promise."""

    def __init__(
        self,
        *,
        key: str,
        mind: Mind,
        behaviour: Behaviour,
        together: bool,
        lived: Lived,
        agenda: Agenda,
        owed: dict[DebtId, Decimal],
        begins: datetime,
        paid: Paid,
        promised: Promised,
    ) -> None:
        self._key = key
        self._mind = mind
        self._behaviour = behaviour
        self._together = together
        self._lived = lived
        self._agenda = agenda
        self._owed = owed
        self._begins = begins
        self._paid = paid
        self._promised = promised

    def owed(self) -> int:
        """Cents that are owed."""
        return sum(int(amount.scaleb(2)) for amount in self._owed.values())

    def could_pay(self, at: datetime) -> bool:
        """Whether a payment is possible at all."""
        return self._mind.who.pays and self._open(at)

    def visits(self, at: datetime) -> bool:
        """Somebody comes to the portal; whether there was a promise."""
        self._lived.visits += 1
        chance = draws(self._key, "visit", self._lived.visits)
        self._mind.used.add(Channel.PORTAL)
        if self._open(at) and self._pays(chance, "portal.pay"):
            self._agenda.note(at + SOON, partial(self.pay, Way.PORTAL, chance))
            return False
        return self._promises(at, chance, "portal.promise")

    def talks(self, at: datetime, channel: Channel) -> bool:
        """A conversation with an agent, on the telephone or in writing; whether there was a promise."""
        b, lived = self._behaviour, self._lived
        chance = draws(self._key, "talk", lived.talks + lived.replies)
        minutes = b["minutes.talk"] if channel is Channel.VOICE else b["minutes.writing"]
        if not self._together and self._mind.used - {channel}:
            minutes += b["apart.minutes"]
        self._mind.used.add(channel)
        way = None
        if self._open(at) and self._pays(chance, "agent.pay"):
            way = Way.LINK if self._together and chance[3] < b["together.link"] else Way.AGENT
            self._agenda.note(at + SOON, partial(self.pay, way, chance))
        if way is Way.LINK and channel is Channel.VOICE:
            minutes = max(1.0, minutes - b["together.minutes"])
        lived.minutes += minutes
        return way is None and self._promises(at, chance, "agent.promise")

    def pay(self, way: Way, chance: Draws, at: datetime) -> None:
        """Money: as much as can be afforded at once, of what is owed."""
        found = self._affordable(chance)
        if found is None:
            return
        debt_id, amount = found
        self._owed[debt_id] -= amount
        self._lived.payments.append(Payment((at - self._begins) // DAY, int(amount.scaleb(2)), way))
        self._mind.settled_until = at + SETTLED
        self._paid(at, debt_id, amount, _METHODS[way])

    def _affordable(self, chance: Draws) -> tuple[DebtId, Decimal] | None:
        """Which debt is paid first, and how much of it; None if nothing is owed."""
        debt_id = next((d for d, amount in self._owed.items() if amount >= CENT), None)
        if debt_id is None:
            return None
        most = Decimal(str(self._behaviour["people.affordable"])) * Decimal(f"{0.3 + 0.7 * chance[4]:.4f}")
        return debt_id, min(self._owed[debt_id], max(CENT, most.quantize(CENT)))

    def _open(self, at: datetime) -> bool:
        return not self._mind.is_settled(at) and any(amount >= CENT for amount in self._owed.values())

    def _pays(self, chance: Draws, figure: str) -> bool:
        return self._mind.who.pays and chance[0] < self._behaviour[figure]

    def _promises(self, at: datetime, chance: Draws, figure: str) -> bool:
        found = self._affordable(chance)
        if found is None or not self._open(at) or chance[1] >= self._behaviour[figure]:
            return False
        due = at + max(1.0, self._behaviour["promise.days"] * (0.5 + chance[2])) * DAY
        mind = self._mind
        mind.settled_until = mind.promised_for = due
        mind.disturbed = mind.reminded = 0
        self._lived.promises += 1
        self._promised(at, *found, due)
        self._agenda.note(due, partial(self._comes_due, chance))
        return True

    def _comes_due(self, chance: Draws, at: datetime) -> None:
        b, mind = self._behaviour, self._mind
        mind.promised_for = None
        kept = b["promise.kept"] * b["disturbed"] ** mind.disturbed * (b["reminded"] if mind.reminded else 1)
        if not mind.who.pays or chance[5] >= kept:
            return
        self._lived.kept += 1
        digital = chance[6] < b["promise.portal"]
        if not digital:
            self._lived.minutes += b["minutes.writing"]
        self.pay(Way.PORTAL if digital else Way.AGENT, chance, at)
