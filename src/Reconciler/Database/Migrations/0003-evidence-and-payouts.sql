-- The kept bytes of deliveries and of poll answers, apart from the events, so that they can be erased per payout.
create table reconciler.evidence (
    connection varchar(63) not null,
    -- SHA-256 of the raw body. With the connection it is the permanent dedupe.
    digest bytea not null,
    stream_id varchar,
    body bytea not null,
    content_type varchar,
    headers jsonb,
    http_status int,
    verified_by varchar,
    delivery_id varchar,
    -- Why no observation could be read from it, where none could.
    unreadable varchar,
    -- How often these bytes came verified, came as a nudge, came as an answer. The first of its kind makes an event; more only count.
    deliveries int not null,
    nudges int not null,
    answers int not null,
    received_at timestamptz not null,
    last_seen_at timestamptz not null,
    primary key (connection, digest)
);
create index evidence_unreadable on reconciler.evidence (connection, received_at) where unreadable is not null;

-- The read model, written in the transaction that appends the events: reads are never behind.
create table reconciler.payouts (
    stream_id varchar primary key,
    connection varchar(63) not null,
    provider varchar(20) not null,
    provider_payout_id varchar not null,
    reference varchar,
    status varchar(20) not null,
    final boolean not null,
    confidence varchar(20) not null,
    rule varchar(20) not null,
    status_version bigint not null,
    amount numeric(24, 4),
    currency varchar(3),
    recipient varchar,
    recipient_digest varchar(32),
    provider_reference varchar,
    open_discrepancies varchar[] not null,
    first_seen_at timestamptz not null,
    last_heard_at timestamptz,
    last_polled_at timestamptz,
    next_poll_at timestamptz,
    -- When it becomes a named case if no final comes; null once it has or one came.
    overdue_at timestamptz,
    -- When the silence clock looks at it: no later than it is due for a poll or overdue. A webhook that pushes the poll away leaves it
    -- where it is, since moving it would touch every index of the row; the clock moves it when it looks and finds nothing due.
    check_at timestamptz,
    final_at timestamptz,
    version bigint not null,
    -- The fold of the stream: the next evidence is folded into it without reading the stream again.
    state json not null,
    poll_lease_until timestamptz,
    poll_faults int not null
);
-- The silence clock's claim, in due order.
create index payouts_to_check on reconciler.payouts (connection, check_at) where check_at is not null;
-- The list's keyset.
create index payouts_by_first_seen on reconciler.payouts (first_seen_at desc, stream_id desc);

-- Rows are rewritten as their evidence comes; room on the page keeps most of that in place.
alter table reconciler.payouts set (fillfactor = 60);
alter table reconciler.mt_streams set (fillfactor = 70);

-- The bounded log of deliveries that were not verified, and of nudges about payouts that nobody registered.
create table reconciler.rejected_deliveries (
    id bigint generated always as identity primary key,
    connection varchar(63) not null,
    reason varchar(40) not null,
    digest bytea not null,
    -- The beginning of the body only: enough to see what it was.
    body_head bytea not null,
    body_bytes int not null,
    remote_address varchar,
    received_at timestamptz not null
);
create index rejected_deliveries_by_connection on reconciler.rejected_deliveries (connection, id);
