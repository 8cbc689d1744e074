-- What lists show of a material: a small picture, an object of its own under a key of its own. It goes with its material;
-- where there is none, it is made when it is first asked for.
create table material_thumbnails (
    material_id uuid primary key references materials (id),
    object_key text not null unique,
    -- Wrapped key: encrypted.
    sealed bytea not null,
    size integer not null check (size > 0),
    made_at timestamptz not null
);
