-- The number of the last change of keys, users and sessions: a node that holds it knows who may do what, as it is.
create table reconciler.access_head (
    singleton boolean primary key default true check (singleton),
    revision bigint not null default 0
);
insert into reconciler.access_head default values;

create table reconciler.api_keys (
    id uuid primary key,
    name varchar(100) not null,
    -- The last characters, so that people can tell keys apart; far too few to be the key.
    hint varchar(8) not null,
    -- SHA-256 of the key. It has 256 random bits, so a slow hash would add nothing.
    digest bytea not null unique,
    scopes varchar[] not null,
    -- Null: every connection.
    connections varchar[],
    created_at timestamptz not null,
    created_by varchar not null,
    expires_at timestamptz,
    -- Written now and then, not at each use.
    last_used_at timestamptz,
    revoked_at timestamptz,
    revoked_by varchar
);
create index api_keys_in_use on reconciler.api_keys (id) where revoked_at is null;

create table reconciler.users (
    id uuid primary key,
    -- In lower case: people are not to be told apart by capitals.
    name varchar(60) not null unique,
    role varchar(20) not null,
    password_hash varchar not null,
    -- Moves with whatever must end the user's sessions; a session holds the one it was begun under.
    stamp uuid not null,
    must_change_password boolean not null,
    failed_attempts int not null default 0,
    locked_until timestamptz,
    created_at timestamptz not null,
    created_by varchar not null,
    password_changed_at timestamptz not null,
    last_signed_in_at timestamptz,
    disabled_at timestamptz
);

-- Sessions that were signed out of before their time. Kept until none of them could live any more.
create table reconciler.ended_sessions (
    id uuid primary key,
    ended_at timestamptz not null
);

-- What seals cookies and forms, shared by all nodes; itself sealed under the master key.
create table reconciler.cookie_keys (
    name varchar(200) primary key,
    sealed bytea not null,
    created_at timestamptz not null
);
