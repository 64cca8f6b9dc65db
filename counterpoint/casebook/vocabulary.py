"""The words of worked cases: what each fact in a case means to the gate.

The vocabulary is that of the golden file; cases inside rule files use it too. A word that nobody knows is an error,
never a default.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from contracts.events import Channel, FactKind, OptOutScope
from counterpoint.casebook.forms import (
    DAYS,
    LIFTED,
    LONG_AGO,
    SPOKEN_AND_ELECTRONIC,
    Learned,
    Refused,
    Said,
    Setting,
    Value,
    WrongCase,
    debts_of,
    end_of,
    first_at,
    media,
    only,
    when,
)


def stated_location(value: Value, setting: Setting) -> Said:
    """Where the consumer said to be."""
    only(value, "stated_location", "tz", "from", "until", "said_at")
    since = first_at(value, "from", "said_at")
    yield Learned(FactKind.STATED_LOCATION, since, value["tz"], until=end_of(value, "until"))


def inconvenient_times(value: Value, setting: Setting) -> Said:
    """Times that were called inconvenient."""
    known = ("days", "start", "end", "said_at", "source", "from", "until", "date", "text", "tz", *LIFTED)
    for entry in value or ():
        only(entry, "inconvenient_times", *known)
        since, until = first_at(entry, "from", "said_at"), end_of(entry, "until", *LIFTED)
        if "date" in entry:
            since = datetime.combine(date.fromisoformat(entry["date"]), datetime.min.time(), setting.zone)
            until = since + timedelta(days=1)
        named = [str(d)[:3].lower() for d in entry.get("days", DAYS)]
        if not set(named) <= set(DAYS):
            raise WrongCase(f"inconvenient_times: {entry['days']} are no days")
        readable = "start" in entry or "from" in entry or "days" in entry or "date" in entry
        days = sum(1 << DAYS.index(d) for d in set(named)) if readable else 0
        detail = f"{days} {entry.get('start', '00:00')} {entry.get('end', '24:00')}" if days else "not read"
        yield Learned(FactKind.INCONVENIENT_TIME, since, detail, until=until)


def inconvenient_places(value: Value, setting: Setting) -> Said:
    """Places at which contact is inconvenient."""
    for place in value or ():
        yield Learned(FactKind.INCONVENIENT_PLACE, LONG_AGO, str(place))


def attorney(value: Value, setting: Setting) -> Said:
    """An attorney represents the consumer."""
    if not value:
        return
    known = ("name", "address_known", "debts", "unresponsive", "approved_by", "letter_sent_at", "since", "known_at")
    more = ("consents", "consents_to_contact", "consented_at", "said_at", "source", *LIFTED)
    only(value, "attorney", *known, *more)
    since = first_at(value, "since", "known_at", "said_at")
    yield Learned(FactKind.ATTORNEY_REPRESENTED, since, until=end_of(value, *LIFTED), debts=debts_of(value))
    if value.get("consents") or value.get("consents_to_contact") or value.get("consented_at"):
        yield Learned(FactKind.ATTORNEY_SILENT, first_at(value, "consented_at"))
    if value.get("unresponsive") and value.get("approved_by") and value.get("letter_sent_at"):
        # A person decides, and never before thirty days have passed since we wrote.
        yield Learned(FactKind.ATTORNEY_SILENT, when(value["letter_sent_at"]) + timedelta(days=30))


def cease(value: Value, setting: Setting) -> Said:
    """The consumer asked for contact to cease; it counts from when it reached us."""
    if not value:
        return
    known = ("form", "mailed_at", "received_at", "channel", "text", "debts", "said_at", "source", *LIFTED)
    only(value, "cease", *known)
    if value.get("form") == "oral":
        for channel in SPOKEN_AND_ELECTRONIC:
            said = first_at(value, "received_at", "said_at")
            yield Refused(channel, OptOutScope.MEDIUM, said, again=end_of(value, *LIFTED))
    elif value.get("received_at") or not value.get("mailed_at"):
        until = end_of(value, *LIFTED)
        yield Learned(FactKind.CEASED, first_at(value, "received_at"), str(value.get("form", "")), until=until)


def media_refused(value: Value, setting: Setting) -> Said:
    """Media that the consumer refused."""
    for entry in value or ():
        only(entry, "media_refused", "medium", "said_at", "at", "how", "address", "text", "source", *LIFTED)
        for channel in media(entry["medium"]):
            address = entry.get("address")
            scope = OptOutScope.ADDRESS if address else OptOutScope.MEDIUM
            yield Refused(channel, scope, first_at(entry, "said_at", "at"), address, end_of(entry, *LIFTED))


def opt_outs(value: Value, setting: Setting) -> Said:
    """Opt-outs: a text is refused for every number, an e-mail for its address."""
    known = ("channel", "address", "text", "at", "how", "via", "said_to", "source", "scope", "received_at", *LIFTED)
    for entry in value or ():
        only(entry, "opt_outs", *known, "resubscribed_at", "opted_in_at")
        again = end_of(entry, *LIFTED, "resubscribed_at", "opted_in_at")
        for channel in media(entry["channel"]):
            address = entry.get("address")
            scope = OptOutScope.ADDRESS if address and channel is not Channel.SMS else OptOutScope.MEDIUM
            yield Refused(channel, scope, first_at(entry, "at", "received_at"), address, again)


def a_consent(kind: FactKind) -> Callable[[Value, Setting], Said]:
    """How a consent is read: given to somebody, or true, or false for refused, or null for nothing on record."""

    def read(value: Value, setting: Setting) -> Said:
        if value is None:
            return
        if not value:
            yield Learned(kind, LONG_AGO, holds=False)
            return
        given: Mapping[str, Value] = {} if value is True else value
        known = ("given_to", "at", "renewed_at", "address", "how", "given", "granted", "expires_at", "source", "debts")
        only(given, kind.value.lower(), *known, *LIFTED)
        holds = bool(given.get("given", given.get("granted", True)))
        until = end_of(given, *LIFTED, "expires_at")
        for name in ("at", "renewed_at"):
            if name == "at" or given.get(name):
                detail, address = str(given.get("given_to", "collector")), given.get("address")
                since = (
                    first_at(given, name)
                    if name in given
                    else (LONG_AGO if kind is not FactKind.TEXT_CONSENT else setting.at)
                )
                yield Learned(kind, since, detail, holds, until, debts_of(given), address)

    return read


def call_consents(value: Value, setting: Setting) -> Said:
    """Consents to be called, each good for seven days."""
    for entry in value or ():
        only(entry, "call_consents", "at", "given_to", "debts", "how", "for", "text", *LIFTED)
        detail, until = str(entry.get("given_to", "collector")), end_of(entry, *LIFTED)
        yield Learned(FactKind.CALL_CONSENT, when(entry["at"]), detail, until=until, debts=debts_of(entry))


def time_consents(value: Value, setting: Setting) -> Said:
    """Consents to be contacted at times that would be inconvenient."""
    for entry in value if isinstance(value, list) else [value] if value else []:
        only(entry, "time_consents", "at", "given_to", "how", "debts", "text", "during", "until", *LIFTED)
        until = end_of(entry, "until", *LIFTED)
        yield Learned(
            FactKind.TIME_CONSENT, first_at(entry, "at"), str(entry.get("given_to", "collector")), until=until
        )


def creditor_email_notice(value: Value, setting: Setting) -> Said:
    """A creditor's notice that the e-mail address would be used."""
    if not value:
        return
    known = ("sent_at", "optout_by", "opted_out", "opted_out_at", "address", "domain", "public_domain")
    only(value, "creditor_email_notice", *known)
    last = date.fromisoformat(value["optout_by"]).toordinal()
    detail = "none" if value.get("public_domain") is False else str(last)
    yield Learned(FactKind.CREDITOR_EMAIL_NOTICE, when(value["sent_at"]), detail)
    if value.get("opted_out") or value.get("opted_out_at"):
        said = first_at(value, "opted_out_at")
        yield Refused(Channel.EMAIL, OptOutScope.ADDRESS, said, value.get("address", setting.address))


