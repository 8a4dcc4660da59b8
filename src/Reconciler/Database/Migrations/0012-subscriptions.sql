-- Who is told of the ledger feed by signed webhooks, and how far each has come.
create table reconciler.subscriptions (
    id uuid primary key,
    url varchar not null,
    description varchar,
    -- Which changes: empty means all.
    kinds varchar[] not null,
    connections varchar[] not null,
    -- Private networks that its URL may lead to.
    allowed_ranges varchar[] not null,
    -- Sealed under the master key, bound to the id.
    sealed_secrets bytea not null,
    state varchar(20) not null,
    -- Why it is paused or dead.
    reason varchar(30),
    -- The history that the cursor belongs to.
    epoch uuid not null,
    -- Each change at or before it was accepted, is not for this subscriber, or stands in subscription_deferred.
    cursor_position bigint not null,
    -- The subscriber asked for silence until then.
    not_before timestamptz,
    last_accepted_at timestamptz,
    last_error jsonb,
    -- One node at a time sends. The token grows with each new lease and with each change of the operator's: who writes progress by an
    -- older one writes nothing. Instants of a lease are the server's, so that the nodes' clocks do not matter.
    lease_owner uuid,
    lease_token bigint not null default 0,
    lease_until timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
) with (fillfactor = 40);

-- Changes that the cursor has passed and that were not accepted yet: the first of a payout was refused, the others wait for it.
create table reconciler.subscription_deferred (
    subscription uuid not null references reconciler.subscriptions on delete cascade,
    position bigint not null,
    stream_id varchar not null,
    -- 0: it waits for an earlier change of its payout.
    attempts int not null,
    first_attempt_at timestamptz,
    next_attempt_at timestamptz not null,
    -- Tried to the end of the schedule, while other changes were accepted. Its payout waits for a person.
    given_up boolean not null,
    last_outcome varchar(30),
    last_status int,
    primary key (subscription, position)
);
