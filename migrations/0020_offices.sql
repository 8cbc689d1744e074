-- What an office keeps by itself: its staff and their first passwords, a provider's ranges, a province's policies.

-- A first password waits to be replaced until then; one's own has no such time.
alter table users add column first_password_until timestamptz;
alter table users add constraint users_first_password check (first_password_until is null or category <> 'registrant');

alter table sessions drop constraint sessions_stage_check;
alter table sessions add constraint sessions_stage_check
    check (stage in ('full', 'second_factor', 'enrolment', 'first_password'));
alter table sessions drop constraint sessions_ended_by_check;
alter table sessions add constraint sessions_ended_by_check
    check (ended_by in ('sign_out', 'revoked', 'password', 'replaced', 'recovery', 'administrator'));
-- When somebody was last there.
create index sessions_seen on sessions (user_id, seen_at desc);

-- A first password, sealed, as long as it is to be shown to who hands it over.
create table first_passwords (
    user_id uuid primary key references users (id) on delete cascade,
    row_id uuid not null unique,
    issued_by uuid not null,
    issued_at timestamptz not null,
    shown_until timestamptz not null,
    sealed bytea not null
);

-- No address is two providers', nor one provider's twice.
create type inetrange as range (subtype = inet);
alter table provider_ranges add constraint provider_ranges_apart
    exclude using gist (inetrange(start_address, end_address, '[]') with &&);

create index accesses_provider on accesses (provider_id) where cancelled_at is null;
create index providers_province on providers (province, name);

-- Who decided a policy, and when; those of the beginning are of no person.
alter table policies add column enacted_by uuid;
alter table policies add column enacted_at timestamptz;

-- A policy that is being prepared, one a province: nothing of it holds.
create table policy_drafts (
    province integer primary key references bureaux (province),
    id uuid not null unique,
    valid_from date not null,
    policy jsonb not null,
    -- What would hold on its first day, as it was when the draft was made.
    replaces integer not null,
    created_by uuid not null,
    created_at timestamptz not null
);

-- What somebody holds whose account is suspended goes back to the queue.
insert into moves (verb, from_status, to_status, who) values
    ('release', 'provider_review', 'provider_review', 'system'),
    ('release', 'bureau_review', 'bureau_review', 'system');
