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

    /// Where this and `other` first differ; `None` if they are equal. Cells are not shown: the tables of real
    /// registers hold addresses of people, and a failing test prints what it is told.
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
                let (a, b) = (one[column].chars().count(), two[column].chars().count());
                format!(
                    "row {}, column {:?}: {a} and {b} characters that differ",
                    at + 1,
                    self.header[column]
                )
            });
        let lengths = (self.rows.len() != other.rows.len())
            .then(|| format!("{} rows and {} rows", self.rows.len(), other.rows.len()));
        unequal.chain(lengths).next()
    }

    /// The same without columns that have neither a title nor a cell.
    #[must_use]
    pub fn without_empty_columns(&self) -> Self {
        let kept: Vec<usize> = (0..self.header.len())
            .filter(|at| {
                !self.header[*at].is_empty() || self.rows.iter().any(|row| !row[*at].is_empty())
            })
            .collect();
        let pick = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect();
        Self {
            header: pick(&self.header),
            rows: self.rows.iter().map(pick).collect(),
        }
    }

    /// The same with its rows in the order of their cells, for tables whose order does not matter.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let mut rows = self.rows.clone();
        rows.sort();
        Self {
            header: self.header.clone(),
            rows,
        }
    }

    /// How many cells differ between two tables of the same shape.
    ///
    /// # Panics
    /// When the shapes differ.
    #[must_use]
    pub fn cells_changed(&self, other: &Self) -> usize {
        assert_eq!(
            (&self.header, self.rows.len()),
            (&other.header, other.rows.len()),
            "the shapes differ"
        );
        let cells =
            |table: &Self| -> Vec<String> { table.rows.iter().flatten().cloned().collect() };
        cells(self)
            .iter()
            .zip(&cells(other))
            .filter(|(one, two)| one != two)
            .count()
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
    fn a_difference_names_row_and_column_but_shows_no_cell() {
        let (one, two) = (Table::parse(b"nom\na\nb\n"), Table::parse(b"nom\na\ncd\n"));
        assert_eq!(
            one.difference(&two).as_deref(),
            Some("row 2, column \"nom\": 1 and 2 characters that differ")
        );
        assert_eq!(one.cells_changed(&two), 1);
        assert_eq!(one.difference(&one.clone()), None);
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let table = Table::parse(b"a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n,\n");
        assert_eq!(Table::parse(&table.to_csv()), table);
    }
}
