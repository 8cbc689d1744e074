-- An account of a provider or a bureau with what its administrators see of it.
create view staff as
select u.id, u.user_name, u.role, u.provider_id, u.province, u.status, u.version, u.contact_name, u.mobile, u.email, u.lang,
       u.created_at, u.first_password_until,
       exists(select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as second_factor,
       (select max(s.seen_at) from sessions s where s.user_id = u.id and s.stage = 'full') as seen_at,
       (select count(*) from filings g where g.claimed_by = u.id) as cases
from users u where u.category <> 'registrant';
