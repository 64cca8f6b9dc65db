-- One row for each contact that a person is asked about before the gate: waiting, released, or withheld.
create view reporting.held_contacts as
select
    h.contact_id,
    h.consumer_id,
    h.body ->> 'channel' as channel,
    h.body ->> 'strategy_id' as strategy_id,
    h.body ->> 'step_id' as step_id,
    (h.body ->> 'held_at')::timestamptz as held_at,
    (h.body ->> 'not_after')::timestamptz as not_after,
    case d.event_type when 'ContactReleased' then 'released' when 'ContactWithheld' then 'withheld' else 'waiting' end
        as state,
    d.decided_at,
    d.decided_by,
    d.reason
from (
    select distinct on (contact_id) contact_id, consumer_id, body
    from reporting.events
    where event_type = 'ContactHeld'
    order by contact_id, partition, "offset"
) h
left join (
    select distinct on (contact_id)
        contact_id,
        event_type,
        coalesce(body ->> 'released_at', body ->> 'withheld_at')::timestamptz as decided_at,
        body ->> 'by' as decided_by,
        body ->> 'reason' as reason
    from reporting.events
    where event_type in ('ContactReleased', 'ContactWithheld')
    order by contact_id, partition, "offset"
) d using (contact_id);
