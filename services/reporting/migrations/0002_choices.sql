-- What choosers learned and what experiments show. Shares have their 95 % interval after Wilson: it holds for few, too.

-- One row for each choice that was made for a consumer. It is over when the time for its reward is; `learned` is of how many
-- choices the chooser knew the end by then.
create view reporting.choices as
select distinct on (m.consumer_id, m.choice_id, m.sequence)
    m.*,
    r.occurred_at as rewarded_at,
    r.body ->> 'what' as rewarded_by
from (
    select
        consumer_id,
        body ->> 'choice_id' as choice_id,
        (body ->> 'sequence')::bigint as sequence,
        body ->> 'strategy_id' as strategy_id,
        body ->> 'bucket' as bucket,
        body ->> 'option' as option,
        (body ->> 'held_out')::boolean as held_out,
        (body ->> 'propensity_millionths')::bigint / 1e6 as propensity,
        (body ->> 'learned')::bigint as learned,
        occurred_at as made_at,
        occurred_at + (body ->> 'horizon_seconds')::bigint * interval '1 second' as over_at,
        partition,
        "offset"
    from reporting.events
    where event_type = 'ChoiceMade'
) as m
left join reporting.events r
    on r.event_type = 'ChoiceRewarded'
    and r.body ->> 'for_consumer_id' = m.consumer_id
    and r.body ->> 'choice_id' = m.choice_id
    and (r.body ->> 'sequence')::bigint = m.sequence
order by m.consumer_id, m.choice_id, m.sequence, m.partition, m."offset", r.partition, r."offset";

-- A share of so many: the middle and the half width of its interval.
create function reporting.wilson(rewarded bigint, of bigint, out share numeric, out low numeric, out high numeric)
language sql immutable as $$
    select
        rewarded::numeric / nullif(of, 0),
        greatest(0, (rewarded + 1.9208 - 1.96 * sqrt(rewarded * (of - rewarded)::numeric / nullif(of, 0) + 0.9604)) / (of + 3.8416)),
        least(1, (rewarded + 1.9208 + 1.96 * sqrt(rewarded * (of - rewarded)::numeric / nullif(of, 0) + 0.9604)) / (of + 3.8416))
$$;

-- Each option of each choice in each bucket. Rates are of choices that are over, by the log's own time: `now()` is not asked.
create view reporting.choice_options as
select
    choice_id, bucket, option, chosen, held_out, mean_propensity, over, rewarded,
    w.share as rate, w.low as rate_low, w.high as rate_high
from (
    select
        choice_id, bucket, option,
        count(*) as chosen,
        count(*) filter (where held_out) as held_out,
        avg(propensity) as mean_propensity,
        count(*) filter (where over_at <= latest.at) as over,
        count(rewarded_at) filter (where over_at <= latest.at) as rewarded
    from reporting.choices
    cross join (select max(written_at) as at from reporting.events) as latest
    group by choice_id, bucket, option
) as counted
cross join lateral reporting.wilson(rewarded, over) as w;

-- Consumers by the arm that they were in at their first contact in it; answered and paid: at any time after it was asked for.
create view reporting.experiment_consumers as
select
    e.*,
    coalesce(r.last_at >= e.since, false) as answered,
    coalesce(p.last_at >= e.since, false) as paid
from (
    select distinct on (a.experiment_id, q.consumer_id)
        a.experiment_id, a.arm, a.propensity_millionths / 1e6 as propensity, q.consumer_id, q.occurred_at as since
    from reporting.events q
    cross join lateral jsonb_to_recordset(q.body -> 'arms')
        as a (experiment_id text, arm text, propensity_millionths bigint)
    where q.event_type = 'ContactRequested'
    order by a.experiment_id, q.consumer_id, q.occurred_at, q."offset"
) as e
left join (
    select consumer_id, max(received_at) as last_at from reporting.replies where intent <> 'OPT_OUT' group by consumer_id
) as r using (consumer_id)
left join (select consumer_id, max(settled_at) as last_at from reporting.payments group by consumer_id) as p
    using (consumer_id);

create view reporting.experiments as
select
    experiment_id, arm, consumers, answered, paid,
    a.share as answer_rate, a.low as answer_low, a.high as answer_high,
    p.share as payment_rate, p.low as payment_low, p.high as payment_high
from (
    select
        experiment_id, arm,
        count(*) as consumers,
        count(*) filter (where answered) as answered,
        count(*) filter (where paid) as paid
    from reporting.experiment_consumers
    group by experiment_id, arm
) as counted
cross join lateral reporting.wilson(answered, consumers) as a
cross join lateral reporting.wilson(paid, consumers) as p;
