"""Events in plain words, for a person who reads what happened with a consumer; nothing personal is in them."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

Body = Mapping[str, Any]
Told = Callable[[str], str]
"""An instant, as the event has it, in the reader's time."""

CONTACTS = {
    "SMS": "text",
    "EMAIL": "e-mail",
    "VOICE": "call",
    "LETTER": "letter",
    "PORTAL": "portal message",
    "CHAT": "chat message",
    "PUSH": "notification",
}
STATUSES = {
    "QUEUED": "waits at the provider",
    "SENT": "sent",
    "DELIVERED": "delivered",
    "READ": "read",
    "UNDELIVERED": "not delivered",
    "FAILED": "failed",
    "CANCELED": "canceled",
    "ANSWERED": "answered",
    "BUSY": "met a busy line",
    "NO_ANSWER": "not answered",
    "NOT_IN_SERVICE": "met a number that is not in service",
    "VOICEMAIL": "went to voicemail",
    "CONVERSATION": "became a conversation",
    "DROPPED": "dropped",
    "BOUNCED": "came back",
    "OPENED": "opened",
    "CLICKED": "led to a click",
    "REPLIED": "was answered",
    "COMPLAINED": "was reported as spam",
    "MAILED": "mailed",
    "IN_TRANSIT": "is with the mail",
    "RETURNED": "returned to the sender",
}


def words(name: str) -> str:
    """An enum's symbol or a type's name as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower()


def tell(event_type: str, body: Body, told: Told) -> str:
    """One event in one line; one of a type that this code does not know is told by its name."""
    say = _SAYINGS.get(event_type)
    return say(body, told) if say else words(event_type)


def clock_time(instant: datetime) -> str:
    """An instant for a reader: day, time to the second, and the zone's own name for itself."""
    return f"{instant:%a %Y-%m-%d %H:%M:%S %Z}"


def _contact(body: Body) -> str:
    return CONTACTS.get(body["channel"], "contact")


def _why(body: Body) -> str:
    """The class of a failure, with the provider's code."""
    reasons = [words(body["reason_class"])] if body["reason_class"] != "NONE" else []
    if body["provider_code"]:
        reasons.append(f"code {body['provider_code']}")
    return ", ".join(reasons)


def _finding(body: Body) -> str:
    """The deciding rule, its citation and its reason."""
    rule = body["deciding_rule"]
    for finding in body["findings"]:
        if finding["rule_id"] == rule:
            return f"by {rule} ({finding['citation']}): {finding['reason']}"
    return f"by {rule}"


def _submitted(body: Body, told: Told) -> str:
    return f"row {body['row_number']} of batch {body['batch_id']} handed over by {body['client_id']}"


def _placed(body: Body, told: Told) -> str:
    kind = words(body["debt_type"])
    return f"account placed by {body['client_id']}: {kind} debt to {body['current_creditor']}"


def _rejected_row(body: Body, told: Told) -> str:
    return f"row {body['row_number']} of batch {body['batch_id']} rejected: {', '.join(body['codes'])}"


def _loaded(body: Body, told: Told) -> str:
    return f"batch {body['batch_id']} loaded: {body['placed']} placed, {body['rejected']} rejected"


def _requested(body: Body, told: Told) -> str:
    asker = f" by step {body['step_id']} of strategy {body['strategy_id']}" if body["strategy_id"] else ""
    return f"{_contact(body)} asked for{asker}: {words(body['purpose'])}, template {body['template_id']}"


def _approved(body: Body, told: Told) -> str:
    asked = len(body["findings"]) + len(body["standard_findings"])
    return f"{_contact(body)} approved until {told(body['expires_at'])}, {asked} rules asked"


def _deferred(body: Body, told: Told) -> str:
    return f"{_contact(body)} deferred until {told(body['earliest_at'])} {_finding(body)}"


def _vetoed(body: Body, told: Told) -> str:
    return f"{_contact(body)} vetoed {_finding(body)}"


def _reviewed(body: Body, told: Told) -> str:
    rules = ", ".join(sorted({finding["rule_id"] for finding in body["findings"]}))
    return (
        f"contacts reviewed that were made before we knew of {told(body['from_at'])}: {rules} would have refused them"
    )


def _handed_over(contact: str, body: Body, told: Told) -> str:
    return f"{contact} handed to its channel, to go out before {told(body['expires_at'])}"


def _started(body: Body, told: Told) -> str:
    return f"{_contact(body)} about to go to {body['provider']}"


