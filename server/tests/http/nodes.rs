//! Two servers on one database, one store and one file of keys: what one does holds on the other, and what one leaves behind
//! when it ends, however it ends, the other goes on with.

mod faults;
mod keys;
mod load;
mod ours;
mod stage;
mod starting;
mod work;
