"""What is done about each answer from a call: who may be on the line, the next step, what the log is told."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from chassis.channel.service import Ground
from chassis.channel.twilio_signature import FRAGMENT
from chassis.clock import Clock
from chassis.host import Publisher
from chassis.understanding.understand import understand
from contracts.events import CallbackKind, CallbackReceived, ReplyIntent
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId
from services.voice import twiml
from services.voice.cards import Cards
from services.voice.core import token
from services.voice.core.card import told
from services.voice.core.dialogue import OVERHEARD, Answer, Step, Then, after_card, called, opening, overheard, step
from services.voice.core.medium import MEDIUM, PROVIDER
from services.voice.core.place import Place, Stage
from services.voice.core.proof import Asks, Person, question
from services.voice.core.recording import is_recorded
from services.voice.core.report import Turn, ended, kept, ours, written
from services.voice.listening import Heard, Listening
from services.voice.records import Call, Known, Records
from services.voice.script import WHISPER, Script
from services.voice.settings import VoiceSettings

TURN_PATH, WHISPER_PATH = "/twilio/voice/turn", "/twilio/voice/whisper"
TRANSCRIPT_PATH, PAID_PATH = "/twilio/voice/transcript", "/twilio/voice/paid"
_LINE = re.compile(r"[0-9]{1,9}")
_KEYS = {Asks.BIRTH: 8, Asks.ZIP: 5, Asks.NOTHING: 0}
_TALK = frozenset({Stage.WHY, Stage.WHEN})


class Line(Struct, frozen=True):
    """A request from a call: Twilio's fields, the body as it came, and the number at the other end."""

    form: Mapping[str, str]
    body: bytes
    number: str

    @property
    def sid(self) -> str:
        """Twilio's id of the call."""
        return self.form.get("CallSid", "")


