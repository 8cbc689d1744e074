-- Passkeys of staff (WebAuthn), beside the authenticator's digits.

create table passkeys (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    -- SHA-256 of the credential's id: a credential is of one account only.
    credential_hash bytea not null,
    version integer not null default 1,
    -- Public key and what the authenticator said of itself, sealed: who can only write rows cannot plant one.
    credential bytea not null,
    -- The authenticator's count of its signatures; stays 0 where it keeps none.
    counter bigint not null check (counter >= 0),
    -- What its owner calls it.
    name text not null check (char_length(name) between 1 and 60),
    created_at timestamptz not null,
    used_at timestamptz,
    constraint passkeys_credential_key unique (credential_hash)
);
create index passkeys_user on passkeys (user_id, created_at);

-- What an authenticator is asked to sign: one a session, answered once.
create table passkey_challenges (
    session_id uuid primary key references sessions (id) on delete cascade,
    id uuid not null unique,
    purpose text not null check (purpose in ('add', 'prove')),
    state bytea not null,
    expires_at timestamptz not null
);
create index passkey_challenges_past on passkey_challenges (expires_at);
