-- One row: what this database is.
create table reconciler.installation (
    singleton boolean primary key default true check (singleton),
    -- Names this history. A restored backup gets a new one, so that a reader's position in the lost future is refused.
    epoch uuid not null default gen_random_uuid(),
    -- Tells whether a node's master key is the one that sealed our secrets, without telling the key.
    master_key_check bytea,
    created_at timestamptz not null default now()
);
insert into reconciler.installation default values;

create table reconciler.connections (
    key varchar(63) primary key,
    provider varchar(20) not null,
    -- The operator's document without secrets.
    settings jsonb not null,
    -- Credentials and webhook secrets, sealed under the master key.
    sealed_secrets bytea not null,
    -- The change, counted over all connections, that made it what it is.
    revision bigint not null,
    updated_at timestamptz not null
);
-- The number of the last change: a node that holds it knows all connections as they are. Deleting moves it, too, though the row is gone.
create table reconciler.connection_head (
    singleton boolean primary key default true check (singleton),
    revision bigint not null default 0
);
insert into reconciler.connection_head default values;
