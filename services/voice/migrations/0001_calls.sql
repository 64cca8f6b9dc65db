-- What a call needs while it lasts: who may be on the line, and the call itself, written down before it is placed.
-- Tables are in a schema of their own, which is the search path of these steps.

create table people (
    consumer_id text primary key,
    first_name text not null default '',
    full_name text not null default '',
    language text not null default 'en',
    born_on date,
    zips text[] not null default '{}',
    states text[] not null default '{}',
    account jsonb not null default '{}'           -- what may be told of the debts, in words, once it is known who listens
);

create table calls (
    attempt_id text primary key,
    contact_id text not null,
    consumer_id text not null,
    address_id text not null,
    number text not null,
    language text not null,
    automated boolean not null,                    -- whether a machine may speak on it
    conditions text[] not null,
    started_at timestamptz not null,
    expires_at timestamptz not null,
    sid text                                       -- the provider's id, once it is known
);

-- A call whose answer was lost is looked for by its number, among the provider's calls that are no other attempt's.
create index calls_by_number on calls (number);
create index calls_by_sid on calls (sid);
