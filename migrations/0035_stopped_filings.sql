-- What had no end: answers of stopped filings, looks at home pages, jobs that failed.

-- Whoever was stopped can object for sixty days (行政复议法 第二十条), and what they objected about is there for so long.
create or replace function retention_least(kind text) returns integer language sql immutable parallel safe as $$
    select case kind
        when 'audit' then 184
        when 'sessions' then 184
        when 'messages' then 184
        when 'removed_materials' then 92
        when 'expired_answers' then 1
        when 'stopped_answers' then 60
        when 'notices' then 30
        when 'jobs' then 30
        when 'failed_jobs' then 30
        when 'footer_checks' then 1
        when 'retry_keys' then 1
        when 'codes' then 1
        when 'counters' then 0
        when 'flashes' then 0
        when 'challenges' then 0
        when 'first_passwords' then 0
    end
$$;

insert into retention (kind, days, valid, source) values
    ('stopped_answers', 92, '[2005-03-20,)',
     'as long as those of an expired filing: it never stood on the register; 行政复议法 第二十条: sixty days to object; 个人信息保护法 第十九条'),
    ('footer_checks', 92, '[2005-03-20,)', 'a newer look took its place: three months show how a page came to it'),
    ('failed_jobs', 365, '[2005-03-20,)', 'somebody has to see what was not done');

-- A look ends when a newer one of its site follows; the last one stays, as it is shown.
alter table footer_checks add column superseded_at timestamptz;
update footer_checks c set superseded_at = newer.at
from (select id, lead(checked_at) over (partition by site_id order by checked_at, id) as at from footer_checks) newer
where newer.id = c.id and newer.at is not null;
create index footer_checks_past on footer_checks (superseded_at) where superseded_at is not null;
create index jobs_failed on jobs (ended_at) where status = 'failed';

-- Filings that were stopped already: the job looks by itself whether their time is over.
insert into jobs (id, kind, key, payload, run_at)
select gen_random_uuid(), 'stopped_erase', id::text, jsonb_build_object('filing', id), entered_at + interval '92 days'
from filings where status = 'stopped';
