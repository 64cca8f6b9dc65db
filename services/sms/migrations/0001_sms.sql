-- What the text channel must find by number: whose it is, and what came from numbers that nobody had.

create table sms.directory (
    address_id text not null,
    consumer_id text not null,
    number text not null,                          -- E.164
    primary key (address_id, consumer_id)
);

create table sms.parked (
    message_sid text primary key,
    address_id text not null,
    body bytea not null,                           -- the callback as it came
    received_at timestamptz not null
);

create index parked_by_address on sms.parked (address_id);
