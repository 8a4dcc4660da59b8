-- The book: what the finance team's lists, sums and closed periods are read from, kept from the change feed after the commit, so that
-- the append path pays nothing for it. What it does not hold yet, a query takes from the payouts that changed since: reads are never behind.

-- How far the book is kept. The row's lock lets one keeper write at a time, whatever the number of nodes.
create table reconciler.book_progress (
    singleton boolean primary key default true check (singleton),
    -- All changes of the feed up to this one are in the book.
    position bigint not null default 0,
    -- The number of the last move, and from when on it counts as known.
    moves bigint not null default 0,
    known_at timestamptz not null default '-infinity',
    -- Somebody was told what was known at this time: whatever is booked later counts as known later, so that the answer stays what it was.
    sealed_at timestamptz not null default '-infinity',
    kept_at timestamptz
) with (fillfactor = 10);
insert into reconciler.book_progress default values;

-- Payouts whose money, first sighting, reference or recipient moved without a change of the feed: rare, and told to the keeper here.
create table reconciler.payout_amendments (
    id bigint generated always as identity primary key,
    stream_id varchar not null,
    recorded_at timestamptz not null
);

-- Every step of every payout, before and after, numbered 1, 2, 3… in the order of the feed. Rows are never changed.
create table reconciler.payout_moves (
    number bigint primary key,
    -- Of the change; for an amendment, of the last change before it.
    position bigint not null,
    stream_id varchar not null,
    kind varchar(40) not null,
    -- Never falls from one number to the next, whatever the clocks of the nodes did: a time names one number, for ever.
    known_at timestamptz not null,
    recorded_at timestamptz not null,
    connection varchar(63) not null,
    provider varchar(20) not null,
    -- UTC, of first_seen_at.
    day date not null,
    first_seen_at timestamptz not null,
    reference varchar,
    status varchar(20) not null,
    final boolean not null,
    confidence varchar(20) not null,
    status_version bigint not null,
    amount numeric(24, 4),
    currency varchar(3),
    failure jsonb,
    open_discrepancies varchar[] not null,
    final_at timestamptz,
    -- As it stood before; null for a payout's first move. from_day only where the day moved.
    from_status varchar(20),
    from_amount numeric(24, 4),
    from_currency varchar(3),
    from_day date
);
-- The last move of a payout, up to a number.
create unique index payout_moves_by_payout on reconciler.payout_moves (stream_id, number);
-- What a time means; the moves of one day.
create index payout_moves_by_time on reconciler.payout_moves (known_at, number);
-- The list as it was known: its keyset.
create index payout_moves_by_first_seen on reconciler.payout_moves (first_seen_at, stream_id, number);
create index payout_moves_by_reference on reconciler.payout_moves (reference text_pattern_ops) where reference is not null;
-- What moved in a period after it was closed.
create index payout_moves_by_day on reconciler.payout_moves (connection, day, number);
create index payout_moves_from_day on reconciler.payout_moves (connection, from_day, number) where from_day is not null;
-- What was not final when: the ages as they were known.
create index payout_moves_not_final on reconciler.payout_moves (first_seen_at, stream_id, number) where not final;

-- Each payout as its last move left it: the same columns as the read model's, with the indexes that the lists want.
create table reconciler.payout_standings (
    stream_id varchar primary key,
    number bigint not null,
    connection varchar(63) not null,
    provider varchar(20) not null,
    first_seen_at timestamptz not null,
    reference varchar,
    status varchar(20) not null,
    final boolean not null,
    confidence varchar(20) not null,
    status_version bigint not null,
    amount numeric(24, 4),
    currency varchar(3),
    failure jsonb,
    open_discrepancies varchar[] not null,
    final_at timestamptz,
    -- The end of the recipient's number, which is all of it that the mask shows there.
    last_digits varchar(4)
) with (fillfactor = 80);
create index payout_standings_by_first_seen on reconciler.payout_standings (first_seen_at, stream_id);
create index payout_standings_by_status on reconciler.payout_standings (status, first_seen_at, stream_id);
create index payout_standings_by_connection on reconciler.payout_standings (connection, first_seen_at, stream_id);
create index payout_standings_by_provider on reconciler.payout_standings (provider, first_seen_at, stream_id);
create index payout_standings_not_final on reconciler.payout_standings (first_seen_at, stream_id) where not final;
create index payout_standings_with_cases on reconciler.payout_standings (first_seen_at, stream_id) where open_discrepancies <> '{}';
create index payout_standings_by_amount on reconciler.payout_standings (currency, amount);
create index payout_standings_by_last_digits on reconciler.payout_standings (last_digits, first_seen_at, stream_id) where last_digits is not null;

-- What the moves that became known on one day (UTC) add up to. The sum over all days is how things stand; up to a day, how they stood.
create table reconciler.payout_totals (
    known_day date not null,
    day date not null,
    connection varchar(63) not null,
    provider varchar(20) not null,
    status varchar(20) not null,
    -- Empty where no amount is known.
    currency varchar(3) not null,
    payouts bigint not null,
    amount numeric(38, 4) not null,
    primary key (day, connection, status, currency, provider, known_day)
) with (fillfactor = 70);

-- Closed periods: their totals, frozen.
create table reconciler.closed_periods (
    connection varchar(63) not null,
    -- 2026-11-03 or 2026-11.
    period varchar(10) not null,
    first_day date not null,
    last_day date not null,
    -- The last change and the last move that are in the totals; known_at names the same moment.
    position bigint not null,
    moves bigint not null,
    known_at timestamptz not null,
    closed_at timestamptz not null,
    closed_by varchar(200) not null,
    totals jsonb not null,
    primary key (connection, period)
);
create index closed_periods_by_day on reconciler.closed_periods (first_day desc, connection, period);
