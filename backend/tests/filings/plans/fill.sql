-- Enough of everything that the planner chooses: rows spread as a large installation's are. Foreign keys and the journal's
-- chain are not what is looked at.
set session_replication_role = replica;

create function pg_temp.id(kind text, n bigint) returns uuid language sql immutable as
    $$ select md5(kind || n)::uuid $$;
create function pg_temp.hash(kind text, n bigint) returns bytea language sql immutable as
    $$ select decode(md5(kind || n), 'hex') $$;
-- A person of the stage.
create function pg_temp.person(n bigint) returns uuid language sql immutable as
    $$ select ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
-- The n-th minute before the stage's morning.
create function pg_temp.ago(n bigint) returns timestamptz language sql immutable as
    $$ select timestamptz '2026-03-02 01:00Z' - n * interval '1 minute' $$;

insert into users (id, user_name, category, role, provider_id, province, status, contact_name, mobile, email, mobile_index,
                   email_index, password_hash, password_changed_at, created_at, confirmed_at, expires_at)
select case when n <= 4000 then pg_temp.person(4096 + n) else pg_temp.id('user', n) end, 'registrant-' || n, 'registrant', 'registrant', null, null,
       case when n % 100 = 0 then 'unconfirmed' else 'active' end, '', '', '', pg_temp.hash('m', n), pg_temp.hash('e', n), '',
       pg_temp.ago(n), pg_temp.ago(n), case when n % 100 = 0 then null else pg_temp.ago(n) end,
       case when n % 100 = 0 then pg_temp.ago(n - 9000) end
from generate_series(1, 20000) n;
insert into users (id, user_name, category, role, provider_id, province, status, contact_name, mobile, email, mobile_index,
                   email_index, password_hash, password_changed_at, created_at, confirmed_at)
select pg_temp.person(case when n <= 20 then 8192 + n else 12288 + n - 20 end), 'staff-' || n,
       case when n <= 20 then 'provider' else 'bureau' end, case when n <= 20 then 'provider_clerk' else 'reviewer' end,
       case when n <= 20 then pg_temp.person(3041) end, case when n > 20 then 110000 end, 'active', '', '', '',
       pg_temp.hash('sm', n), pg_temp.hash('se', n), '', pg_temp.ago(n), pg_temp.ago(n), pg_temp.ago(n)
from generate_series(1, 40) n;

insert into sessions (id, token_hash, user_id, stage, address, agent, created_at, seen_at, expires_at, ended_at, ended_by)
select pg_temp.id('session', n), pg_temp.hash('token', n), pg_temp.person(4096 + n % 4000), 'full', '', '', pg_temp.ago(n),
       pg_temp.ago(n), pg_temp.ago(n - 720), case when n % 3 = 0 then pg_temp.ago(n) end, case when n % 3 = 0 then 'sign_out' end
from generate_series(1, 40000) n;
insert into second_factors (user_id, secret, confirmed_at) select pg_temp.id('user', n), '', pg_temp.ago(n) from generate_series(1, 20000) n;
insert into codes (id, user_id, purpose, code_hash, sent_at, expires_at)
select pg_temp.id('code', n), pg_temp.id('user', n), 'mobile', pg_temp.hash('code', n), pg_temp.ago(n), pg_temp.ago(n - 10)
from generate_series(1, 20000) n;
insert into recoveries (token_hash, user_id, sent_at, expires_at)
select pg_temp.hash('recovery', n), pg_temp.id('user', n), pg_temp.ago(n), pg_temp.ago(n - 30) from generate_series(1, 20000) n;
insert into rate_counters select 'sign_in_name', pg_temp.hash('count', n), pg_temp.ago(n - 15000), 1 from generate_series(1, 30000) n;
insert into flashes select pg_temp.id('flash', n), pg_temp.hash('flash', n), '', pg_temp.ago(n - 19000) from generate_series(1, 20000) n;
insert into challenges (id, kind, answer_hash, ready_at, expires_at, purpose)
select pg_temp.id('challenge', n), 'picture', '', pg_temp.ago(n), pg_temp.ago(n - 19000), 'sign_in' from generate_series(1, 20000) n;
insert into retry_keys (actor, verb, key, body_hash, result, created_at)
select 'somebody', 'submit', pg_temp.id('retry', n), '', 'null', pg_temp.ago(n / 2) from generate_series(1, 20000) n;
insert into audit (at, actor, user_id, address, agent, verb, object, object_id, result, detail)
select pg_temp.ago(n), '{}', pg_temp.person(4096 + n % 4000), '', '', 'submit', 'filing', pg_temp.id('filing', n % 30000), 'done', '{}'
from generate_series(1, 40000) n;
insert into jobs (id, kind, key, payload, status, run_at, ended_at)
select pg_temp.id('job', n), 'expire', n::text, '{}', case when n % 2 = 0 then 'due' else 'done' end, pg_temp.ago(20000 - n),
       case when n % 2 = 1 then pg_temp.ago(n * 20) end from generate_series(1, 40000) n;
