-- What clients reported of placed accounts, beside payments: updates, recalls, arrangements, failures, reversals.

create table ingest.reports (
    kind text not null,
    report_id text not null,
    content text not null,                         -- what it says, to tell a repeat from another report
    event bytea not null,                          -- as published, to be sent again unchanged
    published boolean not null default false,
    primary key (kind, report_id)
);
