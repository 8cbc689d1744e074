-- Passwords of staff under the profile of 等保 level 3: a session whose password is too old, and passwords that are not to come
-- back. Empty without that profile.
alter table sessions drop constraint sessions_stage_check;
alter table sessions add constraint sessions_stage_check
    check (stage in ('full', 'second_factor', 'enrolment', 'first_password', 'expired_password'));

create table former_passwords (
    id bigint generated always as identity primary key,
    user_id uuid not null references users (id) on delete cascade,
    password_hash text not null,
    replaced_at timestamptz not null
);
create index former_passwords_user on former_passwords (user_id, id desc);
