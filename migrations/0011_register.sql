-- The register 备案信息库: identities (numbers, live uniqueness) and immutable versions of what is recorded.

create table sponsors (
    id uuid primary key,
    -- 主体备案号, such as 京ICP备2026000001号
    number text not null unique,
    province integer not null references bureaux (province),
    identity_key bytea not null,
    -- The highest -n ever given to a site; it never goes down.
    last_site_number integer not null default 0,
    owner_id uuid not null,
    filed_by text not null check (filed_by in ('self', 'on_behalf')),
    created_at timestamptz not null,
    cancelled_at timestamptz
);
create unique index sponsors_live_identity on sponsors (identity_key) where cancelled_at is null;
create index sponsors_owner on sponsors (owner_id);

create table sponsor_versions (
    sponsor_id uuid not null references sponsors (id),
    valid tstzrange not null,
    recorded_at timestamptz not null,
    filing_id uuid not null references filings (id),
    row_id uuid not null unique,
    -- Published: 主办单位名称, 主办单位性质.
    name text not null,
    -- The name as it is searched: without spaces, signs in one width, small letters.
    name_key text not null,
    nature smallint not null,
    -- Everything else: certificate, address, person in charge. Encrypted.
    sealed bytea not null,
    exclude using gist (sponsor_id with =, valid with &&)
);
create index sponsor_versions_name on sponsor_versions (name_key text_pattern_ops) where upper_inf(valid);

create table sites (
    id uuid primary key,
    sponsor_id uuid not null references sponsors (id),
    -- 网站备案号, such as 京ICP备2026000001号-1
    number text not null unique,
    -- A-label; one site = exactly one domain = one number (since 2019-04-22).
    domain text not null,
    created_at timestamptz not null,
    cancelled_at timestamptz
);
create unique index sites_live_domain on sites (domain) where cancelled_at is null;
create index sites_sponsor on sites (sponsor_id);

create table site_versions (
    site_id uuid not null references sites (id),
    valid tstzrange not null,
    recorded_at timestamptz not null,
    filing_id uuid not null references filings (id),
    row_id uuid not null unique,
    name text not null,
    domain_display text not null,
    home_page text not null,
    approved_on date not null,
    services smallint[] not null default '{}',
    preapprovals smallint[] not null default '{}',
    sealed bytea not null,
    exclude using gist (site_id with =, valid with &&)
);
create index site_versions_filing on site_versions (filing_id);

create table accesses (
    id uuid primary key,
    site_id uuid not null references sites (id),
    provider_id uuid not null references providers (id),
    method smallint not null,
    locations smallint[] not null,
    addresses text[] not null,
    service_code text not null default '',
    filing_id uuid not null references filings (id),
    created_at timestamptz not null,
    cancelled_at timestamptz
);
-- A site may have several accesses of one provider; none twice, by their addresses (rule access_repeated).
create index accesses_live on accesses (site_id, provider_id) where cancelled_at is null;
-- A service code is one in any letter case.
create index accesses_service on accesses (provider_id, lower(service_code)) where cancelled_at is null;

-- A counter per province and Beijing year, locked last in the approving transaction.
create table number_counters (
    province integer not null references bureaux (province),
    year smallint not null,
    last integer not null check (last between 0 and 999999),
    primary key (province, year)
);

-- Every number ever drawn. A number without a sponsor has a reason: none is skipped silently.
create table issued_numbers (
    province integer not null,
    year smallint not null,
    sequence integer not null check (sequence between 1 and 999999),
    number text not null unique,
    filing_id uuid not null references filings (id),
    issued_at timestamptz not null,
    withdrawn_at timestamptz,
    withdrawn_reason text,
    primary key (province, year, sequence)
);
