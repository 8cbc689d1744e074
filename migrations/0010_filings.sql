-- Filings 备案申请: the journal, the row it folds to, drafts, notes, holds, confirmations, materials.

-- The state machine, the same rows as domain::filing::MOVES; a test compares the two.
create table moves (
    verb text not null,
    from_status text not null,          -- '' begins a filing
    to_status text not null,
    who text not null check (who in ('registrant', 'provider', 'bureau', 'system', 'person')),
    primary key (verb, from_status, to_status, who)
);

create table filings (
    id uuid primary key,
    seq integer not null check (seq > 0),
    status text not null check (status in ('draft', 'provider_review', 'provider_returned', 'sms_pending', 'sms_failed',
        'bureau_review', 'bureau_refused', 'approved', 'stopped', 'expired', 'discarded')),
    owner_id uuid not null,
    province integer,
    provider_id uuid references providers (id),
    leave boolean not null default false,
    edited boolean not null default false,
    policy_version integer not null default 0,
    due_at timestamptz,
    claimed_by uuid,
    -- The open round of confirmations, as folded.
    sms jsonb,
    -- The end of the open round while somebody is still due: what the time limit job looks for.
    sms_until timestamptz,
    rounds smallint not null default 0,
    failed_rounds smallint not null default 0,
    held_at timestamptz,
    first_approval_by uuid,
    note_id uuid,
    number text,
    submitted_at timestamptz,
    entered_at timestamptz not null,
    -- The last time anybody changed an answer or moved it: idle filings expire.
    touched_at timestamptz not null,
    -- What lists show of a unit; for a natural person the name stays encrypted and the title is empty.
    title text not null default '',
    site_count smallint not null default 0,
    nature smallint,
    domains text[] not null default '{}',
    check (status in ('draft', 'expired', 'discarded') or (province is not null and provider_id is not null)),
    check ((status = 'approved') = (number is not null)),
    check (status <> 'sms_pending' or sms is not null),
    check (claimed_by is null or status in ('provider_review', 'bureau_review')),
    check (held_at is null or status = 'bureau_review')
);
create index filings_owner on filings (owner_id, touched_at desc);
create index filings_provider_queue on filings (provider_id, due_at, id) where status = 'provider_review';
create index filings_provider_list on filings (provider_id, status, touched_at desc);
create index filings_provider_all on filings (provider_id, touched_at desc, id);
create index filings_bureau_queue on filings (province, due_at, id) where status = 'bureau_review';
create index filings_bureau_list on filings (province, status, touched_at desc);
create index filings_bureau_all on filings (province, touched_at desc, id);
create index filings_sms_until on filings (sms_until) where sms_until is not null;
create index filings_idle on filings (touched_at)
    where status in ('draft', 'provider_returned', 'sms_failed', 'bureau_refused');

-- The journal: append only, the only thing that changes `filings`, and the outbox of live progress.
create table journal (
    id bigint generated always as identity primary key,
    filing_id uuid not null references filings (id) deferrable initially deferred,
    seq integer not null,
    previous_seq integer,
    verb text not null,
    from_status text not null,
    to_status text not null,
    who text not null,
    actor jsonb not null,
    fact jsonb not null,
    entry jsonb,
    at timestamptz not null,
    unique (filing_id, seq),
    unique (filing_id, seq, to_status),
    foreign key (verb, from_status, to_status, who) references moves (verb, from_status, to_status, who),
    -- The chain: my `from` is what my predecessor went `to`.
    foreign key (filing_id, previous_seq, from_status) references journal (filing_id, seq, to_status),
    check ((seq = 1) = (previous_seq is null)),
    check (previous_seq is null or previous_seq = seq - 1),
    check ((seq = 1) = (from_status = ''))
);

-- Answers of a draft, one encrypted row per section, with its version and the client's sequence.
create table draft_sections (
    filing_id uuid not null references filings (id),
    -- sponsor, site-1, access-1-1, consent
    section text not null check (length(section) <= 20),
    row_id uuid not null unique,
    version integer not null check (version > 0),
    client_id uuid,
    client_sequence bigint not null default 0,
    sealed bytea not null,
    -- Taken out again: the answers are erased, the key is not used again.
    removed boolean not null default false,
    updated_at timestamptz not null,
    updated_by uuid not null,
    primary key (filing_id, section)
);

-- The answers as handed in, by event: what was verified and reviewed can always be shown. Encrypted.
create table filing_snapshots (
    filing_id uuid not null references filings (id),
    seq integer not null,
    row_id uuid not null unique,
    sealed bytea not null,
    primary key (filing_id, seq)
);

-- Opinions, reasons per field, pre-approval answers: free words, encrypted.
create table notes (
    id uuid primary key,
    filing_id uuid not null references filings (id),
    kind text not null check (kind in ('return', 'pass', 'correct', 'hold', 'resume', 'approve', 'refuse', 'stop')),
    author_id uuid not null,
    sealed bytea not null,
    at timestamptz not null
);
create index notes_filing on notes (filing_id, at);

-- What two filings may not both claim: taken at submission, released or turned into the register's own at the end.
create table holds (
    kind text not null check (kind in ('domain', 'sponsor')),
    -- Canonical identity: an A-label; for sponsors a keyed blind index.
    key bytea not null,
    filing_id uuid not null references filings (id),
    taken_at timestamptz not null,
    primary key (kind, key)
);
create index holds_filing on holds (filing_id);

-- Services that filings on their way name: what the register does not count yet of a service's capacity.
create table service_claims (
    filing_id uuid not null references filings (id),
    provider_id uuid not null references providers (id),
    code citext not null,
    sites smallint not null check (sites > 0),
    primary key (filing_id, provider_id, code)
);
create index service_claims_service on service_claims (provider_id, code);

-- Persons in charge who must confirm by SMS, one row per distinct mobile and round.
create table confirmations (
    id uuid primary key,
    filing_id uuid not null references filings (id),
    round smallint not null,
    mobile_index bytea not null,
    -- Name, mobile, last six of the certificate. Encrypted.
    sealed bytea not null,
    -- Keyed hash of the code in force; older ones are void.
    code_index bytea,
    code_sent_at timestamptz,
    code_sends smallint not null default 0,
    confirmed_at timestamptz,
    -- Whether it is open for confirmation now.
    live boolean not null default true,
    unique (filing_id, round, mobile_index)
);
create index confirmations_live on confirmations (mobile_index) where live;

-- Materials 备案材料: the bytes lie in the object store, encrypted with a wrapped key.
create table materials (
    id uuid primary key,
    filing_id uuid not null references filings (id),
    section text not null,
    kind smallint not null,
    object_key text not null unique,
    -- File name as given, wrapped key: encrypted.
    sealed bytea not null,
    content_type text not null check (content_type in ('image/jpeg', 'image/png')),
    size integer not null check (size > 0),
    width integer not null,
    height integer not null,
    sha256 bytea not null,
    uploaded_by uuid not null,
    uploaded_at timestamptz not null,
    removed_at timestamptz
);
create index materials_filing on materials (filing_id);

-- What a provider checked face to face, or by a passed face check, before it can pass (R7).
create table identity_checks (
    id uuid primary key,
    filing_id uuid not null references filings (id),
    section text not null,
    -- Keyed hash of name and certificate: a check says nothing of whoever is named there later.
    person_index bytea not null,
    method text not null check (method in ('face_to_face', 'face_recognition', 'video')),
    checked_at timestamptz not null,
    checked_by uuid not null,
    recorded_at timestamptz not null,
    unique (filing_id, section)
);
