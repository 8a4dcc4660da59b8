-- What people do about a case: by when they should have, who does, what they propose, decide and note.
alter table reconciler.discrepancies
    add column due_at timestamptz,
    -- Kind and id of the key or user who sees to it; null: nobody does yet.
    add column owner varchar,
    -- What two people decided, where that closed it; null where it closed by itself, or is open.
    add column resolution uuid;
update reconciler.discrepancies set due_at = opened_at + interval '1 day';
alter table reconciler.discrepancies alter column due_at set not null;
create index discrepancies_open_by_due on reconciler.discrepancies (due_at, id) where closed_at is null;
create index discrepancies_by_due on reconciler.discrepancies (due_at, id);
create index discrepancies_open_by_owner on reconciler.discrepancies (owner, due_at, id) where closed_at is null;

-- The proposals, as the payout's events tell of them; written in the transaction that appends the events.
create table reconciler.proposals (
    id uuid primary key,
    discrepancy uuid not null,
    -- 1, 2, 3… per case.
    number int not null,
    stream_id varchar not null,
    -- A final status; null: the disagreement is accepted as it is.
    outcome varchar(20),
    note varchar not null,
    proposed_by varchar not null,
    proposed_at timestamptz not null,
    expires_at timestamptz not null,
    -- When something new was first said after it.
    stale_since timestamptz,
    -- approved, rejected, superseded, moot; null while it waits.
    decision varchar(20),
    decided_by varchar,
    decided_at timestamptz,
    decision_note varchar,
    unique (discrepancy, number)
);
create index proposals_pending on reconciler.proposals (discrepancy) where decision is null;
create index proposals_by_payout on reconciler.proposals (stream_id);

-- What people noted, and who took or gave a case: added to, never changed.
create table reconciler.case_entries (
    id bigint generated always as identity primary key,
    discrepancy uuid not null,
    -- noted, assigned, unassigned
    kind varchar(20) not null,
    text varchar,
    owner varchar,
    said_by varchar not null,
    said_at timestamptz not null
);
create index case_entries_by_case on reconciler.case_entries (discrepancy, id);

-- What those who acted on cases are called, as they last were: what is recorded names them by id.
create table reconciler.case_people (
    reference varchar primary key,
    name varchar not null
);