def prior_collector_email(value: Value, setting: Setting) -> Said:
    """The collector before us used the address, and nobody opted out."""
    known = ("used", "at", "opted_out", "address", "last_used_at")
    used = value is True or (bool(value) and only(value, "prior_collector_email", *known).get("used", True))
    refused = isinstance(value, Mapping) and value.get("opted_out")
    yield Learned(FactKind.EMAIL_CONSENT, LONG_AGO, "prior-collector", holds=bool(used and not refused))


def number_checked(value: Value, setting: Setting) -> Said:
    """What the database of reassigned numbers answered, and when it was asked."""
    for entry in value if isinstance(value, list) else [value] if value else []:
        asked = [when(v) for k, v in entry.items() if str(k) == "at" or str(k).endswith("_at")]
        words = {str(v).lower().replace("_", "-") for k, v in entry.items() if not str(k).endswith("at")}
        same = words & {"no", "not-reassigned", "no-reassignment", "clean", "same", "false", "none"}
        changed = words & {"yes", "reassigned", "true", "changed", "disconnected"}
        detail = "same" if same else "reassigned" if changed else "no-data"
        yield Learned(FactKind.NUMBER_CHECKED, max(asked, default=LONG_AGO), detail)


def about_number(value: Value, setting: Setting) -> Said:
    """What kind of line a number was found to be."""
    yield Learned(FactKind.LINE_TYPE, LONG_AGO, str(value), address=setting.address)


