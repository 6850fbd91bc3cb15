//! The kinds of problems. The words are public: programs and translations key on them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::InvalidId;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What kind of problem it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of their definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable kebab-case word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

codes! {
    // Readings of a cell.
    /// The text is no whole number.
    NotInteger = "not-integer",
    /// The text is no number.
    NotNumber = "not-number",
    /// The text is neither a true nor a false value.
    NotBoolean = "not-boolean",
    /// The text is no date of the expected form.
    NotDate = "not-date",
    /// The text is no time of day of the expected form.
    NotTime = "not-time",
    /// The text is no date with time of the expected form.
    NotDatetime = "not-datetime",
    /// The text is no year of four digits.
    NotYear = "not-year",
    /// The text is no month of a year.
    NotYearmonth = "not-yearmonth",
    /// The text is no ISO 8601 duration.
    NotDuration = "not-duration",
    /// The text is no longitude and latitude.
    NotGeopoint = "not-geopoint",
    /// An element of the list cannot be read.
    NotList = "not-list",
    /// The text is no JSON array or object.
    NotJson = "not-json",
    /// The text is no e-mail address.
    NotEmail = "not-email",
    /// The text is no address with a scheme.
    NotUri = "not-uri",
    /// The text is no UUID.
    NotUuid = "not-uuid",
    // Constraints on a cell.
    /// A required cell is empty.
    Required = "required",
    /// Below the smallest value allowed.
    Minimum = "minimum",
    /// Above the largest value allowed.
    Maximum = "maximum",
    /// Not above the bound.
    ExclusiveMinimum = "exclusive-minimum",
    /// Not below the bound.
    ExclusiveMaximum = "exclusive-maximum",
    /// Too few characters or elements.
    MinLength = "min-length",
    /// Too many characters or elements.
    MaxLength = "max-length",
    /// Not of the pattern, which has no simpler description.
    Pattern = "pattern",
    /// Not of a pattern that counts digits or letters.
    Shape = "shape",
    /// None of the values allowed.
    Choice = "choice",
    // Keys.
    /// Another row has this value in a unique field.
    Unique = "unique",
    /// Another row has these values in a key of several fields.
    UniqueKey = "unique-key",
    /// No row has the value that a foreign key points to.
    ForeignKey = "foreign-key",
    // Forms of a patch.
    /// The dataset has no such field.
    UnknownField = "unknown-field",
    /// A field that belongs to the software.
    ReservedField = "reserved-field",
    /// `_same` is not `urn:uuid:…/row`.
    BadSame = "bad-same",
    /// A cell above 64 KiB.
    CellTooLarge = "cell-too-large",
    /// A row above 256 KiB.
    RowTooLarge = "row-too-large",
    /// U+0000 in a value.
    ForbiddenCharacter = "forbidden-character",
    /// Nothing is proposed.
    EmptyPatch = "empty-patch",
    /// More operations than a patch may have.
    TooManyOperations = "too-many-operations",
    /// More bytes than a patch may have.
    PatchTooLarge = "patch-too-large",
    /// Two operations on one cell or row.
    RepeatedOperation = "repeated-operation",
    /// The label of an added row is not `_:` and 1 to 32 letters or digits.
    BadLabel = "bad-label",
    /// An added row without a value.
    EmptyRow = "empty-row",
    // Conflicts with what the dataset holds by now.
    /// The row was deleted, or never was.
    RowGone = "row-gone",
    /// The cell changed since it was read.
    CellChanged = "cell-changed",
    /// The row changed since it was read.
    RowChanged = "row-changed",
    /// Another row took the key meanwhile.
    KeyTaken = "key-taken",
    /// The field is not defined as it was.
    FieldChanged = "field-changed",
    // Schema documents.
    /// The document is no JSON object.
    SchemaNotObject = "schema-not-object",
    /// The document has no list of fields, or an empty one.
    SchemaNoFields = "schema-no-fields",
    /// More than 200 fields.
    SchemaTooManyFields = "schema-too-many-fields",
    /// A member is not of its form.
    SchemaBadMember = "schema-bad-member",
    /// A name that is not `[a-z][a-z0-9_]{0,62}`.
    SchemaBadName = "schema-bad-name",
    /// Two fields of one name.
    SchemaRepeatedName = "schema-repeated-name",
    /// A pattern that cannot be used.
    SchemaBadPattern = "schema-bad-pattern",
    /// A constraint that is not of its form.
    SchemaBadConstraint = "schema-bad-constraint",
    /// A constraint that means nothing for the type.
    SchemaUnfitConstraint = "schema-unfit-constraint",
    /// A format that cannot be read.
    SchemaBadFormat = "schema-bad-format",
    /// A key that names an unknown field.
    SchemaUnknownKeyField = "schema-unknown-key-field",
    /// A fraction, or an integer beyond 2^53-1, which a signed document cannot hold.
    SchemaBadNumber = "schema-bad-number",
    // Policies.
    /// A policy that is not of its form.
    BadPolicy = "bad-policy",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl FromStr for Code {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| InvalidId {
                text: super::shown(text),
                expected: "a problem's code",
            })
    }
}
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
