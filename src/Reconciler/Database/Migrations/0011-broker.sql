-- How far the feed has been published to the message broker, and which node publishes it: one row.
create table reconciler.broker_feed (
    singleton boolean primary key default true check (singleton),
    -- The history that the checkpoint belongs to; null until a node first publishes.
    epoch uuid,
    -- The broker has confirmed every position up to this one.
    checkpoint bigint not null default 0,
    -- Grows with each publisher: one that has been replaced can no longer move the checkpoint.
    token bigint not null default 0,
    -- Who publishes; null where nobody does.
    node varchar,
    -- Counted by who publishes. Others watch it move, each by its own clock: no two clocks are compared.
    beat bigint not null default 0,
    beat_at timestamptz,
    -- For people: how it goes.
    state varchar(20) not null default 'connecting',
    last_error varchar,
    last_error_at timestamptz,
    published_at timestamptz
) with (fillfactor = 10);
insert into reconciler.broker_feed default values;
