"""Which topic holds which event, and who writes and reads it.

Generated from `schemas/` by `make schemas`; do not edit.
"""

from contracts import events
from contracts.topic import Topic

TOPICS: dict[str, Topic] = {
    "counterpoint.placements-raw.v1": Topic(
        name="counterpoint.placements-raw.v1",
        key="account",
        writers=("ingest", "upstream"),
        readers=("ingest", "reporting"),
        events=(events.PlacementSubmitted,),
        retention_days=-1,
        compacted=False,
        pii=True,
    ),
    "counterpoint.placement-batches.v1": Topic(
        name="counterpoint.placement-batches.v1",
        key="batch",
        writers=("ingest",),
        readers=("reporting",),
        events=(
            events.PlacementRejected,
            events.PlacementBatchLoaded,
        ),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.placements.v1": Topic(
        name="counterpoint.placements.v1",
        key="consumer",
        writers=("ingest",),
        readers=("orchestrator", "compliance", "sms", "reporting"),
        events=(
            events.AccountPlaced,
            events.AccountUpdated,
            events.AccountRecalled,
        ),
        retention_days=-1,
        compacted=False,
        pii=True,
    ),
    "counterpoint.consumer-statements.v1": Topic(
        name="counterpoint.consumer-statements.v1",
        key="consumer",
        writers=("sms", "upstream"),
        readers=("orchestrator", "compliance", "reporting"),
        events=(
            events.OptedOut,
            events.OptedIn,
            events.ReplyReceived,
            events.FactLearned,
            events.PreferenceStated,
        ),
        retention_days=-1,
        compacted=False,
        pii=True,
    ),
    "counterpoint.contact-requests.v1": Topic(
        name="counterpoint.contact-requests.v1",
        key="consumer",
        writers=("orchestrator",),
        readers=("orchestrator", "compliance", "reporting"),
        events=(
            events.ContactRequested,
            events.ContactWithdrawn,
        ),
        retention_days=-1,
        compacted=False,
        pii=True,
    ),
    "counterpoint.contact-verdicts.v1": Topic(
        name="counterpoint.contact-verdicts.v1",
        key="consumer",
        writers=("compliance",),
        readers=("orchestrator", "reporting"),
        events=(
            events.ContactApproved,
            events.ContactDeferred,
            events.ContactVetoed,
            events.ContactsReviewed,
        ),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.approved-sms.v1": Topic(
        name="counterpoint.approved-sms.v1",
        key="consumer",
        writers=("compliance",),
        readers=("sms", "reporting"),
        events=(events.TextApproved,),
        retention_days=-1,
        compacted=False,
        pii=True,
    ),
    "counterpoint.contact-attempts.v1": Topic(
        name="counterpoint.contact-attempts.v1",
        key="consumer",
        writers=("sms",),
        readers=("orchestrator", "compliance", "reporting"),
        events=(
            events.AttemptStarted,
            events.AttemptAccepted,
            events.AttemptRejected,
            events.AttemptInDoubt,
            events.AttemptStatusChanged,
        ),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.payments.v1": Topic(
        name="counterpoint.payments.v1",
        key="consumer",
        writers=("ingest", "orchestrator"),
        readers=("orchestrator", "compliance", "reporting"),
        events=(
            events.PaymentSettled,
            events.PaymentFailed,
            events.PaymentReversed,
            events.ArrangementAgreed,
            events.ArrangementBroken,
            events.ArrangementKept,
        ),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.suppressions.v1": Topic(
        name="counterpoint.suppressions.v1",
        key="consumer and address",
        writers=("compliance",),
        readers=("sms", "reporting"),
        events=(
            events.SuppressionChanged,
            events.ApprovalWithdrawn,
        ),
        retention_days=-1,
        compacted=True,
        pii=False,
    ),
    "counterpoint.rule-packs.v1": Topic(
        name="counterpoint.rule-packs.v1",
        key="pack",
        writers=("compliance",),
        readers=("reporting",),
        events=(events.RulePackLoaded,),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.strategies.v1": Topic(
        name="counterpoint.strategies.v1",
        key="strategy",
        writers=("orchestrator", "operator"),
        readers=("orchestrator", "reporting"),
        events=(
            events.StrategyPublished,
            events.StrategyPaused,
            events.StrategyResumed,
        ),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.held-contacts.v1": Topic(
        name="counterpoint.held-contacts.v1",
        key="consumer",
        writers=("orchestrator", "operator"),
        readers=("orchestrator", "reporting"),
        events=(
            events.ContactHeld,
            events.ContactReleased,
            events.ContactWithheld,
        ),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.provider-callbacks.v1": Topic(
        name="counterpoint.provider-callbacks.v1",
        key="consumer",
        writers=("sms",),
        readers=("sms", "reporting"),
        events=(events.CallbackReceived,),
        retention_days=-1,
        compacted=False,
        pii=True,
    ),
    "counterpoint.consumer-profiles.v1": Topic(
        name="counterpoint.consumer-profiles.v1",
        key="consumer",
        writers=("orchestrator",),
        readers=("reporting",),
        events=(events.ConsumerProfileChanged,),
        retention_days=-1,
        compacted=True,
        pii=True,
    ),
    "counterpoint.coordination-breaks.v1": Topic(
        name="counterpoint.coordination-breaks.v1",
        key="consumer",
        writers=("orchestrator",),
        readers=("reporting",),
        events=(events.CoordinationBroken,),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.timers.v1": Topic(
        name="counterpoint.timers.v1",
        key="consumer",
        writers=("orchestrator",),
        readers=("orchestrator", "reporting"),
        events=(events.TimerDue,),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.choice-questions.v1": Topic(
        name="counterpoint.choice-questions.v1",
        key="choice",
        writers=("orchestrator",),
        readers=("orchestrator", "reporting"),
        events=(
            events.ChoiceAsked,
            events.ChoiceRewarded,
        ),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
    "counterpoint.choices.v1": Topic(
        name="counterpoint.choices.v1",
        key="consumer",
        writers=("orchestrator",),
        readers=("orchestrator", "reporting"),
        events=(events.ChoiceMade,),
        retention_days=-1,
        compacted=False,
        pii=False,
    ),
}

TOPIC_OF: dict[type[events.Event], str] = {event: t.name for t in TOPICS.values() for event in t.events}

SERVICES: tuple[str, ...] = ("compliance", "ingest", "orchestrator", "reporting", "sms")
"""Every service that writes or reads a topic."""

JUDGED_LAST: dict[str, tuple[type[events.Event], ...]] = {
    "compliance": (events.ContactRequested,),
    "sms": (events.TextApproved,),
}
"""What a service must see after everything else of the same batch."""

STATEFUL: tuple[str, ...] = ("compliance", "orchestrator", "sms")
"""Services that remember consumers, and so have a changelog."""
