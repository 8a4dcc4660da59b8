-- What came for each connection, by day and verdict. Gathered in memory and written every few seconds, never per delivery.
create table reconciler.delivery_tallies (
    connection varchar(63) not null references reconciler.connections on delete cascade,
    verdict varchar(40) not null,
    -- Of UTC.
    day date not null,
    deliveries bigint not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    primary key (connection, verdict, day)
);

-- When each webhook secret or public key verified something, written in the same way.
create table reconciler.webhook_verifiers (
    connection varchar(63) not null references reconciler.connections on delete cascade,
    verifier varchar(200) not null,
    deliveries bigint not null,
    last_used_at timestamptz not null,
    primary key (connection, verifier)
);
-- Secrets of before count as used just now: nobody knows when they were, and none may be retired on that account.
insert into reconciler.webhook_verifiers (connection, verifier, deliveries, last_used_at)
select distinct key, secret ->> 'id', 0, now()
from reconciler.connections, jsonb_array_elements(case jsonb_typeof(settings -> 'webhook' -> 'secrets')
    when 'array' then settings -> 'webhook' -> 'secrets' else '[]' end) as secret
where secret ->> 'id' is not null and length(secret ->> 'id') <= 200;

-- Deliveries that we sent to ourselves through the public address. They never become evidence.
create table reconciler.endpoint_probes (
    id uuid primary key,
    connection varchar(63) not null references reconciler.connections on delete cascade,
    sent_at timestamptz not null,
    arrived_at timestamptz,
    -- What arrived: verdict, host and path as we were called, the sender's address.
    seen jsonb
);
