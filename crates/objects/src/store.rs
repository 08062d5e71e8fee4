//! All objects of a repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::inflate::Inflater;
use crate::pack::Pack;
use crate::recent::{Object, Recent};
use crate::{Error, Kind, Name, loose};

/// Most other folders of objects that are looked into.
const MAX_ALTERNATES: usize = 16;

/// Most packs: each has its index in memory.
const MAX_PACKS: usize = 64;

/// Places that are remembered.
const PLACES: usize = 1024;

/// The objects of a repository as they are when it is opened.
pub struct Objects {
    packs: Vec<Pack>,
    /// The pack that had the last object.
    last: usize,
    folders: Vec<PathBuf>,
    /// Where objects stand that were asked for lately: pack and offset.
    places: Vec<Option<(Name, usize, u64)>>,
    recent: Recent,
    inflater: Inflater,
}

impl Objects {
    /// Opens a folder of objects, and the ones that it names as alternates.
    ///
    /// # Errors
    /// When it cannot be read, or has what is not understood here.
    pub fn open(folder: &Path) -> Result<Objects, Error> {
        let mut folders = vec![folder.to_owned()];
        let mut at = 0;
        while let Some(folder) = folders.get(at).cloned() {
            for other in alternates(&folder)? {
                if !folders.contains(&other) {
                    folders.push(other);
                }
            }
            at += 1;
            if folders.len() > MAX_ALTERNATES {
                return Err(Error::Unsupported("there are too many alternates"));
            }
        }
        let mut packs = Vec::new();
        for folder in &folders {
            for index in indexes(&folder.join("pack"))? {
                let number = u32::try_from(packs.len()).unwrap_or(u32::MAX);
                packs.push(Pack::open(&index, number)?);
                if packs.len() > MAX_PACKS {
                    return Err(Error::Unsupported("there are too many packs"));
                }
            }
        }
        Ok(Objects {
            packs,
            last: 0,
            folders,
            places: vec![None; PLACES],
            recent: Recent::default(),
            inflater: Inflater::default(),
        })
    }

    /// How many differences were applied so far: the measure of what reading took.
    pub fn work(&self) -> usize {
        self.packs.iter().map(Pack::work).sum()
    }

    /// The bytes of an object of this kind.
    ///
    /// # Errors
    /// When it is missing, damaged, of another kind or too large.
    pub fn get(&mut self, name: Name, kind: Kind) -> Result<Rc<Vec<u8>>, Error> {
        match self.read(name)? {
            (is, bytes) if is == kind => Ok(bytes),
            _ => Err(Error::Damaged("an object is not what it is taken for")),
        }
    }

    fn read(&mut self, name: Name) -> Result<Object, Error> {
        if let Some((which, offset)) = self.find(name)
            && let Some(pack) = self.packs.get_mut(which)
        {
            return pack.read(offset, &mut self.inflater, &mut self.recent);
        }
        for folder in &self.folders {
            if let Some((kind, bytes)) = loose::read(folder, name, &mut self.inflater)? {
                return Ok((kind, Rc::new(bytes)));
            }
        }
        Err(Error::Missing(name))
    }

    /// The pack that has an object, and where it stands there.
    fn find(&mut self, name: Name) -> Option<(usize, u64)> {
        // What is new in one commit is old in the next.
        let [a, b, ..] = name.0;
        let slot = usize::from(u16::from_be_bytes([a, b])) % PLACES;
        if let Some(Some((known, which, offset))) = self.places.get(slot)
            && *known == name
        {
            return Some((*which, *offset));
        }
        // Objects that belong together are in one pack.
        let mut order = (self.last..self.packs.len()).chain(0..self.last);
        let found = order.find_map(|which| Some((which, self.packs.get(which)?.find(name)?)));
        let (which, offset) = found?;
        self.last = which;
        if let Some(place) = self.places.get_mut(slot) {
            *place = Some((name, which, offset));
        }
        Some((which, offset))
    }
}

/// The indexes in a folder of packs, in the order of their names.
fn indexes(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut all = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(all),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "idx") {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// The folders that `info/alternates` names.
fn alternates(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let text = match fs::read_to_string(folder.join("info/alternates")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text?,
    };
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| match line.starts_with('"') {
            true => Err(Error::Unsupported("an alternate is quoted")),
            false => Ok(folder.join(line)),
        })
        .collect()
}
