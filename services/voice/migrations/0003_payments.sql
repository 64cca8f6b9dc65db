-- Payments by card on the line: what was offered and asked for, written down before the provider is told to charge.

alter table people add column due jsonb;           -- the one payment that may be offered; nothing once it was made

create table payments (
    call_sid text not null,
    number text not null,                          -- of this payment in its call
    consumer_id text not null,
    story text not null,
    due jsonb not null,                            -- debt, amount and currency: to this every result is held
    state text not null,                           -- offered, asked, settled, failed or broken-off
    offered_at timestamptz not null,
    confirmation text unique,                      -- the processor's; two payments have never the same
    reason text,                                   -- why it failed
    ended_at timestamptz,
    published boolean not null default true,       -- false while the log has yet to be told of its end
    primary key (call_sid, number)
);
create index payments_to_tell on payments (ended_at) where not published;

-- Results that differ from what was asked for: posted by nobody, and looked at by a person.
create table payment_rejects (
    call_sid text not null,
    number text not null,
    result text not null,
    confirmation text not null,
    amount text not null,
    currency text not null,
    reason text not null,
    received_at timestamptz not null,
    primary key (call_sid, number, result, confirmation, amount, currency, reason)
);
