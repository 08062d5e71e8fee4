//! Records in lists in lists.

use serde_json::{Map, Value};

use super::mapping::{Mapping, Place};
use super::source::Found;

/// Lists inside one another that are looked into.
const MAX_DEPTH: usize = 16;

/// A value that is still to be looked at.
struct Work {
    at: String,
    place: Place,
    depth: usize,
    value: Value,
    /// The list that it stands in.
    list: Option<String>,
}

/// Every record in a value, found with a stack of its own.
pub(super) fn tree(at: &str, root: Value, mapping: &Mapping) -> Vec<Found> {
    let mut found = Vec::new();
    let list = root.is_array().then(String::new);
    let mut work = vec![Work {
        at: at.to_owned(),
        place: Place::default(),
        depth: 0,
        value: root,
        list,
    }];
    while let Some(next) = work.pop() {
        match next.value {
            Value::Array(list) => {
                let elements = list.into_iter().enumerate().rev();
                work.extend(elements.map(|(slot, value)| Work {
                    at: format!("{}/{slot}", next.at),
                    place: next.place.clone(),
                    depth: next.depth,
                    value,
                    list: next.list.clone(),
                }));
            }
            Value::Object(object) => {
                let here = Here {
                    at: next.at,
                    place: next.place,
                    depth: next.depth,
                    list: next.list,
                };
                here.look(object, mapping, &mut found, &mut work);
            }
            _ => found.push(Found {
                at: next.at,
                place: next.place,
                item: Err("it is no object".to_owned()),
            }),
        }
    }
    found
}

/// Where an object stands.
struct Here {
    at: String,
    place: Place,
    depth: usize,
    list: Option<String>,
}

impl Here {
    fn look(
        self,
        mut object: Map<String, Value>,
        mapping: &Mapping,
        found: &mut Vec<Found>,
        work: &mut Vec<Work>,
    ) {
        let is_phase = self.list.as_deref().is_some_and(Mapping::is_phases);
        let is_record = mapping.is_record(&object) && !is_phase;
        let mut inner = self.place.clone();
        if is_phase {
            inner.phase = mapping.name_of_phase(&object).or(inner.phase);
        } else if let Some(id) = mapping.id(&object, &self.place).filter(|_| is_record) {
            inner.parent = Some(id);
        }
        let mut deeper = self.lists(&mut object, mapping, is_record, &inner);
        if !is_record && !is_phase {
            self.unknown(&object, mapping, found);
            if self.list.is_none() && self.depth == 0 {
                let has_lists = !deeper.is_empty();
                deeper.extend(self.tags(&mut object, mapping, has_lists));
            }
        }
        let item = if is_record {
            Some(Ok(object))
        } else if is_phase {
            Some(Err("it is a phase: its items name it".to_owned()))
        } else if self.list.is_some() {
            Some(Err("it has no id".to_owned()))
        } else {
            None
        };
        if let Some(item) = item {
            let at = if self.at.is_empty() {
                "/".to_owned()
            } else {
                self.at
            };
            found.push(Found {
                at,
                place: self.place,
                item,
            });
        }
        work.extend(deeper.into_iter().rev());
    }

    /// Takes the lists of records out of an object.
    fn lists(
        &self,
        object: &mut Map<String, Value>,
        mapping: &Mapping,
        is_record: bool,
        inner: &Place,
    ) -> Vec<Work> {
        let names: Vec<String> = mapping.lists(object).map(str::to_owned).collect();
        let mut deeper = Vec::new();
        for name in names {
            // What a record lists as texts is its own.
            let is_texts = object
                .get(&name)
                .and_then(Value::as_array)
                .is_some_and(|list| !list.is_empty() && !list.iter().any(Value::is_object));
            if self.depth >= MAX_DEPTH || is_record && is_texts {
                continue;
            }
            let work = |at: String, value| Work {
                at,
                place: inner.clone(),
                depth: self.depth + 1,
                value,
                list: Some(name.clone()),
            };
            match object.remove(&name) {
                Some(Value::Object(by_id)) => {
                    for (id, mut value) in by_id {
                        let at = format!("{}/{name}/{id}", self.at);
                        if let Some(object) = value.as_object_mut()
                            && !mapping.is_record(object)
                        {
                            object.insert(mapping.name("id").to_owned(), Value::from(id));
                        }
                        deeper.push(work(at, value));
                    }
                }
                Some(list) => deeper.push(work(format!("{}/{name}", self.at), list)),
                None => {}
            }
        }
        deeper
    }

    /// Lists of records under a name that nobody declared are not passed over in silence.
    fn unknown(&self, object: &Map<String, Value>, mapping: &Mapping, found: &mut Vec<Found>) {
        for (name, value) in object {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let is_record = |value: &Value| value.as_object().is_some_and(|o| mapping.is_record(o));
            for (slot, _) in list
                .iter()
                .enumerate()
                .filter(|(_, value)| is_record(value))
            {
                found.push(Found {
                    at: format!("{}/{name}/{slot}", self.at),
                    place: self.place.clone(),
                    item: Err(format!(
                        "`{name}` is no list that is known; a mapping can name it"
                    )),
                });
            }
        }
    }

    /// Lists by tag: objects that hold lists.
    fn tags(
        &self,
        object: &mut Map<String, Value>,
        mapping: &Mapping,
        has_lists: bool,
    ) -> Vec<Work> {
        let tags: Vec<String> = object
            .iter()
            .filter(|(_, value)| {
                let inner = value.as_object();
                inner.is_some_and(|inner| mapping.lists(inner).next().is_some())
            })
            .map(|(tag, _)| tag.clone())
            .collect();
        let is_only = tags.len() == 1 && !has_lists;
        tags.into_iter()
            .filter_map(|tag| {
                // Each list counts from one: only the main one's numbers stand alone.
                let is_main = is_only || tag == "master";
                let value = object.remove(&tag)?;
                let place = Place {
                    tag: (!is_main).then(|| id_part(&tag)),
                    ..Place::default()
                };
                Some(Work {
                    at: format!("{}/{tag}", self.at),
                    place,
                    depth: 1,
                    value,
                    list: None,
                })
            })
            .collect()
    }
}

/// A tag as a part of an id.
fn id_part(tag: &str) -> String {
    tag.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}
