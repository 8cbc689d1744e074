-- Whether the file of the electronic certificate must lie in the site's folder `cert`: required by Order 33 (2005, Art. 13),
-- no more since Order 68 (2024-01-18; rules 0.5).
create table certificate_duties (
    duty text not null check (duty in ('required', 'recommended')),
    valid daterange not null,
    exclude using gist (valid with &&)
);
insert into certificate_duties (duty, valid) values
    ('required', '[2005-03-20,2024-01-18)'),
    ('recommended', '[2024-01-18,)');
