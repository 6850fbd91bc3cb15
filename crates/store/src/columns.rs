//! Between the identifiers of the domain and the raw values of a column.
//!
//! Writing needs no help: a query binds `hash.as_bytes()`. Reading goes through [`Col`] and [`Maybe`], named by
//! `#[diesel(deserialize_as = …)]` on the field of a record.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromStaticSqlRow, Queryable};
use rustine_domain::ids::{DatasetUid, Hash, PatchId, RowId, Salt};
use rustine_domain::time::Timestamp;

/// A domain type that stands in a column as a raw value.
pub trait Stored: Sized {
    /// The value as diesel reads it.
    type Raw;
    /// What a corrupt value is called in the error.
    const NAME: &'static str;
    /// Parses; `None` where the column holds something else.
    fn read(raw: Self::Raw) -> Option<Self>;
}

/// A column that is never null.
#[derive(Debug)]
pub struct Col<T>(pub T);

/// A column that may be null.
#[derive(Debug)]
pub struct Maybe<T>(pub Option<T>);

impl<T, ST, DB> Queryable<ST, DB> for Col<T>
where
    DB: Backend,
    T: Stored,
    T::Raw: FromStaticSqlRow<ST, DB>,
{
    type Row = T::Raw;
    fn build(raw: T::Raw) -> deserialize::Result<Self> {
        T::read(raw)
            .map(Col)
            .ok_or_else(|| format!("a column holds no {}", T::NAME).into())
    }
}

impl<T, ST, DB> Queryable<ST, DB> for Maybe<T>
where
    DB: Backend,
    T: Stored,
    Option<T::Raw>: FromStaticSqlRow<ST, DB>,
{
    type Row = Option<T::Raw>;
    fn build(raw: Option<T::Raw>) -> deserialize::Result<Self> {
        match raw {
            None => Ok(Maybe(None)),
            Some(raw) => T::read(raw)
                .map(|value| Maybe(Some(value)))
                .ok_or_else(|| format!("a column holds no {}", T::NAME).into()),
        }
    }
}

macro_rules! stored {
    ($type:ty, $raw:ty, $name:literal, |$value:ident| $read:expr) => {
        impl Stored for $type {
            type Raw = $raw;
            const NAME: &'static str = $name;
            fn read($value: $raw) -> Option<Self> {
                $read
            }
        }
        impl From<Col<$type>> for $type {
            fn from(column: Col<$type>) -> Self {
                column.0
            }
        }
        impl From<Maybe<$type>> for Option<$type> {
            fn from(column: Maybe<$type>) -> Self {
                column.0
            }
        }
    };
}

stored!(Hash, Vec<u8>, "hash", |v| Hash::from_bytes(&v));
stored!(Salt, Vec<u8>, "salt", |v| Salt::from_bytes(&v));
stored!(RowId, Vec<u8>, "row id", |v| RowId::from_bytes(&v));
stored!(PatchId, String, "patch id", |v| v.parse().ok());
stored!(DatasetUid, String, "dataset uid", |v| v.parse().ok());
stored!(Timestamp, i64, "instant", |v| Timestamp::from_seconds(v));
