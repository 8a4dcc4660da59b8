-- Who did what. Each row's hash covers its content and the hash before it, under a key that the database does not have: a row that is
-- changed, taken out or put in between breaks the chain.
create table reconciler.audit_log (
    number bigint primary key,
    recorded_at timestamptz not null,
    actor_kind varchar(20) not null,
    actor_id varchar(100) not null,
    actor_name varchar(100) not null,
    act varchar(60) not null,
    subject varchar(500),
    -- JSON as text: what was hashed must come back byte by byte.
    before text,
    after text,
    why varchar(2000),
    address varchar(60),
    user_agent varchar(200),
    former bytea not null,
    hash bytea not null
);
create index audit_log_by_act on reconciler.audit_log (act, number desc);
create index audit_log_by_actor on reconciler.audit_log (actor_id, number desc);
create index audit_log_by_subject on reconciler.audit_log (subject text_pattern_ops, number desc);

-- Locked by whoever writes, until commit: the chain has one end.
create table reconciler.audit_head (
    singleton boolean primary key default true check (singleton),
    number bigint not null default 0,
    hash bytea not null default decode(repeat('00', 32), 'hex')
);
insert into reconciler.audit_head default values;

create function reconciler.audit_stays() returns trigger language plpgsql as $$
begin
    raise exception 'The audit log is only added to.';
end
$$;
create trigger audit_stays before update or delete or truncate on reconciler.audit_log
    for each statement execute function reconciler.audit_stays();
create trigger audit_head_stays before delete or truncate on reconciler.audit_head
    for each statement execute function reconciler.audit_stays();
