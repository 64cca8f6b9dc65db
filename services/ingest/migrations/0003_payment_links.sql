-- What we asked consumers to pay at Stripe, and what Stripe told of it. The first is the record that the second is held to.

create table ingest.payment_links (
    payment_id text primary key,                   -- the client's id of it, made unique among clients
    client_id text not null,
    debt_id text not null,
    amount numeric not null,
    currency text not null,
    asked_at timestamptz not null,
    tries integer not null default 1,              -- part of the key of idempotency: another only after an error for good
    session_id text unique,
    url text,
    expires_at timestamptz,
    payment_intent text unique,                    -- known from the first event that names it
    state text not null default 'opening'
        check (state in ('opening', 'open', 'under-way', 'paid', 'failed', 'expired', 'reversed')),
    declined text                                  -- why the last card was refused, while the page could still be paid on
);

-- Each event as it came, signed. It holds what a payer typed at Stripe: personal data, and nobody needs it in the log.
create table ingest.payment_events (
    event_id text primary key,
    type text not null,
    body bytea not null,
    received_at timestamptz not null,
    payment_intent text,
    payment_id text,                               -- of the link that it is about, once that is known
    outcome text not null default 'received'
        check (outcome in ('received', 'recorded', 'nothing', 'waiting', 'quarantined')),
    reason text
);

create index payment_events_to_do on ingest.payment_events (received_at) where outcome = 'received';
create index payment_events_waiting on ingest.payment_events (payment_intent) where outcome = 'waiting';
create index payment_events_rejects on ingest.payment_events (payment_id) where outcome in ('waiting', 'quarantined');
