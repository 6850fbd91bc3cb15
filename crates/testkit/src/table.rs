//! Tables as the tests see them. Deliberately not the reader of the product: what judges a reader must not
//! be that reader.

/// A table of text: a header and rows that are as long as the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads UTF-8 CSV whose separator is the one that the first line has most of. Short rows are filled with
    /// empty cells; cells beyond the header get a column with an empty title.
    ///
    /// # Panics
    /// When the bytes are no UTF-8 CSV.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let separator = *b",;\t"
            .iter()
            .max_by_key(|separator| first.iter().filter(|byte| byte == separator).count())
            .expect("there are three separators");
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let cells = |record: csv::Result<csv::StringRecord>| -> Vec<String> {
            record
                .expect("the table is UTF-8 CSV")
                .iter()
                .map(str::to_owned)
                .collect()
        };
        let mut records = reader.records().map(cells);
        let header = records.next().unwrap_or_default();
        let mut table = Self {
            header,
            rows: records.collect(),
        };
        table.square();
        table
    }

    fn square(&mut self) {
        let width = self
            .rows
            .iter()
            .map(Vec::len)
            .chain([self.header.len()])
            .max()
            .unwrap_or(0);
        for row in self.rows.iter_mut().chain([&mut self.header]) {
            row.resize(width, String::new());
        }
    }

    /// The table as CSV with commas.
    ///
    /// # Panics
    /// Never: the writer writes into memory.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(row).expect("memory can be written");
        }
        writer.into_inner().expect("memory can be written")
    }

    /// The position of the column titled `title`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn column(&self, title: &str) -> usize {
        self.header
            .iter()
            .position(|known| known == title)
            .unwrap_or_else(|| panic!("no column {title} in {:?}", self.header))
    }

    /// The cells of the column titled `title`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn values(&self, title: &str) -> Vec<&str> {
        let at = self.column(title);
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// The first row in which this and `other` differ, shown side by side; `None` if they are equal.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self.header != other.header {
            return Some(format!(
                "headers differ:\n{:?}\n{:?}",
                self.header, other.header
            ));
        }
        let pairs = self.rows.iter().zip(&other.rows).enumerate();
        let unequal = pairs
            .filter(|(_, (one, two))| one != two)
            .map(|(at, (one, two))| {
                let column = one.iter().zip(two).position(|(a, b)| a != b).unwrap_or(0);
                format!(
                    "row {}, column {:?}: {:?} and {:?}",
                    at + 1,
                    self.header[column],
                    one[column],
                    two[column]
                )
            });
        let lengths = (self.rows.len() != other.rows.len())
            .then(|| format!("{} rows and {} rows", self.rows.len(), other.rows.len()));
        unequal.chain(lengths).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ragged_rows_become_square_and_the_separator_is_found() {
        let table =
            Table::parse("\u{feff}nom;ville\r\nLa Gare;Nantes;de trop\r\nSeul\r\n".as_bytes());
        assert_eq!(table.header, ["nom", "ville", ""]);
        assert_eq!(
            table.rows,
            [["La Gare", "Nantes", "de trop"], ["Seul", "", ""]]
        );
    }

    #[test]
    fn a_difference_names_row_column_and_both_cells() {
        let (one, two) = (Table::parse(b"nom\na\nb\n"), Table::parse(b"nom\na\nc\n"));
        assert_eq!(
            one.difference(&two).as_deref(),
            Some("row 2, column \"nom\": \"b\" and \"c\"")
        );
        assert_eq!(one.difference(&one.clone()), None);
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let table = Table::parse(b"a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n,\n");
        assert_eq!(Table::parse(&table.to_csv()), table);
    }
}
