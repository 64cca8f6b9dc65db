"""Every metric of every service, declared once: name, kind, help and labels; labels are finite sets, never ids."""

from prometheus_client import Counter, Gauge, Histogram

BATCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

EVENTS_HANDLED = Counter("counterpoint_events_handled", "Events applied, by service and type.", ["service", "event"])
EVENTS_PUBLISHED = Counter(
    "counterpoint_events_published", "Events confirmed by the broker, by service and topic.", ["service", "topic"]
)
EVENTS_REPEATED = Counter(
    "counterpoint_events_repeated", "Redelivered events recognised as applied before.", ["service"]
)
DEAD_LETTERS = Counter(
    "counterpoint_dead_letters", "Messages set aside because they could not be used.", ["service", "topic"]
)
BATCHES = Histogram(
    "counterpoint_batch_seconds",
    "Time from a batch's arrival until all that follows from it is out, real seconds.",
    ["service"],
    buckets=BATCH_SECONDS,
)
CONSUMERS_IN_STATE = Gauge(
    "counterpoint_state_consumers", "Consumers whose state this worker holds, by partition.", ["service", "partition"]
)
RECOVERED = Counter("counterpoint_state_recovered", "Changelog records read back into state.", ["service"])
VERDICTS = Counter("counterpoint_verdicts", "Answers of the gate, by kind and deciding rule.", ["verdict", "rule"])
SENDS = Counter("counterpoint_sends", "Calls to a provider, by channel and outcome.", ["channel", "outcome"])
TAKEN_BACK = Counter(
    "counterpoint_taken_back",
    "Contacts that a provider was asked not to send after a stop or a withdrawal, by channel and outcome.",
    ["channel", "outcome"],
)
ENDS_ASKED = Counter(
    "counterpoint_ends_asked",
    "Times that a provider was asked how a message ended of which no callback told, by channel and outcome.",
    ["channel", "outcome"],
)
NUMBERS_CHECKED = Counter(
    "counterpoint_numbers_checked", "Times that Twilio was asked what a number is, by what it answered.", ["answer"]
)
TEXT_PARTS = Counter(
    "counterpoint_text_parts", "Parts in which networks carry the texts that were composed, by alphabet.", ["alphabet"]
)
PROVIDER_OPEN = Gauge(
    "counterpoint_provider_open",
    "1 while a provider is used, 0 while it is left out because it does not take anything.",
    ["channel", "provider"],
)
CALL_FINDINGS = Counter(
    "counterpoint_call_findings",
    "Rules that people of ours broke in talks with consumers, each once in a call, by rule.",
    ["rule"],
)
CALLBACKS = Counter(
    "counterpoint_callbacks",
    "Callbacks received, by channel, kind and what became of them.",
    ["channel", "kind", "outcome"],
)
OPT_OUT_SECONDS = Histogram(
    "counterpoint_opt_out_seconds",
    "Time from what bars an address, such as a stop on any channel, until this channel cannot send, real seconds.",
    ["channel"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0),
)
TIMER_OVERDUE = Gauge(
    "counterpoint_timer_overdue_seconds",
    "Age of the oldest timer that is due and has not come back through the log yet, real seconds; 0 if there is none.",
    ["service", "partition"],
)
PLACEMENT_ROWS = Counter("counterpoint_placement_rows", "Rows of placements, by outcome.", ["outcome"])
PAYMENT_EVENTS = Counter(
    "counterpoint_payment_events",
    "Events of the payment provider, and results of cards on calls, by what became of them: recorded, nothing, waiting"
    " or quarantined.",
    ["outcome"],
)
ROWS_STORED = Counter("counterpoint_read_model_rows", "Events stored in the read model.", ["topic"])
READ_MODEL_LAG = Gauge(
    "counterpoint_read_model_lag_seconds",
    "Age of the newest event of the last batch when it was stored in the read model, seconds of the stack's clock.",
)
CONTACTS_REQUESTED = Counter(
    "counterpoint_contacts_requested", "Contacts asked of the gate, by strategy and step.", ["strategy", "step"]
)
CONVERSATIONS_ENDED = Counter(
    "counterpoint_conversations_ended", "Conversations that ended, by strategy and reason.", ["strategy", "reason"]
)
COORDINATION_BREAKS = Counter(
    "counterpoint_coordination_breaks", "Contacts that fell out of the one conversation, by what was wrong.", ["kind"]
)
