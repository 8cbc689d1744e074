-- One mobile serves at most three filings (rules 1.5): whom to count. Keyed blind indexes, the same as those of confirmations.

-- Of filings on their way: claimed with their holds, given up with them.
create table mobile_claims (
    filing_id uuid not null references filings (id),
    mobile_index bytea not null,
    primary key (mobile_index, filing_id)
);
create index mobile_claims_filing on mobile_claims (filing_id);

-- Of the register's sponsors: the persons in charge of the sponsor and of its sites.
create table sponsor_mobiles (
    sponsor_id uuid not null references sponsors (id),
    mobile_index bytea not null,
    primary key (mobile_index, sponsor_id)
);

-- What is known of those before this table: who was asked to confirm, and of records who did.
insert into mobile_claims (filing_id, mobile_index)
    select distinct c.filing_id, c.mobile_index from confirmations c join filings f on f.id = c.filing_id
    where f.status not in ('draft', 'approved', 'stopped', 'expired', 'discarded');
insert into sponsor_mobiles (sponsor_id, mobile_index)
    select distinct v.sponsor_id, c.mobile_index from confirmations c join sponsor_versions v on v.filing_id = c.filing_id
    where c.confirmed_at is not null;

-- Least ages that differ from the national one (rules 4.4): Huawei Cloud 备案管局咨询 (2025-12-31), Shandong;
-- Tencent Cloud 江西管局备案要求, Jiangxi.
insert into minimum_ages (province, age, valid) values
    (370000, 17, '[2020-08-17,)'),
    (360000, 16, '[2020-08-17,)');
