-- What somebody holds: asked for each account of a staff, and when an account is suspended.
create index filings_claimed on filings (claimed_by) where claimed_by is not null;
