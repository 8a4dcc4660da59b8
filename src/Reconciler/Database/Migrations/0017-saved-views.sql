-- Filters that a person kept under a name. The owner is an actor's reference, like user:0199…; the query is the address's own, checked.
create table reconciler.saved_views (
    owner varchar(100) not null,
    page varchar(20) not null,
    name varchar(60) not null,
    query varchar(2000) not null,
    created_at timestamptz not null,
    primary key (owner, page, name)
);
