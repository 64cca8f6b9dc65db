-- The read model. Tables are filled by the service; everything else is a view on them.
-- A record comes at least once and topics come in any order, so every table is a function of the set of records seen.

create table reporting.events (
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    event_type text not null,
    event_id text not null,                        -- twice in the log if a producer was cut off and said it again
    consumer_id text,
    contact_id text,
    correlation_id text not null,
    causation_id text,
    producer text not null,
    producer_version text not null,
    occurred_at timestamptz not null,
    written_at timestamptz,
    body jsonb not null,                           -- the event without its meta and without what is personal
    primary key (topic, partition, "offset")
);

create index events_by_type on reporting.events (event_type);
-- Hash, because whoever writes to a topic from outside may choose ids longer than another index can hold.
create index events_by_consumer on reporting.events using hash (consumer_id) where consumer_id is not null;
create index events_by_contact on reporting.events using hash (contact_id) where contact_id is not null;

-- Names, numbers, texts, account numbers: apart, so that a role can be kept from them and they can be erased.
create table reporting.personal (
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    body jsonb not null,                           -- in the shape of the event's body
    primary key (topic, partition, "offset")
);

create table reporting.requests (
    contact_id text primary key,
    consumer_id text not null,
    channel text not null,
    address_id text not null,
    debt_ids text[] not null,
    purpose text not null,
    template_id text not null,
    language text not null,
    strategy_id text not null,
    step_id text not null,
    requested_at timestamptz not null,
    not_after timestamptz not null,
    partition integer not null,
    "offset" bigint not null
);

create table reporting.verdicts (
    contact_id text primary key,
    consumer_id text not null,
    channel text not null,
    address_id text not null,
    purpose text not null,
    verdict text not null check (verdict in ('approved', 'deferred', 'vetoed')),
    deciding_rule text,
    decided_at timestamptz not null,
    earliest_at timestamptz,
    expires_at timestamptz,
    rules_asked integer not null,
    rule_pack text not null,
    partition integer not null,
    "offset" bigint not null
);

create table reporting.attempts (
    attempt_id text primary key,
    contact_id text not null,
    consumer_id text not null,
    channel text not null,
    address_id text not null,
    provider text not null,
    provider_id text collate "C",
    started_at timestamptz,
    accepted_at timestamptz,
    status text not null,
    outcome text not null check (outcome in ('open', 'delivered', 'failed')),
    status_at timestamptz not null,
    reason_class text,
    reason text,
    provider_code text,
    rank integer not null,
    partition integer not null,
    "offset" bigint not null
);

create index attempts_by_contact on reporting.attempts (contact_id);

create table reporting.accounts (
    debt_id text not null,
    placement_sequence integer not null,
    placement_id text not null,
    consumer_id text not null,
    client_id text not null,
    batch_id text not null,
    row_number integer not null,
    debt_type text not null,
    current_creditor text not null,
    currency text not null,
    balance numeric not null,
    language text not null,
    zone text,                                     -- where the consumer most likely is
    zones text[] not null,                         -- where the consumer may be
    placed_at timestamptz not null,
    partition integer not null,
    "offset" bigint not null,
    primary key (debt_id, placement_sequence)
);

create index accounts_by_consumer on reporting.accounts (consumer_id);

-- One row per contact; two only if two attempts were ever made for one, which must not happen.
create view reporting.contacts as
select
    contact_id,
    coalesce(r.consumer_id, v.consumer_id, a.consumer_id) as consumer_id,
    coalesce(r.channel, v.channel, a.channel) as channel,
    coalesce(r.address_id, v.address_id, a.address_id) as address_id,
    coalesce(r.purpose, v.purpose) as purpose,
    r.debt_ids, r.template_id, r.language, r.strategy_id, r.step_id, r.requested_at, r.not_after,
    v.verdict, v.deciding_rule, v.decided_at, v.earliest_at, v.expires_at, v.rules_asked,
    a.attempt_id, a.provider, a.provider_id, a.started_at, a.accepted_at,
    a.status, a.outcome, a.status_at, a.reason_class, a.reason, a.provider_code
