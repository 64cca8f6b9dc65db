-- Promises and what became of them, payments that went back, and contacts that fell out of the conversation.

create or replace view reporting.payments as
select p.*, r.reversed_at
from (
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
    order by payment_id, partition, "offset"
) p
left join (
    select body ->> 'payment_id' as payment_id, min((body ->> 'reversed_at')::timestamptz) as reversed_at
    from reporting.events
    where event_type = 'PaymentReversed'
    group by 1
) r using (payment_id);

-- One row for each arrangement: kept, broken, or open still. A kept one may be open again when money goes back.
create view reporting.arrangements as
select
    a.body ->> 'arrangement_id' as arrangement_id,
    a.consumer_id,
    a.body ->> 'kind' as kind,
    a.body -> 'debt_ids' as debt_ids,
    jsonb_array_length(a.body -> 'instalments') as instalments,
    (select sum((i ->> 'amount')::numeric) from jsonb_array_elements(a.body -> 'instalments') as i) as amount,
    (a.body ->> 'agreed_at')::timestamptz as agreed_at,
    k.kept_at,
    b.broken_at,
    b.missing
from (
    select distinct on (body ->> 'arrangement_id') *
    from reporting.events
    where event_type = 'ArrangementAgreed'
    order by body ->> 'arrangement_id', partition, "offset"
) a
left join (
    select body ->> 'arrangement_id' as arrangement_id, max((body ->> 'kept_at')::timestamptz) as kept_at
    from reporting.events where event_type = 'ArrangementKept' group by 1
) k on k.arrangement_id = a.body ->> 'arrangement_id'
left join (
    select
        body ->> 'arrangement_id' as arrangement_id,
        min((body ->> 'broken_at')::timestamptz) as broken_at,
        max((body ->> 'missing')::numeric) as missing
    from reporting.events where event_type = 'ArrangementBroken' group by 1
) b on b.arrangement_id = a.body ->> 'arrangement_id';

-- There should be none; each with its reason.
create view reporting.coordination_breaks as
select distinct on (event_id)
    event_id,
    consumer_id,
    contact_id,
    body ->> 'channel' as channel,
    body ->> 'kind' as kind,
    body ->> 'reason' as reason,
    body ->> 'other_contact_id' as other_contact_id,
    (body ->> 'known_at')::timestamptz as known_at,
    (body ->> 'made_at')::timestamptz as made_at
from reporting.events
where event_type = 'CoordinationBroken'
order by event_id, partition, "offset";

-- The share of contacts that went out in step with all that was known.
create view reporting.coordination as
select
    (select count(*) from reporting.attempts where accepted_at is not null) as contacts,
    (select count(*) from reporting.coordination_breaks) as breaks,
    (
        select coalesce(jsonb_object_agg(kind, n), '{}')
        from (select kind, count(*) as n from reporting.coordination_breaks group by kind) as by_kind
    ) as by_kind;

-- The newest record of each consumer, without what is personal.
create view reporting.profiles as
select distinct on (consumer_id) consumer_id, body as profile, occurred_at as known_at
from reporting.events
where event_type = 'ConsumerProfileChanged'
order by consumer_id, partition, "offset" desc;
