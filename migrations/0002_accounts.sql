-- Accounts of the three categories, their second factors, codes and sessions.

create table users (
    id uuid primary key,
    user_name citext not null check (user_name ~ '^[A-Za-z][A-Za-z0-9_-]{3,31}$'),
    category text not null check (category in ('registrant', 'provider', 'bureau')),
    role text not null check (role in ('registrant', 'provider_clerk', 'provider_admin', 'reviewer', 'bureau_admin')),
    provider_id uuid references providers (id),
    province integer references bureaux (province),
    -- unconfirmed: registered, codes on their way; the name is freed at expires_at.
    status text not null check (status in ('unconfirmed', 'active', 'suspended')),
    expires_at timestamptz,
    lang text not null default 'zh' check (lang in ('zh', 'en')),
    -- Seals contact_name, mobile and email; changed with them.
    version integer not null default 1,
    contact_name bytea not null,
    mobile bytea not null,
    email bytea not null,
    mobile_index bytea not null,
    email_index bytea not null,
    password_hash text not null,
    password_changed_at timestamptz not null,
    created_at timestamptz not null,
    confirmed_at timestamptz,
    constraint users_user_name_key unique (user_name),
    check ((category, role) in (('registrant', 'registrant'), ('provider', 'provider_clerk'), ('provider', 'provider_admin'),
                                ('bureau', 'reviewer'), ('bureau', 'bureau_admin'))),
    check ((category = 'provider') = (provider_id is not null)),
    check ((category = 'bureau') = (province is not null)),
    check ((status = 'unconfirmed') = (expires_at is not null)),
    check ((status = 'unconfirmed') = (confirmed_at is null))
);
create index users_unconfirmed on users (expires_at) where status = 'unconfirmed';
create index users_mobile on users (mobile_index);
create index users_email on users (email_index);
create index users_provider on users (provider_id) where provider_id is not null;
create index users_province on users (province) where province is not null;

-- Six digits to a contact: one live code for each account and purpose, used once.
create table codes (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    purpose text not null check (purpose in ('mobile', 'email', 'new_mobile', 'new_email')),
    code_hash bytea not null,
    -- The new contact that waits for its code, sealed.
    target bytea,
    tries integer not null default 0,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    constraint codes_one_live unique (user_id, purpose),
    check ((purpose in ('new_mobile', 'new_email')) = (target is not null))
);

-- A link to a new password, used once.
create table recoveries (
    token_hash bytea primary key,
    user_id uuid not null references users (id) on delete cascade,
    sent_at timestamptz not null,
    expires_at timestamptz not null
);
create index recoveries_user on recoveries (user_id);

-- Secrets of authenticators (RFC 6238). last_step: no code passes twice.
create table second_factors (
    user_id uuid primary key references users (id) on delete cascade,
    version integer not null default 1,
    secret bytea not null,
    -- Recovery codes to be shown until the authenticator is confirmed, sealed.
    shown_codes bytea,
    confirmed_at timestamptz,
    last_step bigint not null default 0,
    check ((confirmed_at is null) = (shown_codes is not null))
);

create table recovery_codes (
    user_id uuid not null references users (id) on delete cascade,
    code_hash bytea not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
);

create table sessions (
    id uuid primary key,
    token_hash bytea not null unique,
    user_id uuid not null references users (id) on delete cascade,
    stage text not null check (stage in ('full', 'second_factor', 'enrolment')),
    address text not null,
    agent text not null,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_by text check (ended_by in ('sign_out', 'revoked', 'password', 'replaced', 'recovery')),
    check ((ended_at is null) = (ended_by is null))
);
create index sessions_user on sessions (user_id, created_at) where ended_at is null;
create index sessions_past on sessions (expires_at);
