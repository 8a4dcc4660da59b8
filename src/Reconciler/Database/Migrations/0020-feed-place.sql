-- Each batch asks where the feed lies while it holds the feed's head. As a function in SQL this was planned anew at each call, which took
-- most of its time; PL/pgSQL keeps its plans for as long as the session lasts. What is looked at is the same.
create or replace function reconciler.feed_place(
    out system_identifier bigint, out timeline bigint, out database_oid bigint, out table_oid bigint)
language plpgsql stable as $$
begin
    select control.system_identifier into strict system_identifier from pg_control_system() as control;
    -- That of the log being written: the one in the last checkpoint lags behind a promotion.
    timeline := ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint;
    select oid::bigint into strict database_oid from pg_database where datname = current_database();
    -- Looked up each time: a constant would be that of when it was planned.
    table_oid := to_regclass('reconciler.feed_head')::oid::bigint;
end
$$;
