-- By which way a consumer last wrote from an address, and when; used by channels with more than one.
-- No row: by the channel's ordinary way, or never.

create table ways (
    address_id text primary key,
    heard_at timestamptz not null
);
