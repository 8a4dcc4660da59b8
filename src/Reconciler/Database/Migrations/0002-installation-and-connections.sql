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
    -- Of every change over all connections: a node that holds the highest knows them all as they are.
    revision bigint not null,
    updated_at timestamptz not null
);
create sequence reconciler.connection_revision owned by reconciler.connections.revision;
-- Deleting must move the revision, too: the highest one may be gone with its row.
create table reconciler.connection_head (
    singleton boolean primary key default true check (singleton),
    revision bigint not null default 0
);
insert into reconciler.connection_head default values;