from reporting.requests r
full join reporting.verdicts v using (contact_id)
full join reporting.attempts a using (contact_id);

-- What rules say again and again: verdicts name it by number, under a rule pack and a version of the gate.
create view reporting.standard_findings as
select distinct on (e.body ->> 'rule_pack', e.producer_version, f.number)
    e.body ->> 'rule_pack' as rule_pack, e.producer_version, f.number - 1 as number, f.finding
from reporting.events e
cross join lateral jsonb_array_elements(e.body -> 'standard_findings') with ordinality as f (finding, number)
where e.event_type = 'RulePackLoaded'
order by e.body ->> 'rule_pack', e.producer_version, f.number, e.occurred_at desc;

-- Every rule asked about every contact, with what it said: in full, or by number.
create view reporting.findings as
select v.contact_id, v.consumer_id, v.verdict, v.decided_at, f.rule_id, f.citation, f.result, f.reason, f.earliest_at
from reporting.verdicts v
join reporting.events e
    on e.topic = 'counterpoint.contact-verdicts.v1' and e.partition = v.partition and e."offset" = v."offset"
cross join lateral jsonb_to_recordset(e.body -> 'findings')
    as f (rule_id text, citation text, result text, reason text, earliest_at timestamptz)
union all
select
    v.contact_id, v.consumer_id, v.verdict, v.decided_at,
    s.finding ->> 'rule_id', s.finding ->> 'citation', s.finding ->> 'result', s.finding ->> 'reason', null
from reporting.verdicts v
join reporting.events e
    on e.topic = 'counterpoint.contact-verdicts.v1' and e.partition = v.partition and e."offset" = v."offset"
cross join lateral jsonb_array_elements_text(e.body -> 'standard_findings') as n (number)
join reporting.standard_findings s
    on s.rule_pack = v.rule_pack and s.producer_version = e.producer_version and s.number = n.number::bigint;

create view reporting.rules as
select
    rule_id,
    min(citation) as citation,
    count(*) as asked,
    count(*) filter (where result = 'ALLOWED') as allowed,
    count(*) filter (where result = 'DEFERRED') as deferred,
    count(*) filter (where result = 'VETOED') as vetoed,
    count(*) filter (where result = 'NOT_APPLICABLE') as not_applicable
from reporting.findings
group by rule_id;

create view reporting.payments as
select distinct on (payment_id)
    body ->> 'payment_id' as payment_id,
    consumer_id,
    body ->> 'debt_id' as debt_id,
    (body ->> 'amount')::numeric as amount,
    body ->> 'currency' as currency,
    body ->> 'method' as method,
    (body ->> 'settled_at')::timestamptz as settled_at
from reporting.events
where event_type = 'PaymentSettled'
order by payment_id, partition, "offset";

create view reporting.replies as
select distinct on (event_id)
    event_id,
    consumer_id,
    body ->> 'channel' as channel,
    body ->> 'address_id' as address_id,
    body ->> 'intent' as intent,
    (body ->> 'received_at')::timestamptz as received_at
from reporting.events
where event_type = 'ReplyReceived'
order by event_id, partition, "offset";

-- What consumers asked to stop, and when channels could know it. Often the reply itself, or the provider's refusal, has barred
-- the address before the opt-out is read: both follow from one first event. `barred_at` is null until an address is barred,
-- and stays so if every address was barred before.
create view reporting.opt_outs as
select distinct on (o.event_id)
    o.event_id,
    o.consumer_id,
    o.body ->> 'channel' as channel,
    o.body ->> 'scope' as scope,
    o.body ->> 'address_id' as address_id,
    o.body ->> 'source' as source,
    (o.body ->> 'stated_at')::timestamptz as stated_at,
    s.written_at as barred_at,
    s.written_at - (o.body ->> 'stated_at')::timestamptz as latency
from reporting.events o
left join reporting.events s
    on s.event_type = 'SuppressionChanged'
    and s.correlation_id = o.correlation_id
    and s.consumer_id = o.consumer_id
    and (s.body ->> 'active')::boolean
    and s.occurred_at >= (o.body ->> 'stated_at')::timestamptz
