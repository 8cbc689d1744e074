-- What is listed or claimed one after the other comes in its index's order to the last key: moments are equal more often than
-- one thinks, and what an index leaves open is sorted anew for each page.
drop index filings_owner;
create index filings_owner on filings (owner_id, touched_at desc, id desc);
drop index outbox_due;
create index outbox_due on outbox (due_at, id) where status = 'due';

-- What lies with the registrant, house by house: by the index of all that is idle, a house walked through everybody's.
create index filings_provider_returned on filings (provider_id, touched_at desc, id)
    where status in ('provider_returned', 'sms_failed', 'bureau_refused');
create index filings_bureau_returned on filings (province, touched_at desc, id) where status in ('bureau_refused', 'sms_failed');

-- What is swept every ten minutes is found, not looked for.
create index jobs_ended on jobs (ended_at) where status = 'done';
create index outbox_past on outbox (created_at) where status <> 'due';
create index codes_past on codes (expires_at);
create index recoveries_past on recoveries (expires_at);
create index materials_removed on materials (removed_at) where removed_at is not null;
