-- The state of a payout in the compact layout of PayoutState. It cannot be made in SQL: the service folds the streams again at its next
-- start (see StateLayout), and says so here when it is done.
alter table reconciler.payouts drop column state;
alter table reconciler.payouts add column state bytea;
-- Which step of the silence schedule is due: the clock reads it when it claims a payout.
alter table reconciler.payouts add column polls_since_heard int not null default 0;
alter table reconciler.installation add column state_layout int not null default 0;

-- A payout's words come close together, as do the rows of payouts registered together: room for two more versions of each row on the
-- page keeps its updates there, and away from every index.
alter table reconciler.payouts set (fillfactor = 40);
alter table reconciler.mt_streams set (fillfactor = 45);

-- Kept as they are written, and only ever read whole: nobody looks into them with SQL.
alter table reconciler.evidence alter column headers type text using headers::text;
