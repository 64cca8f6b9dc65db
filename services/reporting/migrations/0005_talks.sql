-- One row for each rule that a person of ours broke in a talk with a consumer: each rule once in a call.
create view reporting.call_findings as
select distinct on (body ->> 'call_id', body ->> 'rule_id')
    body ->> 'call_id' as call_id,
    body ->> 'rule_id' as rule_id,
    consumer_id,
    contact_id,
    body ->> 'attempt_id' as attempt_id,
    body ->> 'citation' as citation,
    (body ->> 'must')::boolean as must,
    body ->> 'finding' as finding,
    (body ->> 'found_at')::timestamptz as found_at
from reporting.events
where event_type = 'CallFinding'
order by body ->> 'call_id', body ->> 'rule_id', partition, "offset";
