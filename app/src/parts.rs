//! What several pages share and what knows the words of filing.

pub mod dates;
pub mod layout;
pub mod load;
