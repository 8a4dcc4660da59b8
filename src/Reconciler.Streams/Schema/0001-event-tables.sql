-- The event tables as Marten 9 itself creates them for string stream identity, so that a Marten application
-- (AutoCreate.None) can open this database. Names of constraints are Marten's own.
create schema if not exists reconciler;

create table if not exists reconciler.mt_streams (
    id          character varying        not null,
    type        character varying        null,
    version     bigint                   null,
    timestamp   timestamp with time zone not null default now(),
    created     timestamp with time zone not null default now(),
    tenant_id   character varying        null default '*DEFAULT*',
    is_archived boolean                  null default false,
    constraint pkey_mt_streams_id primary key (id)
);

create table if not exists reconciler.mt_events (
    seq_id         bigint                   not null,
    id             uuid                     not null,
    stream_id      character varying        null,
    version        bigint                   not null,
    data           jsonb                    not null,
    bdata          bytea                    null,
    type           character varying(500)   not null,
    timestamp      timestamp with time zone not null,
    tenant_id      character varying        null default '*DEFAULT*',
    correlation_id character varying        null,
    causation_id   character varying        null,
    headers        jsonb                    null,
    mt_dotnet_type character varying        null,
    is_archived    boolean                  null default false,
    constraint pkey_mt_events_seq_id primary key (seq_id),
    constraint fkey_mt_events_stream_id foreign key (stream_id) references reconciler.mt_streams (id) on delete cascade
);

create unique index if not exists pk_mt_events_stream_and_version on reconciler.mt_events using btree (stream_id, version);

create sequence if not exists reconciler.mt_events_sequence;
alter sequence reconciler.mt_events_sequence owned by reconciler.mt_events.seq_id;

-- Marten's daemon inserts a row without last_updated and relies on the default.
create table if not exists reconciler.mt_event_progression (
    name         character varying        not null,
    last_seq_id  bigint                   null,
    last_updated timestamp with time zone null default transaction_timestamp(),
    constraint pk_mt_event_progression primary key (name)
);
