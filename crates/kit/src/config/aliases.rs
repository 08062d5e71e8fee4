//! `[aliases.<artifact>]`.

use super::Artifact;
use super::reader::Table;
use super::sections::values;

/// `[aliases.<artifact>]`: how a foreign shape names what ours has. In declared order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Field of the type, and the names that stand for it.
    pub fields: Vec<(String, Vec<String>)>,
    /// Field of the type, and foreign value to our value.
    pub values: Vec<(String, Vec<(String, String)>)>,
}

impl Aliases {
    pub(crate) fn read(artifact: Artifact, table: &Table<'_, '_>) -> Self {
        let mut aliases = Aliases::default();
        for (field, value) in table.entries() {
            let name = field.value.to_owned();
            if value.get_ref().is_array() {
                let names = table.as_strings(&name, value).unwrap_or_default();
                aliases.fields.push((name, values(names)));
            } else if value.get_ref().is_table() {
                let Some(inner) = table.as_table(&name, value) else {
                    continue;
                };
                let mut pairs = Vec::new();
                for (foreign, ours) in inner.entries() {
                    if foreign.value == "names" && ours.get_ref().is_array() {
                        let names = inner.as_strings("names", ours).unwrap_or_default();
                        aliases.fields.push((name.clone(), values(names)));
                    } else if let Some(ours) = inner.as_string(foreign.value, ours) {
                        pairs.push((foreign.value.to_owned(), ours.value));
                    }
                }
                aliases.values.push((name, pairs));
            } else {
                let key = artifact.key();
                let message =
                    format!("`aliases.{key}.{name}` must be a list of names or a table of values");
                table.problems().add(value.span(), message);
            }
        }
        aliases
    }

    /// The field that a foreign name stands for; the name itself where it is no alias.
    pub fn field<'a>(&'a self, name: &'a str) -> &'a str {
        self.fields
            .iter()
            .find(|(_, names)| names.iter().any(|alias| alias == name))
            .map_or(name, |(field, _)| field)
    }

    /// The names that stand for a field, in declared order, without its own.
    pub fn names<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(name, _)| name == field)
            .flat_map(|(_, names)| names.iter().map(String::as_str))
    }

    /// Our value for a foreign value of a field; the value itself where it is no alias.
    pub fn value<'a>(&'a self, field: &str, value: &'a str) -> &'a str {
        self.values
            .iter()
            .filter(|(name, _)| name == field)
            .flat_map(|(_, pairs)| pairs)
            .find(|(foreign, _)| foreign == value)
            .map_or(value, |(_, ours)| ours)
    }
}
