"""People who do not exist, where people of the United States live.

ZIP code, time zone and area code of a person are drawn together from the `zipcodes` package. Numbers are
NXX-555-0100 to 0199, domains end in .test, and SSNs begin with 9 and have a group that no taxpayer number has. The
rates below are invented, and say nothing about any portfolio.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random
from zoneinfo import available_timezones

import phonenumbers
import zipcodes


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_EN = _words(
    """
    Ada Alan Alma Amos Anna Arlo Avery Beth Boyd Brett Bruce Carla Cecil Chloe Clara Clyde Cora Dale Della Derek
    Dora Earl Edith Elias Ellen Emil Erin Esther Ezra Faye Felix Flora Floyd Gail Gavin Grace Grant Gwen Hank Hazel
    Henry Hugh Ida Irene Isaac Ivy Jack Janet Jesse Joan Joel June Karl Kate Keith Lena Leon Lila Lloyd Lois Lucas
    Lydia Mabel Mark Megan Miles Mona Nancy Neil Nell Nolan Nora Olive Omar Opal Oscar Owen Pearl Percy Perry Polly
    Quinn Ralph Ray Rhoda Roger Rosa Ruby Ruth Sadie Sam Seth Simon Stella Susan Tessa Theo Tracy Vera Vince Wade
    Wanda Will
    """
)
FIRST_ES = _words(
    """
    Alba Alonso Ana Andrés Araceli Beatriz Belén Blanca Camilo Carmen César Clara Cristian Dolores Emilio Ernesto
    Esteban Fabián Félix Gabriela Gloria Graciela Héctor Hugo Inés Irma Jaime Javier Joaquín José Julia Leticia
    Lorena Lucía Luis Manuel Marcos María Marisol Mateo Mercedes Miguel Nicolás Noemí Óscar Pablo Paloma Pilar
    Ramiro Raquel Rocío Rosario Salvador Silvia Soledad Tomás Verónica Ximena Yolanda
    """
)
LAST_EN = _words(
    """
    Abbott Archer Ashby Barlow Beck Benson Bishop Blythe Booth Bowen Brewer Briggs Burke Carver Chase Clayton Cole
    Conway Cross Dalton Drake Dunbar Eaton Ellis Everett Fields Finch Fisher Fleming Forbes Foster Frost Gibbs
    Glover Goodwin Graves Griffith Hale Hardy Harmon Hawkins Hayes Hobbs Holt Hooper Horton Ingram Jarvis Jennings
    Keller Kirby Lambert Larkin Lowell Maddox Marsh McBride Mercer Norris O'Neal Osborn Paige Parrish Patton Pierce
    Porter Quimby Ramsey Reeves Rhodes Riggs Rowe Sawyer Sheldon Slater Stokes Talbot Thorpe Tobin Vance Wade Walsh
    Weaver Whitfield Wiley Wolfe Yates York Zeller
    """
)
LAST_ES = _words(
    """
    Acosta Aguilar Alvarado Barrera Bautista Cabrera Calderón Camacho Cárdenas Cervantes Cisneros Delgado Escobar
    Espinoza Fuentes Galván Guerrero Ibarra Juárez Lozano Maldonado Márquez Medina Mejía Miranda Montoya Navarro
    Núñez Ochoa Orozco Padilla Palacios Peralta Ponce Quintero Rangel Rentería Ríos Robles Rosales Salazar Salinas
    Sandoval Serrano Solís Tapia Trujillo Valdez Valencia Velasco Zamora Zavala Zúñiga
    """
)
STREETS = _words(
    """
    Alder Birch Canal Cedar Cherry Church Depot Elm Fern Garden Grove Harbor Hickory Hill Juniper Lake Laurel Linden
    Locust Magnolia Main Maple Mill Mulberry Oak Orchard Park Pine Poplar Prairie Quarry Ridge River Spruce Station
    Summit Sycamore Valley Walnut Willow
    """
)
KINDS = ("St", "Ave", "Rd", "Ln", "Dr", "Ct", "Way")
STATES_AND_TERRITORIES = _words(
    """
    AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND NE NH NJ NM NV NY
    OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY
    """
)
MILITARY = ("AA", "AE", "AP")

SPANISH = 0.13
WITHOUT_SSN = 0.15
WITHOUT_BIRTH_DATE = 0.03
WITHOUT_PHONE = 0.04
LANDLINE = 0.12
SECOND_PHONE = 0.18
SHARED_PHONE = 0.03
PORTED = 0.02
MILITARY_SHARE = 0.01
WITHOUT_EMAIL = 0.25
EMAIL_FATES = {"": 68, "clicks": 15, "machine": 6, "leaves": 5, "bounce": 4, "complains": 2}
"""Of a hundred mailboxes, how many do what, by the word in their address that the provider simulator goes by."""
CONSENTS = {"fresh": 0.66, "renewed": 0.08, "stale": 0.05, "client": 0.09, "refused": 0.05}
"""Shares of numbers by what is on record of consent to texts; of the others nobody knows anything.

