-- The last reminder that a filing will expire: each is sent once in an idle time, whichever look comes to it.
create table expiry_reminders (
    filing_id uuid primary key references filings (id),
    -- The idle time it was about: a change of the answers begins another.
    idle_since timestamptz not null,
    -- So many days before the end.
    days_left smallint not null check (days_left > 0),
    sent_at timestamptz not null
);

-- Filings that are idle already have a look at their end only: one more, which sends what is due and asks for the next.
insert into jobs (id, kind, key, payload, run_at)
select gen_random_uuid(), 'expire', id || '-remind', jsonb_build_object('filing', id), touched_at
from filings where status in ('draft', 'provider_returned', 'sms_failed', 'bureau_refused');
