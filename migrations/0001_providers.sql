-- Access providers 接入服务提供者, their address ranges and services, and the bureaux 通信管理局.
create extension if not exists citext;
create extension if not exists btree_gist;

create table bureaux (
    province integer primary key check (province between 110000 and 659000),
    name text not null,
    phone text not null default '',
    address text not null default ''
);

create table providers (
    id uuid primary key,
    name text not null unique,
    -- 经营许可证编号
    licence_number text not null unique,
    province integer not null references bureaux (province),
    phone text not null default '',
    valid_from date not null default '2000-01-01',
    valid_to date
);

-- IP ranges a provider has filed: a site's addresses must lie in them (S001 4, result code 1063).
create table provider_ranges (
    id uuid primary key,
    provider_id uuid not null references providers (id),
    start_address inet not null,
    end_address inet not null,
    -- Where servers of this range stand, a code of 服务器放置地.
    location_code smallint not null,
    check (family(start_address) = family(end_address) and start_address <= end_address)
);
create index provider_ranges_provider on provider_ranges (provider_id);

-- Services a registrant bought: an instance or an authorisation code 授权码 proves that the site is the provider's customer.
create table provider_services (
    id uuid primary key,
    provider_id uuid not null references providers (id),
    code citext not null,
    description text not null default '',
    -- How many sites may name it.
    capacity smallint not null default 10 check (capacity > 0),
    valid_to date,
    unique (provider_id, code)
);