fresh: given to us, not long ago; renewed: to us, long ago, and the number was checked since; stale: to us, long ago;
client: to the client alone; refused.
"""
FRESH_DAYS, STALE_DAYS, CHECKED_DAYS = (2, 45), (75, 320), (2, 30)
"""How many days before a portfolio is handed over consents were given and numbers were checked, from and to."""


@dataclass(frozen=True, slots=True)
class Place:
    """A ZIP code with what goes with it; a military one has no zone and no area codes."""

    postal_code: str
    city: str
    state: str
    zone: str
    area_codes: tuple[str, ...]
    boxes_only: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone number of somebody, with what a client writes of consent: empty where nothing is known."""

    number: str
    line_type: str
    consent: str = ""
    consent_to: str = ""
    consent_on: str = ""
    checked_on: str = ""

    def cells(self, column: str) -> dict[str, str]:
        """The cells of the number in a column of that name."""
        return {
            column: self.number,
            f"{column}_type": self.line_type,
            f"{column}_consent": self.consent,
            f"{column}_consent_to": self.consent_to,
            f"{column}_consent_on": self.consent_on,
            f"{column}_checked_on": self.checked_on,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    first: str
    middle: str
    last: str
    suffix: str
    born_on: date | None
    ssn: str
    language: str
    street: str
    unit: str
    place: Place
    lines: tuple[Line, ...]
    email: str


@cache
def is_area_code(code: str) -> bool:
    """Whether 555-0100 of this area code is a number of the United States."""
    number = phonenumbers.parse(f"+1{code}5550100")
    return any(phonenumbers.is_valid_number_for_region(number, region) for region in ("US", "PR", "VI", "GU", "MP"))


@cache
def places() -> tuple[Place, ...]:
    """Every ordinary ZIP code that has a zone and an area code, and every military one, in order."""
    zones = available_timezones()
    found = []
    for state in (*STATES_AND_TERRITORIES, *MILITARY):
        for entry in zipcodes.filter_by_state(state):  # type: ignore[no-untyped-call]
            codes = tuple(sorted(code for code in entry["area_codes"] if is_area_code(code)))
            reachable = bool(codes) or state == "AS"  # 555 numbers of American Samoa are not valid: theirs are ported
            ordinary = entry["zip_code_type"] != "UNIQUE" and entry["timezone"] in zones and reachable
            if entry["active"] and (ordinary or state in MILITARY):
                zone = "" if state in MILITARY else entry["timezone"]
                boxes = entry["zip_code_type"] == "PO BOX"
                found.append(Place(entry["zip_code"], entry["city"], state, zone, codes if zone else (), boxes))
    return tuple(sorted(found, key=lambda p: p.postal_code))


@dataclass(slots=True)
class People:
    """Draws people, each new; equal seeds draw equal people."""

    random: Random
    as_of: date
    handed_over: date
    _free: dict[str, list[int]] = field(default_factory=dict)
    _given: list[Line] = field(default_factory=list)
    _ssns: set[str] = field(default_factory=set)
    _by_zone: dict[str, list[Place]] = field(init=False)
    _unseen: list[str] = field(init=False)

    def __post_init__(self) -> None:
        by_zone = defaultdict(list)
        for place in places():
            by_zone[place.zone].append(place)
        self._by_zone = dict(by_zone)
        self._unseen = sorted(zone for zone in by_zone if zone)

    def draw(self) -> Person:
        """Somebody new: first one of every zone, then where most ZIP codes are."""
        r = self.random
        place = self._place()
        spanish = r.random() < SPANISH
        first, last = r.choice(FIRST_ES if spanish else FIRST_EN), r.choice(LAST_ES if spanish else LAST_EN)
        return Person(
            first=first,
            middle=r.choice("ABCDEFGHJKLMNPRST") if r.random() < 0.4 else "",
            last=last,
            suffix=r.choice(("Jr", "Sr", "III")) if r.random() < 0.03 else "",
            born_on=None if r.random() < WITHOUT_BIRTH_DATE else self._birth_date(),
            ssn="" if r.random() < WITHOUT_SSN else self._ssn(),
            language="es" if spanish else "en",
            street=self._street(place),
            unit=f"Apt {r.randrange(1, 400)}" if r.random() < 0.25 and not place.boxes_only else "",
            place=place,
            lines=self._lines(place),
            email="" if r.random() < WITHOUT_EMAIL else self._email(first, last),
        )

    def _place(self) -> Place:
        if self._unseen:
            return self.random.choice(self._by_zone[self._unseen.pop(0)])
        if self.random.random() < MILITARY_SHARE:
            return self.random.choice(self._by_zone[""])
        place = self.random.choice(places())
        return place if place.zone else self._place()

    def _street(self, place: Place) -> str:
        r = self.random
        if place.boxes_only:
            return f"PO Box {r.randrange(1, 2000)}"
        return f"{r.randrange(1, 9900)} {r.choice(STREETS)} {r.choice(KINDS)}"

    def _birth_date(self) -> date:
        return self.as_of - timedelta(days=self.random.randrange(19 * 366, 88 * 365))

    def _ssn(self) -> str:
        while True:
            r = self.random
            ssn = f"{r.randrange(900, 1000)}-{r.randrange(10, 50)}-{r.randrange(1, 10_000):04}"
            if ssn not in self._ssns:
                self._ssns.add(ssn)
                return ssn

    def _email(self, first: str, last: str) -> str:
        plain = (first + "." + last).lower().translate(_PLAIN)
        name, domain = f"{plain}{self.random.randrange(10, 999)}", self.random.choice(("mail", "post", "inbox"))
        chance = Random(name)  # noqa: S311 - keeps no secret
        (fate,) = chance.choices(tuple(EMAIL_FATES), tuple(EMAIL_FATES.values()))
        return f"{name}.{fate}@{domain}.test" if fate else f"{name}@{domain}.test"

    def _lines(self, place: Place) -> tuple[Line, ...]:
        r = self.random
        if r.random() < WITHOUT_PHONE:
            return ()
        if self._given and r.random() < SHARED_PHONE:
            return (r.choice(self._given),)
        landline = r.random() < LANDLINE
        lines = [self._line(place, "landline" if landline else "mobile")]
        if r.random() < SECOND_PHONE:
            lines.append(self._line(place, "mobile" if landline else r.choice(("landline", "voip", ""))))
        self._given += lines
        return tuple(lines)

    def _line(self, place: Place, line_type: str) -> Line:
        r = self.random
        home = place.area_codes if place.area_codes and r.random() >= PORTED else ()
        code = next((c for c in r.sample(home, len(home)) if self._free_in(c)), None) or self._elsewhere(place)
        return Line(f"({code}) 555-01{self._free[code].pop():02}", line_type, *self._consent())

    def _consent(self) -> tuple[str, ...]:
        """What is on record of consent, as the last cells of a line."""
        (what,) = self.random.choices((*CONSENTS, "none"), (*CONSENTS.values(), 1 - sum(CONSENTS.values())))
        if what == "fresh":
            return "true", "us", self._before(FRESH_DAYS)
        if what == "renewed":
            return "true", "us", self._before(STALE_DAYS), self._before(CHECKED_DAYS)
        if what in ("stale", "client"):
            return "true", "us" if what == "stale" else "client", self._before(STALE_DAYS)
        return ("false",) if what == "refused" else ()

    def _before(self, days: tuple[int, int]) -> str:
        return (self.handed_over - timedelta(days=self.random.randint(*days))).isoformat()

    def _elsewhere(self, place: Place) -> str:
        """An area code of another zone: the number was ported, or its owner moved."""
        while True:
            other = self.random.choice(places())
            if other.area_codes and other.zone != place.zone:
                code = self.random.choice(other.area_codes)
                if self._free_in(code):
                    return code

    def _free_in(self, code: str) -> list[int]:
        if code not in self._free:
            self._free[code] = self.random.sample(range(100), 100)
        return self._free[code]


_PLAIN = str.maketrans("áéíóúñü", "aeiounu", "' ")
