-- Kept bytes are sealed under a key of their payout's: the installation's personal key, and a salt that stands beside them and nowhere else.
-- A body with a salt is sealed, its headers with it; one without is from before, and plain. Erased bytes leave their digest.
alter table reconciler.evidence
    add column salt bytea,
    add column erased_at timestamptz,
    alter column body drop not null;

-- The salt of what was announced about a payout beside its money; null where nothing was, and once the payout is erased.
alter table reconciler.payouts
    add column data_salt bytea,
    add column erased_at timestamptz;
