-- What runs beside the filings: the marker of this installation, messages, jobs, the audit, limits, flashes, retry keys.

-- One row. A demo's database is never served as production, nor the other way round.
create table installation (
    only_row boolean primary key default true check (only_row),
    id uuid not null,
    kind text not null check (kind in ('production', 'demo')),
    clock_wound_ms bigint not null default 0 check (clock_wound_ms >= 0),
    created_at timestamptz not null
);

-- Written in the transaction of what it tells about; the id is the Message-ID and the gateway's idempotency key.
create table outbox (
    id uuid primary key,
    key text unique,
    channel text not null check (channel in ('sms', 'email')),
    template text not null check (template ~ '^[a-z][a-z0-9_]{0,63}$'),
    lang text not null check (lang in ('zh', 'en')),
    recipient bytea not null,
    recipient_index bytea not null,
    params bytea not null,
    user_id uuid,
    filing_id uuid,
    status text not null default 'due' check (status in ('due', 'sent', 'failed', 'expired')),
    attempts int not null default 0,
    due_at timestamptz not null,
    expires_at timestamptz,
    created_at timestamptz not null,
    sent_at timestamptz,
    via text,
    last_error text,
    check ((status = 'sent') = (sent_at is not null))
);
create index outbox_due on outbox (due_at) where status = 'due';
create index outbox_newest on outbox (created_at desc, id desc);
create index outbox_filing on outbox (filing_id, created_at) where filing_id is not null;

create table jobs (
    id uuid primary key,
    kind text not null,
    key text not null,
    payload jsonb not null,
    status text not null default 'due' check (status in ('due', 'done', 'failed')),
    run_at timestamptz not null,
    attempts int not null default 0,
    ended_at timestamptz,
    last_error text,
    unique (kind, key),
    check ((status = 'due') = (ended_at is null))
);
create index jobs_due on jobs (run_at, id) where status = 'due';

create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    user_id uuid,
    address text not null,
    agent text not null,
    request_id uuid,
    verb text not null,
    object text,
    object_id uuid,
    result text not null,
    detail jsonb not null
);
create index audit_user on audit (user_id, at);
create index audit_object on audit (object_id, at) where object_id is not null;

create function audit_only_grows() returns trigger language plpgsql as $$
begin
    raise exception 'the audit only grows';
end $$;
create trigger audit_only_grows before update or delete on audit for each row execute function audit_only_grows();
create trigger audit_is_not_emptied before truncate on audit for each statement execute function audit_only_grows();

create table rate_counters (
    kind text not null,
    key_hash bytea not null,
    window_end timestamptz not null,
    count int not null,
    primary key (kind, key_hash)
);
create index rate_counters_past on rate_counters (window_end);

create table flashes (
    id uuid primary key,
    token_hash bytea not null unique,
    content bytea not null,
    expires_at timestamptz not null
);
create index flashes_past on flashes (expires_at);

-- The first answer to a request that may come twice.
create table retry_keys (
    actor text not null,
    verb text not null,
    key uuid not null,
    body_hash bytea not null,
    result jsonb,
    created_at timestamptz not null,
    primary key (actor, verb, key)
);
create index retry_keys_past on retry_keys (created_at);

-- A picture to read, or a wait to sit out, before a sign-in that looks like guessing.
create table challenges (
    id uuid primary key,
    kind text not null check (kind in ('picture', 'wait')),
    answer_hash bytea,
    ready_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    check ((kind = 'picture') = (answer_hash is not null))
);
create index challenges_past on challenges (expires_at);