class Answers:
    """Answers calls, ours and the consumer's own."""

    def __init__(
        self,
        *,
        settings: VoiceSettings,
        script: Script,
        records: Records,
        listening: Listening,
        cards: Cards,
        ground: Ground,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._script = script
        self._records = records
        self._listening = listening
        self._cards = cards
        self._ground = ground
        self._publisher = publisher
        self._clock = clock
        self._key = settings.state_key.get_secret_value().encode()

    def place_of(self, text: str) -> Place | None:
        """The place that a token tells of, if it is ours."""
        return token.read(text, self._key)

    async def picked_up(self, line: Line, attempt_id: str, story: str) -> str:
        """TwiML for a call of ours that was picked up. Raises Unreachable."""
        call = await self._records.call(attempt_id)
        if call is None or call.number != line.number:
            return twiml.document(twiml.hang_up())
        ids = call.consumer_id, call.contact_id, call.attempt_id
        place = Place(Stage.WHO, call.language, 0, 0, False, *ids, story or call.contact_id)
        if self._ground.suppressions.refuses(call) is not None or self._clock.now() > call.expires_at:
            # An opt-out, or the end of the hours, came while it rang: nothing is said to anybody.
            return await self._done(line, place, Step(place, (), Then.HANG_UP), [], call)
        people = await self._records.people([call.consumer_id])
        following = opening(place, line.form.get("AnsweredBy", ""), automated=call.automated)
        return await self._done(line, place, following, people, call)

    async def called(self, line: Line) -> str:
        """TwiML for a call of the consumer's own. Raises Unreachable."""
        place = Place(Stage.LANGUAGE)
        return await self._done(line, place, called(place), await self._people(line, place), None)

    async def turn(self, line: Line, place: Place) -> str:
        """TwiML that follows from an answer. Raises Unreachable."""
        people = await self._people(line, place)
        speech = line.form.get("SpeechResult", "").strip()[:1000]
        talked = line.form.get("DialCallStatus") in ("completed", "answered")
        intents: frozenset[ReplyIntent] = frozenset(understand(speech).intents) if speech else frozenset()
        answer = Answer(line.form.get("Digits", "")[:20], speech, intents, talked)
        following = step(place, answer, await self._persons(line, place, people))
        if following.bars:
            await self._bar(self._ground.address_of(line.number), intents)
        return await self._done(line, place, following, people, await self._call(place))

    async def paid(self, line: Line, place: Place) -> str:
        """TwiML that follows from what became of a card. Raises Unreachable.

        What the provider says of the card is kept nowhere.
        """
        outcome = await self._cards.settle(line.sid, place, told(line.form))
        people = await self._people(line, place)
        following = after_card(place, outcome, await self._persons(line, replace(place, stage=Stage.PAY), people))
        return await self._done(line, place, following, people, await self._call(place))

    async def overhear(self, line: Line, place: Place, address_id: AddressId) -> str:
        """Hear a line of a talk with a person of ours, as Twilio wrote it down; says what became of it.

        What neither must be obeyed nor breaks a rule is not kept at all. Raises Unreachable.
        """
        number, over = line.form.get("SequenceId", ""), ended(line.form)
        words = "" if over else written(line.form)
        if not (words or over) or not _LINE.fullmatch(number):
            return "ignored"
        heard = Heard(int(number), words, ours(line.form), over)
        intents = frozenset(understand(words).intents) if words and not heard.ours else frozenset()
        obeyed = await self._obey(line, place, address_id, heard, intents)
        found = await self._listening.heard(line.sid, await self._whose(place, address_id), heard, intents)
        return obeyed or ("found" if found else "ignored")

    async def _obey(
        self, line: Line, place: Place, address_id: AddressId, heard: Heard, intents: frozenset[ReplyIntent]
    ) -> str:
        following = overheard(place, heard.words, intents)
        if following is None:
            return ""
        number = await self._ground.directory.address_of(address_id)
        if number is None:
            return "nobody-known"
        if following.bars:
            await self._bar(address_id, intents)
        said = replace(line, number=number)
        await self._tell(
            said, replace(place, turn=OVERHEARD + heard.number), following, await self._people(said, place)
        )
        return "published"

    async def _whose(self, place: Place, address_id: AddressId) -> Place:
        """The place with the consumer, where only one can be meant."""
        known = [] if place.consumer else await self._ground.directory.consumers_at(address_id)
        return replace(place, consumer=known[0]) if len(known) == 1 else place

    async def whisper(self, place: Place) -> str:
        """What our own person hears before the call is put through."""
        people = await self._records.people([ConsumerId(place.consumer)]) if place.consumer else []
        texts = self._script.words((WHISPER,), place, people[0]) if people else []
        return twiml.document(twiml.say(texts or [], place.language))

    async def _call(self, place: Place) -> Call | None:
        return await self._records.call(place.attempt) if place.attempt else None

    async def _persons(self, line: Line, place: Place, people: Sequence[Known]) -> Sequence[Person]:
        """Who may be on the line; a card is taken of what was said to them, and only while it is still so."""
        takes = place.verified and bool(self._settings.pay_connector)
        payable = {p.consumer_id: p.due for p in people if takes and p.due is not None}
        if place.stage is Stage.CARD:
            heard = await self._cards.offered(line.sid, place.payment)
            payable = {consumer_id: due for consumer_id, due in payable.items() if due == heard}
        return [Person(p.consumer_id, p.born_on, p.zips, p.consumer_id in payable) for p in people]

    async def _people(self, line: Line, place: Place) -> Sequence[Known]:
        if place.consumer:
            return await self._records.people([ConsumerId(place.consumer)])
        return await self._records.people(
            await self._ground.directory.consumers_at(self._ground.address_of(line.number))
        )

    async def _bar(self, address_id: AddressId, intents: frozenset[ReplyIntent]) -> None:
        """A stop bars the consumer's other numbers too; that it is somebody else's number bars that number."""
        if ReplyIntent.WRONG_PERSON in intents:
            self._ground.suppressions.said_stop(address_id, self._clock.now())
        else:
            await self._ground.hearing.bar(address_id)

    async def _done(
        self, line: Line, before: Place, following: Step, people: Sequence[Known], call: Call | None
    ) -> str:
        """Tell the log first, and then the caller: what is not in the log was not heard."""
        person = next((p for p in people if p.consumer_id == following.place.consumer), None)
        if following.then is Then.DIAL and self._settings.agent_number is None:
            following = replace(following, say=("agent-unavailable",), then=Then.HANG_UP)
        texts = self._script.words(following.say, following.place, person, () if call is None else call.conditions)
        if texts is None:
            following, texts = Step(following.place, (), Then.HANG_UP), []
        await self._tell(line, before, following, people)
        if following.then is Then.PAY:
            return await self._charge(line, following, texts)
        if following.place.stage is Stage.CARD and person is not None and person.due is not None:
            await self._cards.offer(line.sid, following.place, person.due)
        return self._twiml(line, following, texts, people, person)

    async def _charge(self, line: Line, following: Step, texts: Sequence[str]) -> str:
        """Have the card taken, once it is written down what for."""
        place = following.place
        due = await self._cards.ask(line.sid, place.payment)
        if due is None:
            return twiml.document(twiml.hang_up())
        pay = twiml.pay(
            connector=self._settings.pay_connector,
            amount=due.amount,
            currency=due.currency,
            action=self._address(PAID_PATH, place),
            language=place.language,
        )
        return twiml.document(twiml.say(texts, place.language), pay)

    async def _tell(self, line: Line, before: Place, following: Step, people: Sequence[Known]) -> None:
        if not following.found and not following.words:
            return
        now, place = self._clock.now(), following.place
        whose = [ConsumerId(place.consumer)] if place.consumer else [p.consumer_id for p in people]
        said = following.found, following.words, place.verified, following.agrees, following.link
        turn = Turn(line.sid, line.number, before.turn, *said)
        events = [
            CallbackReceived(
                meta=MEDIUM.first(
                    f"{turn.message_id}/{consumer_id}", "turn-callback", now, consumer_id, place.story or None
                ),
                provider=PROVIDER,
                kind=CallbackKind.INBOUND,
                contact_id=ContactId(place.contact) if place.outbound else None,
                attempt_id=AttemptId(place.attempt) if place.outbound else None,
                body=kept(turn, line.body),
                received_at=now,
            )
            for consumer_id in whose
        ]
        await self._publisher.publish(events=events)
        if not events:  # nobody is known at that number: heard when somebody is
            await self._ground.directory.park(
                message_id=turn.message_id,
                address_id=self._ground.address_of(line.number),
                body=kept(turn, line.body),
                received_at=now,
            )

    def _twiml(
        self, line: Line, following: Step, texts: Sequence[str], people: Sequence[Known], person: Known | None
    ) -> str:
        place = following.place
        spoken = twiml.say(texts, place.language)
        if following.then is Then.HANG_UP:
            return twiml.document(spoken, twiml.hang_up())
        action = self._address(TURN_PATH, place)
        if following.then is Then.DIAL and self._settings.agent_number is not None:
            recorded = is_recorded(self._settings.recording, person.states if person is not None else ())
            dialled = twiml.dial(
                self._settings.agent_number,
                caller=self._settings.from_number,
                action=action,
                whisper=self._address(WHISPER_PATH, place),
                recorded=recorded and bool(texts),  # what is said first announces it
            )
            return twiml.document(spoken, self._transcribed(line, place, may=recorded and bool(texts)), dialled)
        asked = question([Person(p.consumer_id, p.born_on, p.zips) for p in people])
        keys = _KEYS[asked] if place.stage is Stage.PROOF else 1
        talk = place.stage in _TALK
        return twiml.document(twiml.gather(spoken, action=action, language=place.language, keys=keys, talk=talk))

    def _transcribed(self, line: Line, place: Place, *, may: bool) -> str:
        if not may or not self._settings.transcribe:
            return ""
        query = urlencode(
            {"place": token.written(place, self._key), "at": self._ground.address_of(line.number)},
        )
        return twiml.transcribe(f"{self._settings.public_url.rstrip('/')}{TRANSCRIPT_PATH}?{query}", place.language)

    def _address(self, path: str, place: Place) -> str:
        query = urlencode({"place": token.written(place, self._key)})
        return f"{self._settings.public_url.rstrip('/')}{path}?{query}{FRAGMENT}"
