-- The inbox of a registrant (features A10): what happened to one's filings, beside the SMS and the mail about it.
create table notices (
    id uuid primary key,
    user_id uuid not null,
    filing_id uuid references filings (id),
    -- The event it tells about: a repeat writes nothing.
    seq integer,
    -- The text's key, the same as the message's template.
    template text not null check (template ~ '^[a-z][a-z0-9_]{0,63}$'),
    -- Domains, numbers, moments: nothing personal.
    params jsonb not null default '{}',
    created_at timestamptz not null,
    read_at timestamptz,
    unique (user_id, filing_id, seq, template)
);
create index notices_inbox on notices (user_id, created_at desc, id desc);
create index notices_unread on notices (user_id) where read_at is null;

-- Desks count what was decided here today and how long stages take.
create index journal_decided on journal (at) where verb in ('pass', 'return', 'approve', 'refuse', 'stop', 'resume');

-- Who may see a filing, in one place: every query of the desks and the materials asks it.
-- A provider sees its own once they are handed in, not while they are the registrant's draft again.
-- The bureau that decides sees them once they have been passed on to it. Everybody else is told that there is none.
create function filing_is_visible(filing filings, category text, viewer uuid, house uuid, decides_for integer)
returns boolean language sql immutable parallel safe as $$
    select case category
        when 'registrant' then filing.owner_id = viewer
        when 'provider' then filing.provider_id = house and filing.status not in ('draft', 'expired', 'discarded')
        when 'bureau' then filing.province = decides_for
            and filing.status in ('sms_pending', 'sms_failed', 'bureau_review', 'bureau_refused', 'approved', 'stopped')
        else false
    end
$$;
