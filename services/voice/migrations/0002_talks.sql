-- Talks with our own people that are written down: of each line its marks, of each talk the rules that were told of.
-- No words are here.

create table lines (
    sid text not null,                             -- the provider's id of the call
    number bigint not null,                        -- its place in the talk, from 2 on
    marks text[] not null,                         -- rules that it speaks to, and whether it verifies or stops
    last boolean not null,                         -- says only that the talk is over
    heard_at timestamptz not null,
    primary key (sid, number)
);

create table findings (
    sid text not null,
    rule_id text not null,
    primary key (sid, rule_id)
);
