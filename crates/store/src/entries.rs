//! The log: headers as they were received, bodies apart from them, digests for people.

use diesel::prelude::*;
use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{bodies, entries, notes};
use crate::tx::{Tx, each};

/// Bodies from this size on are compressed; below it the frame costs more than it saves.
const COMPRESS_FROM: usize = 1024;
/// What a body may hold at most when it is unpacked, in bytes (`protocol.md` §3.3: 64 MiB, and room to spare).
const LARGEST_BODY: usize = 80 << 20;
const PLAIN: i16 = 0;
const ZSTD: i16 = 1;

/// A header of the log.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = entries)]
pub struct EntryRecord {
    /// Whose log.
    pub dataset: i64,
    /// Its place in the log.
    pub seq: i64,
    /// `genesis`, `import`, `patch` …
    pub kind: String,
    /// When it was signed.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub time: Timestamp,
    /// The header with its proof, as received.
    pub header: String,
    /// The entry hash.
    #[diesel(deserialize_as = Col<Hash>)]
    pub entry: Hash,
}

/// A digest for microblogs.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notes)]
pub struct NoteRecord {
    /// A random UUID.
    pub id: String,
    /// Whose changes it tells.
    pub dataset: i64,
    /// HTML.
    pub content: String,
    /// The first entry that it covers.
    pub from_seq: i64,
    /// The last one.
    pub to_seq: i64,
    /// When it was published.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub published: Timestamp,
}

/// A body as it is stored: compressed where that saves something.
#[derive(Debug, Clone)]
pub struct PackedBody {
    codec: i16,
    bytes: Vec<u8>,
}

impl PackedBody {
    /// Packs the JSON text of a body.
    pub fn of(json: &str) -> Result<Self, StoreError> {
        if json.len() < COMPRESS_FROM {
            return Ok(Self {
                codec: PLAIN,
                bytes: json.as_bytes().to_vec(),
            });
        }
        let mut bytes = zstd::bulk::compress(json.as_bytes(), 1)
            .map_err(|error| StoreError::Other(error.to_string()))?;
        // Room was made for a text that cannot be packed.
        bytes.shrink_to_fit();
        Ok(Self { codec: ZSTD, bytes })
    }

    /// The JSON text again.
    pub fn text(&self) -> Result<String, StoreError> {
        unpack(self.codec, self.bytes.clone())
    }
}