def _accepted(body: Body, told: Told) -> str:
    return f"{_contact(body)} taken on by {body['provider']}"


def _not_sent(body: Body, told: Told) -> str:
    why = _why(body)
    return f"{_contact(body)} not sent: {words(body['reason'])}{f' ({why})' if why else ''}"


def _in_doubt(body: Body, told: Told) -> str:
    asked = told(body["next_check_at"])
    return f"{_contact(body)} in doubt ({words(body['reason'])}): {body['provider']} is asked at {asked}"


def _status(body: Body, told: Told) -> str:
    why = _why(body)
    if (body["channel"], body["status"]) == ("VOICE", "SENT"):
        return "call rings"
    return f"{_contact(body)} {STATUSES.get(body['status'], words(body['status']))}{f': {why}' if why else ''}"


def _callback(body: Body, told: Told) -> str:
    return f"callback from {body['provider']}: {words(body['kind'])}"


def _opted_out(body: Body, told: Told) -> str:
    scopes = {"EVERYTHING": "everything", "MEDIUM": f"every {_contact(body)}"}
    return f"opted out of {scopes.get(body['scope'], f'{_contact(body)}s to this address')} (by {body['source']})"


def _opted_in(body: Body, told: Told) -> str:
    return f"opted in to {_contact(body)}s (by {body['source']})"


def _replied(body: Body, told: Told) -> str:
    intent = "" if body["intent"] in ("OTHER", "UNKNOWN") else f": {words(body['intent'])}"
    if body["channel"] == "VOICE":
        who = "" if body.get("talked", True) else " by whoever picked up"
        link = "" if body.get("answer_on", "UNKNOWN") == "UNKNOWN" else ", asking for a link to pay by text"
        return f"said on a call{who}{intent}{link}"
    return f"answered by {_contact(body)}{intent}"


def _suppression(body: Body, told: Told) -> str:
    if body["active"]:
        return f"address barred for every {_contact(body)}, by {body['reason']}"
    return f"address free again for every {_contact(body)}"


def _paid(body: Body, told: Told) -> str:
    return f"payment settled, by {body['method']}"


def _failed(body: Body, told: Told) -> str:
    return f"payment failed, by {body['method']}: {words(body['reason'])}"


def _reversed(body: Body, told: Told) -> str:
    return f"payment taken back: {words(body['reason'])}"


def _agreed(body: Body, told: Told) -> str:
    parts = body["instalments"]
    dates = f", the first due on {parts[0]['due_on']}" if parts else ""
    return f"{words(body['kind'])} agreed, by {body['source']}: {len(parts)} instalments{dates}"


def _broken(body: Body, told: Told) -> str:
    return f"promise broken: instalment {body['instalment']}, due on {body['due_on']}, was not paid in time"


def _kept(body: Body, told: Told) -> str:
    return "promise kept: every instalment is paid"


def _updated(body: Body, told: Told) -> str:
    flags = [words(name) for name, so in body["flags"].items() if so]
    return f"account updated by {body['client_id']}" + (f": {', '.join(flags)}" if flags else "")


def _recalled(body: Body, told: Told) -> str:
    return f"account recalled by {body['client_id']}: {words(body['reason'])}"


def _preferred(body: Body, told: Told) -> str:
    wishes = [f"by {_contact(body)}"] if body["channel"] != "UNKNOWN" else []
    wishes += [f"in {body['language']}"] if body["language"] else []
    wishes += [f"between {body['opens']} and {body['closes']}"] if body["opens"] and body["closes"] else []
    return f"would rather be contacted {', '.join(wishes)} (by {body['source']})"


def _withdrawn(body: Body, told: Told) -> str:
    return f"{_contact(body)} withdrawn: {words(body['reason'])}"


def _barred(body: Body, told: Told) -> str:
    return f"{_contact(body)} barred at its channel: {words(body['reason'])}"


def _coordination(body: Body, told: Told) -> str:
    return f"coordination broken by a {_contact(body)}: {body['reason']}"


def _profile(body: Body, told: Told) -> str:
    place = body["place"]
    where = f": {place['strategy_id']} at {place['step_id']}, {place['end']}" if place else ""
    return f"profile published{where}"


def _due(body: Body, told: Told) -> str:
    return f"{words(body['kind'])} due"


