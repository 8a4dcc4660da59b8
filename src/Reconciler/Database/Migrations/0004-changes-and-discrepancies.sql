-- The ledger feed. Positions are dense, in commit order: they come from one row that is locked until commit.
create table reconciler.feed_head (
    singleton boolean primary key default true check (singleton),
    position bigint not null default 0
) with (fillfactor = 10);
insert into reconciler.feed_head default values;

create table reconciler.changes (
    position bigint primary key,
    epoch uuid not null,
    stream_id varchar not null,
    status_version bigint not null,
    kind varchar(40) not null,
    body jsonb not null,
    recorded_at timestamptz not null
);

create table reconciler.discrepancies (
    id uuid primary key,
    stream_id varchar not null,
    connection varchar(63) not null,
    kind varchar(30) not null,
    evidence varchar[] not null,
    detail varchar not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    closed_because varchar
);
create index discrepancies_open on reconciler.discrepancies (opened_at desc, id desc) where closed_at is null;
create index discrepancies_by_opening on reconciler.discrepancies (opened_at desc, id desc);
create index discrepancies_by_payout on reconciler.discrepancies (stream_id);
