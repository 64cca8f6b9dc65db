-- What ingest remembers: which rows it has seen and what became of them, what is placed, who is who.
-- Personal data appears here only inside outcomes.event, the event as it was published.

create table ingest.batches (
    batch_id text primary key,
    client_id text not null,
    source text not null check (source in ('file', 'http', 'topic')),
    file_name text,
    content_sha256 text,
    mapping_version integer not null,
    received_at timestamptz not null,
    submitted_through integer not null default 0,  -- rows up to here are on the raw topic
    rows integer,                                  -- null until all of them are
    placed integer not null default 0,
    rejected integer not null default 0,
    repeated integer not null default 0,
    balance_placed numeric not null default 0,
    last_outcome_at timestamptz,
    consumers integer,
    announced_at timestamptz,                      -- when its totals went into the log
    answered_at timestamptz                        -- when its client was first told what became of it
);

create index batches_to_announce on ingest.batches (batch_id) where rows is not null and announced_at is null;

create table ingest.outcomes (
    batch_id text not null,
    row_number integer not null,
    outcome text not null check (outcome in ('placed', 'rejected', 'repeated')),
    submitted_id text not null,                    -- event id of the row, to tell a repeat from another row
    line_number integer not null,
    faults jsonb,                                  -- [[code, explanation], ...] of a rejected row
    consumer_id text,                              -- of a placed row
    decided_at timestamptz not null,
    event bytea,                                   -- as published, to be sent again unchanged; null for a repeat
    primary key (batch_id, row_number)
);

create table ingest.placements (
    debt_id text not null,
    placement_sequence integer not null,
    consumer_id text not null,
    batch_id text not null,
    row_number integer not null,
    placed_at timestamptz not null,
    primary key (debt_id, placement_sequence)
);

-- Strong keys only. One row per key, so that two workers who meet one new person at once agree on who it is.
create table ingest.identity_keys (
    identity_key text primary key,
    consumer_id text not null,
    since timestamptz not null
);

-- Rows whose keys name two consumers: a person decides whether they are one.
create table ingest.identity_conflicts (
    batch_id text not null,
    row_number integer not null,
    identity_key text not null,
    consumer_id text not null,
    other_consumer_id text not null,
    noticed_at timestamptz not null,
    primary key (batch_id, row_number, identity_key)
);

create table ingest.idempotency_keys (
    client_id text not null,
    idempotency_key text not null,
    batch_id text not null,
    primary key (client_id, idempotency_key)
);

create table ingest.payments (
    payment_id text primary key,
    debt_id text not null,
    amount numeric not null,
    method text not null,
    settled_at timestamptz not null,
    event bytea not null,
    published boolean not null default false
);
