-- The end of each payout's chain of events (see EventChain): whoever can only write the database cannot make another one that fits, so
-- neither the last events nor all of them can be taken away unseen.
alter table reconciler.payouts add column chain_end bytea;

-- Events up to here were stored before there were chains, and carry no links.
alter table reconciler.installation add column chained_after bigint not null default 0;
update reconciler.installation set chained_after = coalesce((select max(seq_id) from reconciler.mt_events), 0);

-- One for each day on which streams moved: the root of a Merkle tree over the last links that they got, published on the feed. Who has
-- read the feed can prove what this database held, whatever was done to it later, and by whom.
create table reconciler.chain_anchors (
    number bigint primary key,
    -- UTC. What it covers was all stored by the end of this day, or in the minutes after it.
    day date not null unique,
    -- The events that it covers, by their seq_id: each of them is settled, stored or known never to come.
    after_seq bigint not null,
    upto_seq bigint not null,
    streams bigint not null,
    root bytea not null,
    -- Of the anchor before it, and of this one with it.
    former bytea not null,
    hash bytea not null,
    -- Of its change.
    position bigint not null
);
