-- What a channel must find by address: whose it is, and what came from addresses that nobody had.
-- Tables are in the channel's own schema, which is the search path of these steps.

create table addresses (
    address_id text not null,
    consumer_id text not null,
    address text not null,                         -- in its one canonical form
    primary key (address_id, consumer_id)
);

-- A stop said at one address bars the consumer's other addresses too, at once.
create index addresses_by_consumer on addresses (consumer_id);

create table parked (
    message_id text primary key,
    address_id text not null,
    body bytea not null,                           -- the message as it came
    received_at timestamptz not null
);

create index parked_by_address on parked (address_id);