insert into outbox (id, key, channel, template, lang, recipient, recipient_index, params, filing_id, status, due_at, created_at, sent_at)
select pg_temp.id('message', n), n::text, 'email', 'submitted', 'zh', '', '', '', pg_temp.id('filing', n % 30000),
       case when n % 40 = 0 then 'due' else 'sent' end, pg_temp.ago(n * 20), pg_temp.ago(n * 20),
       case when n % 40 = 0 then null else pg_temp.ago(n * 20) end from generate_series(1, 40000) n;

-- Forty filings of each of the stage's registrants, a sixteenth of all in its province, a twenty-fifth with its provider.
insert into filings (id, seq, status, owner_id, province, provider_id, due_at, claimed_by, sms, sms_until, held_at, first_approval_by,
                     number, submitted_at, entered_at, touched_at, title, domains, nature, site_count)
select pg_temp.id('filing', n), 3, status, pg_temp.person(4096 + n % 750),
       case when n % 16 = 0 then 110000 else 120000 + n % 16 end, pg_temp.person(3041 + n % 25),
       case when status like '%review' then pg_temp.ago(n % 3000 - 1500) end,
       case when status like '%review' and n % 5 = 0 then pg_temp.person(case status when 'provider_review' then 8192 else 12288 end + n % 20) end,
       case when status = 'sms_pending' then '{}'::jsonb end, case when status = 'sms_pending' then pg_temp.ago(-n % 1000) end,
       case when status = 'bureau_review' and n % 50 = 0 then pg_temp.ago(n) end,
       case when status = 'bureau_review' and n % 70 = 0 then pg_temp.person(12289) end,
       case when status = 'approved' then '京ICP备' || n end, pg_temp.ago(n), pg_temp.ago(n), pg_temp.ago(n), '单位' || n,
       array['domain' || n || '.example'], 4, 1
from (select n, case when n / 400 % 10 < 5 then 'approved' when n / 400 % 10 = 5 then 'provider_review'
                     when n / 400 % 10 = 6 then 'bureau_review' when n / 400 % 10 = 7 then 'sms_pending'
                     when n / 400 % 10 = 8 then 'draft' when n / 400 % 20 = 9 then 'bureau_refused' else 'provider_returned' end as status
      from generate_series(1, 30000) n) f;
insert into journal (filing_id, seq, previous_seq, verb, from_status, to_status, who, actor, fact, at)
select pg_temp.id('filing', n), seq, nullif(seq - 1, 0), case seq when 1 then 'create' when 2 then 'submit' else 'pass' end,
       case seq when 1 then '' when 2 then 'draft' else 'provider_review' end,
       case seq when 1 then 'draft' when 2 then 'provider_review' else 'bureau_review' end,
       case seq when 3 then 'provider' else 'registrant' end, '{}', '{}', pg_temp.ago(30000 - n)
from generate_series(1, 30000) n, generate_series(1, 3) seq;
insert into draft_sections (filing_id, section, row_id, version, sealed, updated_at, updated_by)
select pg_temp.id('filing', n), 'site-' || k, pg_temp.id('section', n * 4 + k), 1, '', pg_temp.ago(n), pg_temp.person(4096 + n % 750)
from generate_series(1, 30000) n, generate_series(1, 2) k where n % 750 <> 7;
insert into filing_snapshots select pg_temp.id('filing', n), 2, pg_temp.id('snapshot', n), '' from generate_series(1, 20000) n;
insert into materials (id, filing_id, section, kind, object_key, sealed, content_type, size, width, height, sha256, uploaded_by, uploaded_at)
select pg_temp.id('material', n), pg_temp.id('filing', n % 30000), 'sponsor', 1, pg_temp.id('object', n)::text, '', 'image/png', 1, 1, 1, '',
       pg_temp.person(4096), pg_temp.ago(n) from generate_series(1, 40000) n where n % 750 <> 7;
