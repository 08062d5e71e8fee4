//! Reads one item: a single pass over its text, no copy of what needs no decoding.

mod value;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use trueline_core::artifact::plan::Tier;
use trueline_core::id::is_id;

use crate::field::FieldSet;
use crate::table::{List, Record, Slice};
use crate::{Aliases, Field};
use value::{Got, KeySeed, ValueSeed, Want, priority, want};

/// Collects the records of one file.
pub(crate) struct Reader<'s, 'al> {
    pub(crate) source: &'s str,
    pub(crate) aliases: &'al Aliases,
    pub(crate) pool: String,
    pub(crate) texts: Vec<Slice>,
    pub(crate) pairs: Vec<(Slice, Slice)>,
}

/// What a record has besides its fields.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Fields whose value has the wrong type or form.
    pub(crate) wrong: FieldSet,
    /// Fields that are there twice.
    pub(crate) twice: FieldSet,
}

impl<'s, 'al> Reader<'s, 'al> {
    pub(crate) fn new(source: &'s str, aliases: &'al Aliases) -> Self {
        Reader {
            source,
            aliases,
            pool: String::new(),
            texts: Vec::new(),
            pairs: Vec::new(),
        }
    }

    /// Reads the object whose text is `raw`, a part of the source.
    pub(crate) fn read(&mut self, raw: &'s str) -> Result<(Record, Faults), serde_json::Error> {
        let mut json = serde_json::Deserializer::from_str(raw);
        let mut faults = Faults::default();
        let seed = RecordSeed {
            reader: self,
            faults: &mut faults,
        };
        let mut record = seed.deserialize(&mut json)?;
        json.end()?;
        let start = self.place(raw).start;
        record.span = (start, start + narrow(raw.len()));
        Ok((record, faults))
    }

