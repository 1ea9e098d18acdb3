//! A table of columns as a Parquet file, and back: the form of time series, and of the parts that shards leave.
//!
//! In: named columns of one length, and words about them. Out: the bytes of a Parquet file, the same for the same table; or a table from such
//! bytes. A number that is not there is NaN. The only place that knows the crate parquet.

use std::collections::BTreeMap;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Numbers.
    Number(Vec<f64>),
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Yes or no.
    Flag(Vec<bool>),
    /// Words.
    Text(Vec<String>),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Columns with their names, all of one length.
    pub columns: Vec<(String, Column)>,
    /// What is said of the table as a whole, by key.
    pub about: BTreeMap<String, String>,
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Whole(values) => values.len(),
            Self::Flag(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    fn field(&self, name: &str) -> Result<Type> {
        let (physical, logical) = match self {
            Self::Number(_) => (Physical::DOUBLE, None),
            Self::Whole(_) => (Physical::INT64, None),
            Self::Flag(_) => (Physical::BOOLEAN, None),
            Self::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED).with_logical_type(logical).build()
    }
}

impl Columns {
    /// Rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The numbers of a column; none if there is no such column of numbers.
    pub fn numbers(&self, name: &str) -> Option<&[f64]> {
        match self.columns.iter().find(|(known, _)| known == name) {
            Some((_, Column::Number(values))) => Some(values),
            _ => None,
        }
    }

    /// The whole numbers of a column.
    pub fn whole(&self, name: &str) -> Option<&[i64]> {
        match self.columns.iter().find(|(known, _)| known == name) {
            Some((_, Column::Whole(values))) => Some(values),
            _ => None,
        }
    }

    /// The words of a column.
    pub fn text(&self, name: &str) -> Option<&[String]> {
        match self.columns.iter().find(|(known, _)| known == name) {
            Some((_, Column::Text(values))) => Some(values),
            _ => None,
        }
    }

    /// The table as a Parquet file.
    ///
    /// # Errors
    /// In words, if the table is none: columns of several lengths.
    pub fn to_parquet(&self) -> std::result::Result<Vec<u8>, String> {
        if self.columns.iter().any(|(_, column)| column.len() != self.rows()) {
            return Err("columns of several lengths".into());
        }
        self.write().map_err(|error| error.to_string())
    }

    fn write(&self) -> Result<Vec<u8>> {
        let fields: Result<Vec<_>> = self.columns.iter().map(|(name, column)| column.field(name).map(Arc::new)).collect();
        let schema = Arc::new(Type::group_type_builder("table").with_fields(fields?).build()?);
        let about = self.about.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
        // Not the library's own version, with which the bytes would change.
        let properties =
            WriterProperties::builder().set_created_by("torchtwin".into()).set_key_value_metadata(Some(about)).build();
        let mut out = Vec::new();
        let mut file = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
        let mut group = file.next_row_group()?;
        for (_, column) in &self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            match column {
                Column::Number(values) => writer.typed::<DoubleType>().write_batch(values, None, None)?,
                Column::Whole(values) => writer.typed::<Int64Type>().write_batch(values, None, None)?,
                Column::Flag(values) => writer.typed::<BoolType>().write_batch(values, None, None)?,
                Column::Text(values) => {
                    let bytes: Vec<ByteArray> = values.iter().map(|value| ByteArray::from(value.as_str())).collect();
                    writer.typed::<ByteArrayType>().write_batch(&bytes, None, None)?
                }
            };
            writer.close()?;
        }
        group.close()?;
        file.close()?;
        Ok(out)
    }

    /// The table in a Parquet file of this program's.
    ///
    /// # Errors
    /// In words, if it is none.
    pub fn from_parquet(bytes: Vec<u8>) -> std::result::Result<Self, String> {
        Self::read(bytes).map_err(|error| error.to_string())
    }

    fn read(bytes: Vec<u8>) -> Result<Self> {
        let file = SerializedFileReader::new(bytes::Bytes::from(bytes))?;
        let meta = file.metadata().file_metadata();
        let about = meta.key_value_metadata().into_iter().flatten();
        let about = about.map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default())).collect();
        let names: Vec<String> = meta.schema_descr().columns().iter().map(|column| column.name().to_string()).collect();
        let mut columns: Vec<(String, Column)> = Vec::new();
        for group in 0..file.num_row_groups() {
            let group = file.get_row_group(group)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            for (k, name) in names.iter().enumerate() {
                let read = read_column(group.get_column_reader(k)?, rows)?;
                match columns.get_mut(k) {
                    None => columns.push((name.clone(), read)),
                    Some((_, column)) => append(column, read),
                }
            }
        }
        Ok(Self { columns, about })
    }
}

fn read_column(reader: ColumnReader, rows: usize) -> Result<Column> {
    Ok(match reader {
        ColumnReader::DoubleColumnReader(mut reader) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, None, None, &mut values)?;
            Column::Number(values)
        }
        ColumnReader::Int64ColumnReader(mut reader) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, None, None, &mut values)?;
            Column::Whole(values)
        }
        ColumnReader::BoolColumnReader(mut reader) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, None, None, &mut values)?;
            Column::Flag(values)
        }
        ColumnReader::ByteArrayColumnReader(mut reader) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, None, None, &mut values)?;
            Column::Text(values.iter().map(|bytes| String::from_utf8_lossy(bytes.data()).into_owned()).collect())
        }
        _ => return Err(ParquetError::General("a column of a type that torchtwin does not write".into())),
    })
}

fn append(column: &mut Column, more: Column) {
    match (column, more) {
        (Column::Number(values), Column::Number(more)) => values.extend(more),
        (Column::Whole(values), Column::Whole(more)) => values.extend(more),
        (Column::Flag(values), Column::Flag(more)) => values.extend(more),
        (Column::Text(values), Column::Text(more)) => values.extend(more),
        // One column has one type in all groups of a file.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_reads_back_the_same_and_its_bytes_are_the_same_twice() {
        let table = Columns {
            columns: vec![
                ("time_s".into(), Column::Number(vec![0.0, 1e-300, -2.5])),
                ("line".into(), Column::Whole(vec![0, 7, i64::MAX])),
                ("cutting".into(), Column::Flag(vec![false, true, true])),
                ("why".into(), Column::Text(vec![String::new(), "Grüße".into(), "a,b\n".into()])),
            ],
            about: [("shard".to_string(), "3/8".to_string())].into(),
        };
        let bytes = table.to_parquet().unwrap();
        assert_eq!(bytes, table.clone().to_parquet().unwrap());
        assert_eq!(Columns::from_parquet(bytes).unwrap(), table);
        let empty = Columns { columns: vec![("x".into(), Column::Number(Vec::new()))], about: BTreeMap::new() };
        assert_eq!(Columns::from_parquet(empty.to_parquet().unwrap()).unwrap().rows(), 0);
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        let uneven = vec![("a".to_string(), Column::Whole(vec![1])), ("b".to_string(), Column::Whole(Vec::new()))];
        assert!(Columns { columns: uneven, about: BTreeMap::new() }.to_parquet().is_err());
        assert!(Columns::from_parquet(b"PAR1 nonsense PAR1".to_vec()).is_err());
        assert!(Columns::from_parquet(Vec::new()).is_err());
    }
}
