use super::file::KeyFile;
use super::*;
use secrecy::SecretString;

const PLACE: Place = Place { table: "users", column: "mobile", row: Uuid::from_u128(5), version: 1 };

#[test]
fn a_sealed_value_opens_only_in_its_place() {
    let keys = Keys::fixed();
    let sealed = keys.seal(PLACE, b"13800000000");
    assert_eq!(keys.open(PLACE, &sealed).unwrap(), b"13800000000");
    let elsewhere = [
        Place { table: "sponsors", ..PLACE },
        Place { column: "email", ..PLACE },
        Place { row: Uuid::from_u128(6), ..PLACE },
        Place { version: 2, ..PLACE },
    ];
    for place in elsewhere {
        assert!(matches!(keys.open(place, &sealed), Err(Error::Inconsistent { .. })), "{place:?}");
    }
}

#[test]
fn no_changed_byte_opens_and_no_short_value_panics() {
    let keys = Keys::fixed();
    let sealed = keys.seal(PLACE, b"secret");
    for i in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[i] ^= 1;
        assert!(keys.open(PLACE, &changed).is_err(), "byte {i}");
        assert!(keys.open(PLACE, &sealed[..i]).is_err(), "length {i}");
    }
}

#[test]
fn after_a_change_of_keys_old_values_still_open_and_old_indexes_are_still_found() {
    let old: KeyFile = serde_json::from_str(Keys::generate().expose_secret()).unwrap();
    let mut new: KeyFile = serde_json::from_str(Keys::generate().expose_secret()).unwrap();
    let sealing = new.sealing.remove("k1").unwrap();
    new.sealing = [("k1".into(), old.sealing["k1"].clone()), ("k2".into(), sealing)].into();
    new.active = "k2".into();
    new.index = [(1, old.index[&1].clone()), (2, new.index[&1].clone())].into();
    new.index_version = 2;
    let text = |f: &KeyFile| SecretString::from(serde_json::to_string(f).unwrap());
    let (old, new) = (Keys::parse(&text(&old)).unwrap(), Keys::parse(&text(&new)).unwrap());
    assert_eq!(new.open(PLACE, &old.seal(PLACE, b"x")).unwrap(), b"x");
    assert!(old.open(PLACE, &new.seal(PLACE, b"x")).is_err());
    assert!(new.indexes("mobile", "1").contains(&old.index("mobile", "1")));
    assert_ne!(new.index("mobile", "1"), old.index("mobile", "1"));
    assert_ne!(new.index("mobile", "1"), new.index("email", "1"));
}

#[test]
fn keys_are_never_printed() {
    assert_eq!(format!("{:?}", Keys::fixed()), "Keys(…)");
    let short = "{\"active\":\"k1\",\"sealing\":{\"k1\":\"c2VjcmV0\"},\"index_version\":1,\"index\":{}}";
    let error = Keys::parse(&short.to_owned().into()).unwrap_err().to_string();
    assert!(error.contains("k1") && !error.contains("c2VjcmV0"), "{error}");
}

#[test]
fn the_generated_key_file_is_private_and_lasts() {
    let folder = std::env::temp_dir().join(Uuid::new_v4().to_string());
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("keys.json");
    let sealed = Keys::load_or_generate(&path).unwrap().seal(PLACE, b"x");
    assert_eq!(Keys::load_or_generate(&path).unwrap().open(PLACE, &sealed).unwrap(), b"x");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(Keys::load(&path), Err(KeyError::Mode)));
    std::fs::remove_dir_all(folder).unwrap();
}