def used_by_consumer(kind: FactKind) -> Callable[[Value, Setting], Said]:
    """How it is read that the consumer used the address with us: that is as good as consent given to us."""

    def read(value: Value, setting: Setting) -> Said:
        if value:
            yield Learned(kind, LONG_AGO if value is True else when(value), "collector", address=setting.address)

    return read


def single_account_groups(value: Value, setting: Setting) -> Said:
    """Debts under one account number."""
    for group in value or ():
        yield Learned(FactKind.SAME_ACCOUNT, LONG_AGO, debts=tuple(group))


def debt_kind(value: Value, setting: Setting) -> Said:
    """The kind of debt, as far as a rule asks for it."""
    if str(value).lower() == "medical":
        yield Learned(FactKind.MEDICAL_DEBT, LONG_AGO)


def a_notice(kind: FactKind) -> Callable[[Value, Setting], Said]:
    """How a notice that was sent is read."""

    def read(value: Value, setting: Setting) -> Said:
        known = ("sent_at", "at", "method", "received_at", "bounced", "returned", "bounced_at", "debts", "in_initial")
        if not value or any(only(value, kind.value.lower(), *known).get(k) for k in known[4:7]):
            return
        if value.get("received_at"):
            yield Learned(kind, when(value["received_at"]), "hand", debts=debts_of(value))
        elif value.get("sent_at") or value.get("at"):
            yield Learned(
                kind, first_at(value, "sent_at", "at"), str(value.get("method", "mail")), debts=debts_of(value)
            )

    return read


def dispute(value: Value, setting: Setting) -> Said:
    """A dispute, or a request for the original creditor's name; that it was sent counts, if we know when."""
    if not value:
        return
    answered = ("response_sent_at", "verified_at", "verification_sent_at", "answered_at", "responded_at")
    only(value, "dispute", "form", "received_at", "sent_at", "mailed_at", "debts", "kind", "text", "channel", *answered)
    since = first_at(value, "sent_at", "mailed_at", "received_at")
    yield Learned(FactKind.DISPUTED, since, str(value.get("form", "unclear")), debts=debts_of(value))
    if end_of(value, *answered):
        yield Learned(FactKind.DISPUTE_ANSWERED, first_at(value, *answered), debts=debts_of(value))


def initial_communication_at(value: Value, setting: Setting) -> Said:
    """When the first communication took place; null if there was none."""
    if value:
        yield Learned(FactKind.FIRST_COMMUNICATION, when(value))


def bankruptcy(value: Value, setting: Setting) -> Said:
    """A case was filed, or there is a hint of one; a discharge has no end."""
    if not value:
        return
    given: Mapping[str, Value] = {} if value is True else value
    known = ("filed_at", "chapter", "discharged_at", "notice_at", "noticed_at", "hint", "case_number", "relief_at")
    only(given, "bankruptcy", *known, "stay_relief_at", "debts", "source", "known_at", *LIFTED)
    until = None if given.get("discharged_at") else end_of(given, "relief_at", "stay_relief_at", *LIFTED)
    yield Learned(FactKind.BANKRUPT, first_at(given, "filed_at"), str(given.get("chapter", "")), until=until)


def deceased(value: Value, setting: Setting) -> Said:
    """The consumer has died, or somebody says so."""
    if not value:
        return
    given: Mapping[str, Value] = {} if value is True else value
    only(
        given, "deceased", "reported_at", "executor", "spouse", "administrator", "representative", "confirmed", "source"
    )
    yield Learned(FactKind.DECEASED, first_at(given, "reported_at"), str(given.get("executor", "")))


def about_address(kind: FactKind, holds_for: Callable[[Value], bool]) -> Callable[[Value, Setting], Said]:
    """How a fact about the address of the request is read."""

    def read(value: Value, setting: Setting) -> Said:
        if holds_for(value):
            yield Learned(kind, LONG_AGO, address=setting.address)

    return read


def a_flag(kind: FactKind, both: bool = False) -> Callable[[Value, Setting], Said]:
    """How a fact is read that is so or not; with `both` it matters to know that it is not."""

    def read(value: Value, setting: Setting) -> Said:
        since = first_at(value, "from", "since", "known_at", "said_at") if isinstance(value, Mapping) else LONG_AGO
        if value or both:
            yield Learned(kind, since, holds=bool(value))

    return read


