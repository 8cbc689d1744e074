use super::uses::{INDEXES, SEALED};
use super::{lone::LONE, rows::ROWS};
use std::collections::BTreeSet;

#[test]
fn every_sealed_column_and_every_index_is_renewed() {
    let sealed: BTreeSet<_> = ROWS.iter().flat_map(|rows| rows.sealed.iter().map(|column| (rows.table, *column))).collect();
    assert_eq!(sealed, SEALED.iter().copied().collect());
    let indexes = ROWS.iter().flat_map(|rows| rows.indexes.iter().map(|column| (rows.table, *column)));
    let indexes: BTreeSet<_> = indexes.chain(LONE.iter().map(|lone| (lone.table, lone.column))).collect();
    assert_eq!(indexes, INDEXES.iter().copied().collect());
}
