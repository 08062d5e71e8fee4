//! Any bytes as a lock file and as the remote's table: no panic, and what is read and written is read alike again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_lease::{Reading, Record, Table, read_published};

fuzz_target!(|bytes: &[u8]| {
    if let Reading::Lock(record) = read_published(bytes) {
        assert!(record.check().is_ok());
        let written = record.render();
        assert_eq!(Record::parse(&written).as_ref(), Ok(&*record));
        let _: Vec<String> = record.whole_scopes().collect();
    }
    if let Ok(table) = Table::parse(bytes) {
        let written = table.render();
        let again = Table::parse(&written);
        assert_eq!(again.map(|table| table.render()), Ok(written));
    }
});
