-- The histories that this feed has had, the last one being its own. A database that was restored, copied or promoted gets a new one
-- before its first change, so that a reader's position in a future that is lost is refused, and one in the common past is not.
create table reconciler.feed_epochs (
    number integer primary key,
    epoch uuid not null unique,
    -- Up to this position the feed is that of the epoch before it, to the byte.
    begins_after bigint not null,
    began_at timestamptz not null default now(),
    because varchar(300) not null,
    -- Where the feed lay then: what a restore cannot help changing. Null until somebody looks.
    system_identifier bigint,
    timeline bigint,
    database_oid bigint,
    table_oid bigint
);
insert into reconciler.feed_epochs (number, epoch, begins_after, because)
select 1, epoch, 0, 'The database was made.' from reconciler.installation;

-- Where the feed lies. The timeline is that of the log being written: the one in the last checkpoint lags behind a promotion.
create function reconciler.feed_place(
    out system_identifier bigint, out timeline bigint, out database_oid bigint, out table_oid bigint)
language sql stable as $$
    select control.system_identifier, ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint,
        (select oid::bigint from pg_database where datname = current_database()), 'reconciler.feed_head'::regclass::oid::bigint
    from pg_control_system() as control
$$;

-- Begins another history. Whoever calls it holds the lock of feed_head's row.
create function reconciler.begin_feed_epoch(agrees_up_to bigint, reason text) returns uuid
language plpgsql as $$
declare
    live record;
    begun uuid := gen_random_uuid();
begin
    select * into strict live from reconciler.feed_place();
    insert into reconciler.feed_epochs (number, epoch, begins_after, because, system_identifier, timeline, database_oid, table_oid)
    select max(number) + 1, begun, agrees_up_to, reason, live.system_identifier, live.timeline, live.database_oid, live.table_oid
    from reconciler.feed_epochs;
    update reconciler.installation set epoch = begun;
    return begun;
end
$$;

-- The epoch of what is appended after a position: another one where the feed does not lie where it lay. Whoever calls it holds the
-- lock of feed_head's row, so that no change of a new history can carry the old epoch, whatever happened while the service ran.
create function reconciler.feed_epoch(head bigint) returns uuid
language plpgsql as $$
declare
    known reconciler.feed_epochs;
    live record;
    reason text;
begin
    select * into strict known from reconciler.feed_epochs order by number desc limit 1;
    select * into strict live from reconciler.feed_place();
    if known.timeline is null then
        update reconciler.feed_epochs set (system_identifier, timeline, database_oid, table_oid)
            = (live.system_identifier, live.timeline, live.database_oid, live.table_oid)
        where number = known.number;
        return known.epoch;
    end if;
    reason := case
        when live.system_identifier <> known.system_identifier
            then 'The database lies in another cluster: it was restored from a dump, or moved.'
        when live.timeline <> known.timeline
            then 'The cluster is on another timeline: it was restored to a point in time, or a standby was promoted.'
        when live.database_oid <> known.database_oid
            then 'It is another database of the cluster: it was restored from a dump, or copied.'
        when live.table_oid <> known.table_oid
            then 'The tables were made anew: they were restored from a dump.'
    end;
    return case when reason is null then known.epoch else reconciler.begin_feed_epoch(head, reason) end;
end
$$;
