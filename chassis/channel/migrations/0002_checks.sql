-- What is known of numbers, and when the provider is asked about them (again); used by channels that ask.

create table checks (
    address_id text not null,
    consumer_id text not null,
    number text not null,
    verified_on date,                              -- last date on which the number was known to be the consumer's
    ask_at timestamptz not null,                   -- what is known holds until then
    claimed_until timestamptz,                     -- a worker is asking; nobody else asks before
    asked_at timestamptz,                          -- null until the provider has answered
    line text not null default '',
    standing text not null default '',
    primary key (address_id, consumer_id)
);

create index checks_by_time on checks (ask_at);
