//! The coded opinions 核实意见 and reasons that go with a verdict (features P3). Their words stand in `desk.toml`.

use crate::filing::Verb;

/// The codes that go with a verb, the usual one first; none where an opinion has no code. 1–19 are the provider's, 20–49
/// the administration's.
pub fn opinions(verb: Verb) -> &'static [u16] {
    match verb {
        Verb::Pass => &[1, 2, 3, 9],
        Verb::Return => &[10, 11, 12, 13, 14, 19],
        Verb::Approve => &[20, 21],
        Verb::Refuse => &[30, 31, 32, 33, 34, 35, 39],
        Verb::Stop => &[40, 41, 42, 49],
        _ => &[],
    }
}
