-- How many filings of a demo were begun with made-up answers: each beginning has its own.
alter table installation add column samples_begun integer not null default 0 check (samples_begun >= 0);
