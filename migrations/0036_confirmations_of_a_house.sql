-- What waits for its persons to confirm, house by house: counted on top of every desk, and listed.
create index filings_provider_confirming on filings (provider_id, due_at, id)
    where status = 'sms_pending' or status = 'bureau_review' and sms_until is not null;
create index filings_bureau_confirming on filings (province, due_at, id)
    where status = 'sms_pending' or status = 'bureau_review' and sms_until is not null;