where o.event_type = 'OptedOut'
order by o.event_id, s.written_at, o.partition, o."offset";

create view reporting.suppressions as
select distinct on (consumer_id, channel, address_id)
    consumer_id,
    body ->> 'channel' as channel,
    body ->> 'address_id' as address_id,
    (body ->> 'active')::boolean as active,
    (body ->> 'since')::timestamptz as since,
    body ->> 'reason' as reason
from reporting.events
where event_type = 'SuppressionChanged'
order by consumer_id, channel, address_id, partition, "offset" desc;

create view reporting.batches as
select distinct on (batch_id)
    body ->> 'batch_id' as batch_id,
    body ->> 'client_id' as client_id,
    body ->> 'file_name' as file_name,
    (body ->> 'rows')::integer as rows,
    (body ->> 'placed')::integer as placed,
    (body ->> 'rejected')::integer as rejected,
    (body ->> 'repeated')::integer as repeated,
    (body ->> 'balance_placed')::numeric as balance_placed,
    (body ->> 'consumers')::integer as consumers,
    occurred_at as loaded_at
from reporting.events
where event_type = 'PlacementBatchLoaded'
order by batch_id, partition, "offset";

create view reporting.rejects as
select distinct on (batch_id, row_number)
    body ->> 'batch_id' as batch_id,
    (body ->> 'row_number')::integer as row_number,
    (body ->> 'line_number')::integer as line_number,
    body ->> 'client_id' as client_id,
    body -> 'codes' as codes,
    occurred_at as rejected_at
from reporting.events
where event_type = 'PlacementRejected'
order by batch_id, row_number, partition, "offset";

create view reporting.consumers as
select
    a.consumer_id,
    count(*) as accounts,
    sum(a.balance) as balance_placed,
    min(a.placed_at) as placed_at,
    (array_agg(a.language order by a.placed_at desc, a.debt_id))[1] as language,
    (array_agg(a.zone order by (a.zone is null), a.placed_at desc, a.debt_id))[1] as zone
from reporting.accounts a
group by a.consumer_id;

-- Everything counted at once; counterpoint/read_model.py has a field for each column.
create view reporting.summary as
select
    (select count(*) from reporting.events) as events,
    (select count(*) from reporting.accounts) as placed,
    (select count(*) from reporting.rejects) as rejected_rows,
    (
        select coalesce(jsonb_object_agg(code, n), '{}') from (
            select code, count(*) as n from reporting.rejects, jsonb_array_elements_text(codes) as code group by code
        ) as by_code
    ) as rejected,
    (select count(*) from reporting.requests) as requested,
    (select count(*) from reporting.verdicts where verdict = 'approved') as approved,
    (select count(*) from reporting.verdicts where verdict = 'deferred') as deferred,
    (select count(*) from reporting.verdicts where verdict = 'vetoed') as vetoed,
    (
        select coalesce(jsonb_object_agg(deciding_rule, n), '{}') from (
            select deciding_rule, count(*) as n from reporting.verdicts where verdict = 'deferred' group by deciding_rule
        ) as by_rule
    ) as deferred_by_rule,
    (
        select coalesce(jsonb_object_agg(deciding_rule, n), '{}') from (
            select deciding_rule, count(*) as n from reporting.verdicts where verdict = 'vetoed' group by deciding_rule
        ) as by_rule
    ) as vetoed_by_rule,
    (select count(*) from reporting.attempts) as attempts,
    (select count(*) from reporting.attempts where accepted_at is not null) as accepted,
    (select count(*) from reporting.attempts where outcome = 'delivered') as delivered,
    (
        select coalesce(jsonb_object_agg(reason, n), '{}') from (
            select coalesce(reason_class, 'UNKNOWN') as reason, count(*) as n
            from reporting.attempts where outcome = 'failed' group by 1
        ) as by_reason
    ) as failed,
    (select count(*) from reporting.attempts where status = 'IN_DOUBT') as in_doubt,
    (select count(*) from reporting.replies) as replies,
    (select count(*) from reporting.opt_outs) as opt_outs,
    (select count(*) from reporting.payments) as payments;
