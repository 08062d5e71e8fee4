//! The rules, by the kind of service.
//!
//! Each format is written from what its issuer or common knowledge says of it: a prefix, an alphabet, a length.

mod ai;
mod assigned;
mod assigned_more;
mod chat;
mod ci;
mod cloud;
mod data;
mod forges;
mod money;
mod more;
mod registries;
mod saas;
mod structure;

use crate::rule::Rule;

/// All rules, the more telling first.
pub fn all() -> Vec<&'static Rule> {
    [
        cloud::RULES,
        forges::RULES,
        ci::RULES,
        registries::RULES,
        ai::RULES,
        chat::RULES,
        money::RULES,
        data::RULES,
        saas::RULES,
        more::RULES,
        assigned::RULES,
        assigned_more::RULES,
        structure::RULES,
    ]
    .iter()
    .flat_map(|group| group.iter())
    .collect()
}
