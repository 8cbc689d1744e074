-- The second of two reviewers 复审 sends a first approval back with a reason, or its maker takes it back.
insert into moves (verb, from_status, to_status, who) values
    ('send_back', 'bureau_review', 'bureau_review', 'bureau'),
    ('retract', 'bureau_review', 'bureau_review', 'bureau');
alter table notes drop constraint notes_kind_check,
    add constraint notes_kind_check check (kind in
        ('return', 'pass', 'correct', 'hold', 'resume', 'approve', 'send_back', 'refuse', 'stop'));