def recalled(value: Value, setting: Setting) -> Said:
    """The creditor has taken a debt back."""
    if value:
        only(value, "recalled", "at", "debts")
        yield Learned(FactKind.RECALLED, first_at(value, "at"), debts=debts_of(value))


FACTS: Mapping[str, Callable[[Value, Setting], Said]] = {
    "stated_location": stated_location,
    "inconvenient_times": inconvenient_times,
    "inconvenient_places": inconvenient_places,
    "employer_prohibits": a_flag(FactKind.EMPLOYER_PROHIBITS, both=True),
    "attorney": attorney,
    "cease": cease,
    "media_refused": media_refused,
    "opt_outs": opt_outs,
    "text_consent": a_consent(FactKind.TEXT_CONSENT),
    "email_consent": a_consent(FactKind.EMAIL_CONSENT),
    "creditor_email_notice": creditor_email_notice,
    "prior_collector_email": prior_collector_email,
    "consumer_texted_at": used_by_consumer(FactKind.TEXT_CONSENT),
    "consumer_text_at": used_by_consumer(FactKind.TEXT_CONSENT),
    "consumer_emailed_at": used_by_consumer(FactKind.EMAIL_CONSENT),
    "consumer_used_email": used_by_consumer(FactKind.EMAIL_CONSENT),
    "rnd": number_checked,
    "rnd_query": number_checked,
    "rnd_check": number_checked,
    "number_checked": number_checked,
    "reassigned_numbers_database": number_checked,
    "reassigned_check": number_checked,
    "reassignment_check": number_checked,
    "number_found": about_number,
    "call_consents": call_consents,
    "time_consents": time_consents,
    "time_consent": time_consents,
    "robo_consent": a_consent(FactKind.ROBO_CONSENT),
    "nyc_econsent": a_consent(FactKind.ELECTRONIC_CONSENT),
    "dc_econsent": a_consent(FactKind.ELECTRONIC_CONSENT),
    "ny_econsent": a_consent(FactKind.ELECTRONIC_CONSENT),
    "esign_consent": a_consent(FactKind.E_SIGN_CONSENT),
    "e_sign_consent": a_consent(FactKind.E_SIGN_CONSENT),
    "esign": a_consent(FactKind.E_SIGN_CONSENT),
    "single_account_groups": single_account_groups,
    "debt_kind": debt_kind,
    "validation": a_notice(FactKind.NOTICE_SENT),
    "medical_notice": a_notice(FactKind.MEDICAL_NOTICE),
    "dispute": dispute,
    "original_creditor_request": dispute,
    "initial_communication_at": initial_communication_at,
    "bankruptcy": bankruptcy,
    "deceased": deceased,
    "minor": a_flag(FactKind.MINOR),
    "recalled": recalled,
    "servicemember": a_flag(FactKind.IN_SERVICE),
    "military": a_flag(FactKind.IN_SERVICE),
    "scra": a_flag(FactKind.IN_SERVICE),
    "time_barred": a_flag(FactKind.TIME_BARRED, both=True),
    "number_belongs_to": about_address(FactKind.NUMBER_OF_ANOTHER, lambda v: bool(v) and v != "consumer"),
    "shared_line": about_address(FactKind.SHARED_ADDRESS, bool),
    "shared_inbox": about_address(FactKind.SHARED_ADDRESS, bool),
    "shared_email": about_address(FactKind.SHARED_ADDRESS, bool),
}
"""How each fact of a case is read, by its name."""
CONSENTS: Sequence[tuple[FactKind, frozenset[str], str, bool]] = (
    (FactKind.E_SIGN_CONSENT, frozenset({"esign_consent", "esign", "e_sign_consent"}), "collector", True),
    (FactKind.ELECTRONIC_CONSENT, frozenset({"nyc_econsent", "dc_econsent", "ny_econsent"}), "collector", True),
    (FactKind.ROBO_CONSENT, frozenset({"robo_consent"}), "creditor", False),
    (FactKind.TEXT_CONSENT, frozenset({"text_consent", "consumer_texted_at", "consumer_text_at"}), "collector", False),
    (
        FactKind.EMAIL_CONSENT,
        frozenset({"email_consent", "creditor_email_notice", "prior_collector_email"})
        | {"consumer_emailed_at", "consumer_used_email"},
        "collector",
        False,
    ),
)
"""Consents that a case takes for granted unless it says anything under one of these names: to whom they were given,
and whether at every address."""
OTHER_FACTS = ("location_known", "state", "city", "right_party", "line_type", "line_types")
"""Facts that are no events: where the consumer lives, and what a case takes for granted."""
