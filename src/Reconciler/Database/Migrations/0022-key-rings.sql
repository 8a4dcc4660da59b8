-- The keys that seal what is stored, themselves sealed: one row for each master key that opens them. During a rotation there are two, so
-- that a node may start with the old one or with the new one, and each node that runs learns a new data key by looking here.
create table reconciler.key_rings (
    master_key_check bytea primary key,
    sealed bytea not null,
    -- Grows with each change of the ring.
    revision bigint not null,
    made_at timestamptz not null
);
