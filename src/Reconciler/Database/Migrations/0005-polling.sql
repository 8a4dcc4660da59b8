-- What all nodes together must keep towards one provider account.
create table reconciler.polling_gates (
    connection varchar(63) primary key,
    -- Retry-After, shared: nothing is asked before.
    not_before timestamptz
);

-- Requests made, in small buckets, so that a budget holds in any span and not only from one full minute to the next.
create table reconciler.polling_usage (
    connection varchar(63) not null,
    bucket_at timestamptz not null,
    requests int not null,
    primary key (connection, bucket_at)
);
