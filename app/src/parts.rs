//! What several pages share and what knows the words of filing.

pub mod case;
pub mod dates;
pub mod layout;
pub mod load;
