-- What finance people look up by. Each of these columns is written once or twice in a payout's life.
-- text_pattern_ops serves equality and "begins with" under any collation of the database.
create index payouts_by_reference on reconciler.payouts (reference text_pattern_ops) where reference is not null;
create index payouts_by_provider_reference on reconciler.payouts (provider_reference text_pattern_ops) where provider_reference is not null;
create index payouts_by_recipient on reconciler.payouts (recipient_digest) where recipient_digest is not null;
