-- The change of keys: which keys this installation writes with, who reads them, and what still names an old one.

-- Every key that rows may be sealed or indexed with, as `sealing k1` or `index 1`; never the key. A node without one of them is
-- not started. The check value tells a key from another of the same name.
create table installation_keys (
    name text primary key check (name ~ '^(sealing .{1,32}|index [0-9]{1,3})$'),
    check_value text not null,
    since timestamptz not null,
    -- No row names it any more.
    retired_at timestamptz
);

-- Nodes, which are processes that serve, with name and check value of the keys that each reads and of the two that it writes with: a key is
-- written with once all of them read it. The moments are the database's, which all of them share.
create table key_readers (
    id uuid primary key,
    name text not null,
    reads text[] not null,
    writes text[] not null,
    seen_at timestamptz not null,
    ended_at timestamptz
);

-- The key that a sealed value names (the layout is `keys.rs`'s); none of what was erased.
create function sealed_with(sealed bytea) returns bytea language sql immutable parallel safe as $$
    select case when length(sealed) > 3 then substring(sealed from 4 for get_byte(sealed, 2)) end
$$;

-- The version of the key of a blind index: a byte before a SHA-256. The demo's register has identities of another length.
create function indexed_with(index bytea) returns integer language sql immutable parallel safe as $$
    select case when length(index) = 33 then get_byte(index, 0) end
$$;
