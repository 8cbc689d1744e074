-- How long what is kept, as dated rows: what has begun is not edited, another row follows it.

-- What the law forbids to go below, in days; none for a kind that nobody knows. Logs: six months (网络安全法 第二十一条), which have
-- 184 days at most. Files that were handed in: three months (备案系统技术规范).
create function retention_least(kind text) returns integer language sql immutable parallel safe as $$
    select case kind
        when 'audit' then 184
        when 'sessions' then 184
        when 'messages' then 184
        when 'removed_materials' then 92
        when 'expired_answers' then 1
        when 'notices' then 30
        when 'jobs' then 30
        when 'retry_keys' then 1
        when 'codes' then 1
        when 'counters' then 0
        when 'flashes' then 0
        when 'challenges' then 0
        when 'first_passwords' then 0
    end
$$;

create table retention (
    kind text not null check (retention_least(kind) is not null),
    days integer not null check (days <= 36500),
    valid daterange not null check (not isempty(valid) and not lower_inf(valid)),
    -- Why so long.
    source text not null check (source <> ''),
    set_at timestamptz,
    constraint retention_lawful check (days >= retention_least(kind)),
    exclude using gist (kind with =, valid with &&)
);

-- Of a row that is there, only the end is set; what is still to come may be withdrawn.
create function retention_is_not_edited() returns trigger language plpgsql as $$
begin
    if (new.kind, new.days, lower(new.valid), new.source) is distinct from (old.kind, old.days, lower(old.valid), old.source) then
        raise exception 'a rule of retention is not edited: another one follows it';
    end if;
    return new;
end $$;
create trigger retention_is_not_edited before update on retention for each row execute function retention_is_not_edited();

insert into retention (kind, days, valid, source) values
    ('audit', 1095, '[2005-03-20,)', '网络安全法 第二十一条（不少于六个月）; GB/T 22239-2019 8.1.4.3; kept for three years'),
    ('sessions', 184, '[2005-03-20,)', '网络安全法 第二十一条（不少于六个月）'),
    ('messages', 184, '[2005-03-20,)', '网络安全法 第二十一条（不少于六个月）'),
    ('removed_materials', 92, '[2005-03-20,)', '备案系统技术规范: three months at least'),
    ('expired_answers', 92, '[2005-03-20,)', 'as long as files that were handed in; 个人信息保护法 第十九条'),
    ('notices', 730, '[2005-03-20,)', '个人信息保护法 第十九条: two years, a filing may take one'),
    ('jobs', 184, '[2005-03-20,)', 'a key of a job stays taken for so long'),
    ('retry_keys', 7, '[2005-03-20,)', 'a form that is sent again within a week is answered the same'),
    ('codes', 1, '[2005-03-20,)', 'a code that comes too late is told so for a day'),
    ('counters', 0, '[2005-03-20,)', 'gone with their window'),
    ('flashes', 0, '[2005-03-20,)', 'gone with their five minutes'),
    ('challenges', 0, '[2005-03-20,)', 'gone with their five minutes'),
    ('first_passwords', 0, '[2005-03-20,)', 'gone when they were shown long enough');

-- The audit grows; what is older than the law asks for may go, and nothing else.
create or replace function audit_only_grows() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.at < clock_timestamp() - interval '184 days' then
        return old;
    end if;
    raise exception 'the audit only grows';
end $$;
create index audit_at on audit (at);
create index notices_past on notices (created_at);
