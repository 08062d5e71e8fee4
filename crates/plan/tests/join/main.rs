//! The joined plan, on values.

mod case;
mod claims;
mod reading;
