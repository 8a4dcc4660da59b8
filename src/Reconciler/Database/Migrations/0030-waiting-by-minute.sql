-- How many payouts are not final, by the minute of their first sighting: their ages are then a sum of few rows. Kept with the book.
create table reconciler.payout_waiting (
    -- The beginning of the minute, UTC.
    minute timestamptz not null,
    connection varchar(63) not null,
    provider varchar(20) not null,
    status varchar(20) not null,
    -- Empty where no amount is known.
    currency varchar(3) not null,
    payouts bigint not null,
    amount numeric(38, 4) not null,
    primary key (minute, connection, status, currency, provider)
) with (fillfactor = 50);

-- The position up to which it was kept. Where the book is elsewhere, a node of an older version kept that: nobody reads these rows until
-- the next pass of a node that knows them has made them anew.
alter table reconciler.book_progress add column waiting_position bigint;

-- A payout that turns final leaves the newest end of payout_standings_not_final, which every list of what waits reads first: what it
-- leaves there is to be swept up before it is a tenth of the table.
alter table reconciler.payout_standings set (autovacuum_vacuum_scale_factor = 0.03);