insert into material_thumbnails select pg_temp.id('material', n), pg_temp.id('small', n)::text, '', 1, pg_temp.ago(n) from generate_series(1, 20000) n;
insert into notes select pg_temp.id('note', n), pg_temp.id('filing', n), 'pass', pg_temp.person(8193), '', pg_temp.ago(n) from generate_series(1, 20000) n;
insert into holds select 'domain', pg_temp.hash('domain', n), pg_temp.id('filing', n), pg_temp.ago(n) from generate_series(1, 20000) n;
insert into service_claims select pg_temp.id('filing', n), pg_temp.person(3041 + n % 25), 's-' || n, 1 from generate_series(1, 20000) n;
insert into confirmations (id, filing_id, round, mobile_index, sealed, live)
select pg_temp.id('confirmation', n), pg_temp.id('filing', n), 1, pg_temp.hash('m', n), '', n % 10 = 0 from generate_series(1, 20000) n;
insert into identity_checks select pg_temp.id('check', n), pg_temp.id('filing', n), 'sponsor', '', 'video', pg_temp.ago(n), pg_temp.person(8193), pg_temp.ago(n)
from generate_series(1, 20000) n;
insert into mobile_claims select pg_temp.id('filing', n), pg_temp.hash('m', n) from generate_series(1, 20000) n;
insert into notices (id, user_id, filing_id, seq, template, created_at, read_at)
select pg_temp.id('notice', n), pg_temp.person(4096 + n % 750), pg_temp.id('filing', n), 3, 'submitted', pg_temp.ago(n),
       case when n % 10 > 0 then pg_temp.ago(n) end from generate_series(1, 40000) n;
insert into expiry_reminders select pg_temp.id('filing', n), pg_temp.ago(n), 30, pg_temp.ago(n) from generate_series(1, 20000) n;
insert into provider_services (id, provider_id, code)
select pg_temp.id('service', n), pg_temp.person(3041 + n % 25), 's-' || n from generate_series(1, 20000) n;

insert into sponsors (id, number, province, identity_key, owner_id, filed_by, created_at)
select pg_temp.id('sponsor', n), '京ICP备2026' || lpad(n::text, 6, '0') || '号', 110000, pg_temp.hash('identity', n),
       pg_temp.person(4096 + n % 750), 'self', pg_temp.ago(n) from generate_series(1, 20000) n;
insert into sponsor_versions select pg_temp.id('sponsor', n), tstzrange(pg_temp.ago(n), null), pg_temp.ago(n), pg_temp.id('filing', n),
       pg_temp.id('sponsor row', n), '单位' || n, '单位' || n, 4, '' from generate_series(1, 20000) n;
insert into sponsor_mobiles select pg_temp.id('sponsor', n), pg_temp.hash('m', n) from generate_series(1, 20000) n;
insert into sites (id, sponsor_id, number, domain, created_at)
select pg_temp.id('site', n), pg_temp.id('sponsor', n), '京ICP备2026' || lpad(n::text, 6, '0') || '号-1', 'domain' || n || '.com', pg_temp.ago(n)
from generate_series(1, 20000) n;
insert into site_versions (site_id, valid, recorded_at, filing_id, row_id, name, domain_display, home_page, approved_on, sealed)
select pg_temp.id('site', n), tstzrange(pg_temp.ago(n), null), pg_temp.ago(n), pg_temp.id('filing', n), pg_temp.id('site row', n), '网站' || n,
       'domain' || n || '.com', '', '2026-01-01', '' from generate_series(1, 20000) n;
insert into accesses (id, site_id, provider_id, method, locations, addresses, service_code, filing_id, created_at)
select pg_temp.id('access', n), pg_temp.id('site', n), pg_temp.person(3041 + n % 25), 5, '{2}', '{203.0.113.9}',
       's-' || n, pg_temp.id('filing', n), pg_temp.ago(n) from generate_series(1, 20000) n;
insert into footer_checks (id, site_id, checked_at, checked_by, not_reached)
select pg_temp.id('footer', n), pg_temp.id('site', n), pg_temp.ago(n), pg_temp.person(4096), 'time' from generate_series(1, 20000) n;

set session_replication_role = origin;
