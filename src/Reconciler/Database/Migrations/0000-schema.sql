-- The schema of everything that Reconciler keeps, and the list of the migrations that made it.
create schema reconciler;

create table reconciler.schema_migrations (
    name       text        primary key,
    sha256     text        not null,
    applied_at timestamptz not null default now()
);
