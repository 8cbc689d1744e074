-- What the system saw at the bottom of a site's home page (features R16): each check, the newest is shown.
create table footer_checks (
    id uuid primary key,
    site_id uuid not null references sites (id),
    checked_at timestamptz not null,
    checked_by uuid not null,
    -- The number it shows: the one it must, another, none.
    number_shown text check (number_shown in ('exact', 'other', 'none')),
    -- Whether it links to the ministry's system.
    has_link boolean,
    -- Or why it was not seen.
    not_reached text check (not_reached in ('address', 'name', 'inside', 'connection', 'certificate', 'time', 'redirect',
                                            'status', 'answer', 'size')),
    check ((not_reached is null) = (number_shown is not null) and (number_shown is null) = (has_link is null))
);
create index footer_checks_newest on footer_checks (site_id, checked_at desc, id desc);
