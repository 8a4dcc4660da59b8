-- Whose key it is, by the user's id; null: a program's, which is nobody's but its own. Never changed: who proposed with a key that was
-- somebody's must not be able to approve with it when it is nobody's.
alter table reconciler.api_keys add column owner uuid references reconciler.users (id);