def _learned(body: Body, told: Told) -> str:
    holds = "" if body["holds"] else "not, or no longer, "
    found = body.get("detail", "") if body["fact"] in ("LINE_TYPE", "NUMBER_CHECKED") else ""
    said = f", {words(found)}" if found else ""  # it stands with what is personal where that is kept apart
    return f"learned from {body['source']}: {holds}{words(body['fact'])}{said}"


def chosen(body: Body) -> str:
    """What was chosen for a consumer, and from what that follows."""
    share = f"{body['propensity_millionths'] / 10_000:.0f} %"
    why = "drawn evenly, to compare with" if body["held_out"] else "by what was learned"
    known = "; ".join(_weighed(option) for option in body["options"])
    return f"{body['option']} chosen by {body['choice_id']} for {body['bucket']}, {why}, {share} likely ({known})"


def _weighed(option: Body) -> str:
    rewarded, made = option["prior_rewarded"] + option["rewarded"], option["prior_made"] + option["made"]
    return f"{option['name']} {rewarded} of {made}" + ("" if option.get("worth_now", True) else ", not for today")


def _pack(body: Body, told: Told) -> str:
    return f"rule pack {body['rule_pack'][:12]} in force: {len(body['rules'])} rules"


def _published(body: Body, told: Told) -> str:
    moved = f"; consumers of {len(body['moves'])} earlier versions go over" if body["moves"] else ""
    return f"strategy {body['strategy_id']}@{body['version']} published by {body['by']}{moved}"


def _held(body: Body, told: Told) -> str:
    step = f"step {body['step_id']} of strategy {body['strategy_id']}"
    return f"{_contact(body)} by {step} waits for a person's release, until {told(body['not_after'])}"


def _withheld(body: Body, told: Told) -> str:
    by = f" by {body['by']}" if body["by"] else ""
    return f"contact that waited for release not made: {body['reason']}{by}"


_SAYINGS: dict[str, Callable[[Body, Told], str]] = {
    "StrategyPublished": _published,
    "StrategyPaused": lambda body, told: f"strategy {body['strategy_id']} paused by {body['by']}",
    "StrategyResumed": lambda body, told: f"strategy {body['strategy_id']} goes on, by {body['by']}",
    "ContactHeld": _held,
    "ContactReleased": lambda body, told: f"contact that waited released by {body['by']}",
    "ContactWithheld": _withheld,
    "PlacementSubmitted": _submitted,
    "AccountPlaced": _placed,
    "PlacementRejected": _rejected_row,
    "PlacementBatchLoaded": _loaded,
    "ContactRequested": _requested,
    "ContactApproved": _approved,
    "ContactDeferred": _deferred,
    "ContactVetoed": _vetoed,
    "ContactsReviewed": _reviewed,
    "TextApproved": partial(_handed_over, "text"),
    "EmailApproved": partial(_handed_over, "e-mail"),
    "CallApproved": partial(_handed_over, "call"),
    "LetterApproved": partial(_handed_over, "letter"),
    "PushApproved": partial(_handed_over, "notification"),
    "AttemptStarted": _started,
    "AttemptAccepted": _accepted,
    "AttemptRejected": _not_sent,
    "AttemptInDoubt": _in_doubt,
    "AttemptStatusChanged": _status,
    "CallFinding": lambda body, told: f"on the call: {body['finding']} ({body['rule_id']}, {body['citation']})",
    "CallbackReceived": _callback,
    "OptedOut": _opted_out,
    "OptedIn": _opted_in,
    "ReplyReceived": _replied,
    "SuppressionChanged": _suppression,
    "PaymentSettled": _paid,
    "PaymentFailed": _failed,
    "PaymentReversed": _reversed,
    "ArrangementAgreed": _agreed,
    "ArrangementBroken": _broken,
    "ArrangementKept": _kept,
    "AccountUpdated": _updated,
    "AccountRecalled": _recalled,
    "PreferenceStated": _preferred,
    "PushSubscribed": lambda body, told: f"let a browser take notifications from us (by {body['source']})",
    "ContactWithdrawn": _withdrawn,
    "ApprovalWithdrawn": _barred,
    "CoordinationBroken": _coordination,
    "ConsumerProfileChanged": _profile,
    "TimerDue": _due,
    "ChoiceMade": lambda body, told: chosen(body),
    "ChoiceAsked": lambda body, told: f"asked which way to go on, by {body['choice_id']} for {body['bucket']}",
    "ChoiceRewarded": lambda body, told: (
        f"{words(body['what'])} after {body['option']} was chosen by {body['choice_id']}"
    ),
    "FactLearned": _learned,
    "RulePackLoaded": _pack,
}