    /// Where a borrowed part of the source lies.
    fn place(&self, part: &str) -> Slice {
        let offset = (part.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        if offset <= self.source.len() {
            Slice {
                start: narrow(offset),
                len: narrow(part.len()),
            }
        } else {
            Slice::NONE
        }
    }

    fn keep(&mut self, text: &str) -> Slice {
        let start = narrow(self.source.len() + self.pool.len());
        self.pool.push_str(text);
        Slice {
            start,
            len: narrow(text.len()),
        }
    }

    fn text(&self, slice: Slice) -> &str {
        let (start, len) = (slice.start as usize, slice.len as usize);
        match start.checked_sub(self.source.len()) {
            Some(start) => self.pool.get(start..start + len),
            None => self.source.get(start..start + len),
        }
        .unwrap_or_default()
    }

    /// Splits the list by prefix; gives the requirements and the designs.
    fn split(&mut self, list: List) -> (List, List) {
        let range = list.start as usize..list.end as usize;
        let all: Vec<Slice> = self.texts.get(range.clone()).unwrap_or_default().to_vec();
        let (td, nt): (Vec<Slice>, Vec<Slice>) = all
            .into_iter()
            .partition(|slice| self.aliases.is_td(self.text(*slice)));
        let middle = list.start + narrow(nt.len());
        self.texts.splice(range, nt.into_iter().chain(td));
        let nt = List {
            start: list.start,
            end: middle,
        };
        let td = List {
            start: middle,
            end: list.end,
        };
        (nt, td)
    }

    /// Both lists as one.
    fn join(&mut self, a: List, b: List) -> List {
        if a.start == a.end {
            return b;
        }
        let start = narrow(self.texts.len());
        for list in [a, b] {
            self.texts
                .extend_from_within(list.start as usize..list.end as usize);
        }
        List {
            start,
            end: narrow(self.texts.len()),
        }
    }
}

/// Sizes are bounded by `table::MAX_BYTES`.
pub(crate) fn narrow(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

struct RecordSeed<'r, 's, 'al> {
    reader: &'r mut Reader<'s, 'al>,
    faults: &'r mut Faults,
}

impl<'de> DeserializeSeed<'de> for RecordSeed<'_, 'de, '_> {
    type Value = Record;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Record, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_, 'de, '_> {
    type Value = Record;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Record, A::Error> {
        let mut record = Record::new();
        // Members that came in under an alias: their own name goes before them.
        let mut aliased = FieldSet::default();
        while let Some(key) = map.next_key_seed(KeySeed(self.reader.aliases))? {
            let Some((field, is_alias)) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if record.seen.contains(field) {
                if is_alias && !aliased.contains(field) {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                if is_alias == aliased.contains(field) {
                    self.faults.twice.insert(field);
                }
            }
            record.seen.insert(field);
            if is_alias {
                aliased.insert(field);
            }
            self.member(&mut record, field, &mut map)?;
        }
        Ok(record)
    }
}

impl<'de> RecordSeed<'_, 'de, '_> {
    fn member<A: MapAccess<'de>>(
        &mut self,
        record: &mut Record,
        field: Field,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let reader = &mut *self.reader;
        let ok = match field {
            Field::Weight => {
                let raw: &'de RawValue = map.next_value()?;
                let good = crate::weights::is_weight(raw.get());
                if good {
                    record.weight = reader.place(raw.get());
                }
                good || raw.get() == "null"
            }
            Field::Priority => {
                let raw: &'de RawValue = map.next_value()?;
                record.priority = priority(reader.aliases, raw.get());
                record.priority.is_some() || raw.get() == "null"
            }
            Field::Attempts => {
                let raw: &'de RawValue = map.next_value()?;
                let attempts = raw.get().parse().ok();
                record.rare_mut().attempts = attempts;
                attempts.is_some() || raw.get() == "null"
            }
            _ => match want(field) {
                Want::Text => {
                    let got = map.next_value_seed(ValueSeed {
                        reader,
                        want: Want::Text,
                    })?;
                    self.put_text(record, field, got)
                }
                want => {
                    let got = map.next_value_seed(ValueSeed { reader, want })?;
                    self.put_list(record, field, got)
                }
            },
        };
        if !ok {
            self.faults.wrong.insert(field);
        }
        Ok(())
    }
}

impl RecordSeed<'_, '_, '_> {
    fn put_text(&mut self, record: &mut Record, field: Field, got: Got) -> bool {
        let slice = match got {
            Got::Text(slice) => slice,
            Got::Null => return true,
            _ => return false,
        };
        let text = self.reader.text(slice);
        let place = match field {
            Field::Id => {
                if !is_id(text) {
                    return false;
                }
                &mut record.id
            }
            Field::Status => {
                record.status = self.reader.aliases.status(text);
                // An unknown one is a finding of its own.
                return true;
            }
            Field::Tier => {
                record.tier = match text {
                    "foundation" => Some(Tier::Foundation),
                    "feature" => Some(Tier::Feature),
                    "stretch" => Some(Tier::Stretch),
                    _ => None,
                };
                return record.tier.is_some();
            }
            Field::Due => {
                if !trueline_core::scalar::is_day(text) {
                    return false;
                }
                &mut record.rare_mut().due
            }
            Field::Title => &mut record.title,
            Field::Owner => &mut record.owner,
            Field::Agent => &mut record.agent,
            Field::Phase => &mut record.phase,
            Field::Kind => &mut record.rare_mut().kind,
            Field::Branch => &mut record.rare_mut().branch,
            Field::BlockedReason => &mut record.rare_mut().blocked_reason,
            Field::Verdict => &mut record.rare_mut().verdict,
            Field::Vertical => &mut record.rare_mut().vertical,
            Field::DoneAt => &mut record.rare_mut().done_at,
            _ => return true,
        };
        *place = slice;
        true
    }

    fn put_list(&mut self, record: &mut Record, field: Field, got: Got) -> bool {
        let (list, whole) = match got {
            Got::List(list, whole) => (list, whole),
            Got::Null => return matches!(field, Field::Claim | Field::Deferred),
            _ => return false,
        };
        if field == Field::Refs {
            let (nt, td) = self.reader.split(list);
            record.nt_refs = self.reader.join(record.nt_refs, nt);
            record.td_refs = self.reader.join(record.td_refs, td);
            return whole;
        }
        let place = match field {
            Field::Dependencies => &mut record.dependencies,
            Field::NtRefs => &mut record.nt_refs,
            Field::TdRefs => &mut record.td_refs,
            Field::Scope => &mut record.scope,
            Field::ExitCriteria => &mut record.exit_criteria,
            Field::Tests => &mut record.tests,
            Field::FollowUps => &mut record.rare_mut().follow_ups,
            Field::RunReports => &mut record.rare_mut().run_reports,
            Field::AttachPacks => &mut record.rare_mut().attach_packs,
            Field::CodePaths => &mut record.rare_mut().code_paths,
            Field::Evidence => &mut record.rare_mut().evidence,
            Field::Claim => &mut record.rare_mut().claim,
            Field::Deferred => &mut record.rare_mut().deferred,
            _ => return whole,
        };
        *place = list;
        whole
    }
}
