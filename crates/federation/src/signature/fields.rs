//! Header fields as received, apart from any HTTP library: two versions of `http` meet in this crate.

/// A field that may stand once stands several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeated;

/// Header fields in the order received, names in lower case, values without outer white space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// From names and raw values. Bytes that are no UTF-8 are replaced, so that a signature over them fails.
    pub fn new<'a>(fields: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value);
            let value = value.trim_matches([' ', '\t']).to_owned();
            (name.to_ascii_lowercase(), value)
        });
        Self(fields.collect())
    }

    /// Every value of the field with this lower-case name, in order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let same = self.0.iter().filter(move |(own, _)| own == name);
        same.map(|(_, value)| value.as_str())
    }

    /// The value of a field that may stand once.
    pub fn one<'a>(&'a self, name: &str) -> Result<Option<&'a str>, Repeated> {
        let mut values = self.all(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(Repeated),
        }
    }

    /// The value as it is signed: several fields of one name are joined by `, ` (draft-cavage §2.3).
    pub(super) fn joined(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.all(name).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}
