-- Whether the payout's personal data is gone, where the book shows it: the payouts' own row has no index for it, which every delivery would pay for.
alter table reconciler.payout_standings add column erased boolean not null default false;
-- What is old enough to be erased.
create index payout_standings_to_erase on reconciler.payout_standings (connection, final_at) where final_at is not null and not erased;
create index evidence_unreadable_to_erase on reconciler.evidence (connection, received_at) where stream_id is null and erased_at is null;