impl Tx<'_> {
    /// Appends a header. [`StoreError::UniqueViolation`] where one is held already.
    pub fn insert_entry(&mut self, entry: &EntryRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(entries::table)
            .values((
                entries::dataset.eq(entry.dataset),
                entries::seq.eq(entry.seq),
                entries::kind.eq(&entry.kind),
                entries::time.eq(entry.time.seconds()),
                entries::header.eq(&entry.header),
                entries::entry.eq(entry.entry.as_bytes()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// One header.
    pub fn find_entry(
        &mut self,
        dataset: i64,
        seq: i64,
    ) -> Result<Option<EntryRecord>, StoreError> {
        each!(self, |c| entries::table
            .find((dataset, seq))
            .select(EntryRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Headers upwards from a seq.
    pub fn list_entries(
        &mut self,
        dataset: i64,
        from_seq: i64,
        limit: i64,
    ) -> Result<Vec<EntryRecord>, StoreError> {
        each!(self, |c| entries::table
            .filter(entries::dataset.eq(dataset).and(entries::seq.ge(from_seq)))
            .order(entries::seq)
            .limit(limit)
            .select(EntryRecord::as_select())
            .load(c))
    }

    /// Headers downwards from below a seq, for histories that show the newest first.
    pub fn list_entries_before(
        &mut self,
        dataset: i64,
        before_seq: i64,
        limit: i64,
    ) -> Result<Vec<EntryRecord>, StoreError> {
        each!(self, |c| entries::table
            .filter(
                entries::dataset
                    .eq(dataset)
                    .and(entries::seq.lt(before_seq))
            )
            .order(entries::seq.desc())
            .limit(limit)
            .select(EntryRecord::as_select())
            .load(c))
    }

    /// The headers of some kinds, oldest first; few, so all of them.
    pub fn list_entries_of_kinds(
        &mut self,
        dataset: i64,
        kinds: &[&str],
    ) -> Result<Vec<EntryRecord>, StoreError> {
        let kinds: Vec<&str> = kinds.to_vec();
        each!(self, |c| entries::table
            .filter(
                entries::dataset
                    .eq(dataset)
                    .and(entries::kind.eq_any(kinds))
            )
            .order(entries::seq)
            .select(EntryRecord::as_select())
            .load(c))
    }

    /// Takes headers and bodies from a seq on away, where a rotate displaced them.
    pub fn delete_entries_from(&mut self, dataset: i64, seq: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            bodies::table.filter(bodies::dataset.eq(dataset).and(bodies::seq.ge(seq)))
        )
        .execute(c))?;
        each!(self, |c| diesel::delete(entries::table.filter(
            entries::dataset.eq(dataset).and(entries::seq.ge(seq))
        ))
        .execute(c))?;
        Ok(())
    }

    /// Writes a body, or replaces it by its redacted form.
    pub fn put_body(&mut self, dataset: i64, seq: i64, json: &str) -> Result<(), StoreError> {
        self.put_packed_body(dataset, seq, &PackedBody::of(json)?)
    }

    /// As [`Tx::put_body`], for a body that another thread packed.
    pub fn put_packed_body(
        &mut self,
        dataset: i64,
        seq: i64,
        body: &PackedBody,
    ) -> Result<(), StoreError> {
        let (codec, body) = (body.codec, &body.bytes);
        each!(self, |c| diesel::insert_into(bodies::table)
            .values((
                bodies::dataset.eq(dataset),
                bodies::seq.eq(seq),
                bodies::codec.eq(codec),
                bodies::body.eq(body)
            ))
            .on_conflict((bodies::dataset, bodies::seq))
            .do_update()
            .set((bodies::codec.eq(codec), bodies::body.eq(body)))
            .execute(c))?;
        Ok(())
    }

    /// A body as JSON text; `None` where it is not held.
    pub fn find_body(&mut self, dataset: i64, seq: i64) -> Result<Option<String>, StoreError> {
        let packed: Option<(i16, Vec<u8>)> = each!(self, |c| bodies::table
            .find((dataset, seq))
            .select((bodies::codec, bodies::body))
            .get_result(c)
            .optional())?;
        packed.map(|(codec, body)| unpack(codec, body)).transpose()
    }

    /// The bodies held from a seq on, in order; a caller that streams asks again after the last one.
    pub fn list_bodies(
        &mut self,
        dataset: i64,
        from_seq: i64,
        limit: i64,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let packed: Vec<(i64, i16, Vec<u8>)> = each!(self, |c| bodies::table
            .filter(bodies::dataset.eq(dataset).and(bodies::seq.ge(from_seq)))
            .order(bodies::seq)
            .limit(limit)
            .select((bodies::seq, bodies::codec, bodies::body))
            .load(c))?;
        packed
            .into_iter()
            .map(|(seq, codec, body)| Ok((seq, unpack(codec, body)?)))
            .collect()
    }

    /// Which seqs of a range have a body, so that a copy knows what to ask for.
    pub fn list_body_seqs(
        &mut self,
        dataset: i64,
        from_seq: i64,
        to_seq: i64,
    ) -> Result<Vec<i64>, StoreError> {
        each!(self, |c| bodies::table
            .filter(
                bodies::dataset
                    .eq(dataset)
                    .and(bodies::seq.between(from_seq, to_seq))
            )
            .order(bodies::seq)
            .select(bodies::seq)
            .load(c))
    }

    /// Publishes a digest.
    pub fn insert_note(&mut self, note: &NoteRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(notes::table)
            .values((
                notes::id.eq(&note.id),
                notes::dataset.eq(note.dataset),
                notes::content.eq(&note.content),
                notes::from_seq.eq(note.from_seq),
                notes::to_seq.eq(note.to_seq),
                notes::published.eq(note.published.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// A digest by its id.
    pub fn find_note(&mut self, id: &str) -> Result<Option<NoteRecord>, StoreError> {
        each!(self, |c| notes::table
            .find(id)
            .select(NoteRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The newest digests of a dataset.
    pub fn list_notes(&mut self, dataset: i64, limit: i64) -> Result<Vec<NoteRecord>, StoreError> {
        each!(self, |c| notes::table
            .filter(notes::dataset.eq(dataset))
            .order((notes::published.desc(), notes::id.desc()))
            .limit(limit)
            .select(NoteRecord::as_select())
            .load(c))
    }
}

fn unpack(codec: i16, body: Vec<u8>) -> Result<String, StoreError> {
    let bytes = match codec {
        PLAIN => body,
        ZSTD => {
            let size = zstd::zstd_safe::get_frame_content_size(&body)
                .ok()
                .flatten()
                .unwrap_or(0);
            let size = usize::try_from(size)
                .unwrap_or(LARGEST_BODY)
                .min(LARGEST_BODY);
            zstd::bulk::decompress(&body, size).map_err(|e| StoreError::Other(e.to_string()))?
        }
        other => {
            return Err(StoreError::Other(format!(
                "a body has the unknown codec {other}"
            )));
        }
    };
    String::from_utf8(bytes).map_err(|_| StoreError::Other("a body is not UTF-8".to_owned()))
}
