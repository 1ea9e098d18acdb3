//! Aligned tables for people, never wider than a terminal of 120 columns.
//!
//! In: columns with their headings, rows of cells. Out: text. Uses nothing.

/// Widest line that is printed.
pub const WIDTH: usize = 120;
/// Space between columns.
const GAP: usize = 2;
/// A last column of words is kept at least this wide.
const LEAST_WORDS: usize = 16;

/// A column.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Heading; its words may stand below one another.
    pub heading: String,
    /// Unit below the heading; may be empty.
    pub unit: String,
    /// Numbers stand right, words left.
    pub right: bool,
}

impl Column {
    /// A column of words.
    pub fn words(heading: &str) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }

    /// A column of numbers in `unit`.
    pub fn numbers(heading: &str, unit: &str) -> Self {
        Self { heading: heading.into(), unit: unit.into(), right: true }
    }
}

/// Width of a text on a terminal, columns; what it holds are letters of one column each.
pub fn width(text: &str) -> usize {
    text.chars().count()
}

/// Breaks `text` into lines of at most `most` columns, at spaces where there are any.
pub fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|line| line.is_empty() || width(line) + 1 + width(word) <= most);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_string()),
        }
        // A word that is longer than a line is cut.
        while let Some(line) = lines.last_mut().filter(|line| width(line) > most) {
            let rest: String = line.chars().skip(most).collect();
            *line = line.chars().take(most).collect();
            lines.push(rest);
        }
    }
    lines
}

/// The table as text. The last column is wrapped into what is left of the line when it holds words.
pub fn table(columns: &[Column], rows: &[Vec<String>]) -> String {
    let last = columns.len().saturating_sub(1);
    let widest = |index: usize| rows.iter().map(|row| row.get(index).map_or(0, |cell| width(cell))).max().unwrap_or(0);
    let mut widths: Vec<usize> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let word = column.heading.split(' ').map(width).max().unwrap_or(0);
        widths.push(widest(index).max(word).max(width(&column.unit)));
    }
    let taken: usize = widths.iter().take(last).map(|w| w + GAP).sum();
    if let Some(width) = widths.get_mut(last).filter(|_| !columns[last].right) {
        *width = (*width).min(WIDTH.saturating_sub(taken).max(LEAST_WORDS));
    }
    let headings: Vec<Vec<String>> = columns.iter().zip(&widths).map(|(c, w)| wrap(&c.heading, *w)).collect();
    let tall = headings.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for line in 0..tall {
        // Headings stand on the line above the units.
        let cells = headings.iter().map(|h| (h.len() + line).checked_sub(tall).map_or("", |at| h[at].as_str()));
        put(&mut out, columns, &widths, cells);
    }
    if columns.iter().any(|column| !column.unit.is_empty()) {
        put(&mut out, columns, &widths, columns.iter().map(|column| column.unit.as_str()));
    }
    for row in rows {
        let words = row.get(last).map_or_else(Vec::new, |cell| wrap(cell, widths[last]));
        for (number, piece) in words.iter().enumerate() {
            let cells = row.iter().take(last).map(|cell| if number == 0 { cell.as_str() } else { "" });
            put(&mut out, columns, &widths, cells.chain([piece.as_str()]));
        }
    }
    out
}

/// Writes one line.
fn put<'a>(out: &mut String, columns: &[Column], widths: &[usize], cells: impl Iterator<Item = &'a str>) {
    let mut line = String::new();
    for ((cell, column), wide) in cells.zip(columns).zip(widths) {
        let pad = " ".repeat(wide.saturating_sub(width(cell)));
        let (before, after) = if column.right { (pad.as_str(), "") } else { ("", pad.as_str()) };
        line.push_str(before);
        line.push_str(cell);
        line.push_str(after);
        line.push_str(&" ".repeat(GAP));
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_long_words_wrap() {
        let columns = [Column::words("id"), Column::numbers("holding torque", "N·m"), Column::words("source")];
        let rows = [
            vec!["a".to_string(), "1.25".to_string(), "short".to_string()],
            vec!["longer-id".to_string(), "12".to_string(), "words ".repeat(30).trim_end().to_string()],
        ];
        let text = table(&columns, &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "           holding");
        assert_eq!(lines[1], "id          torque  source");
        assert_eq!(lines[2], "               N·m");
        assert_eq!(lines[3], "a             1.25  short");
        assert!(lines.len() == 6 && lines.iter().all(|line| width(line) <= WIDTH), "{text}");
        assert_eq!(lines[5].trim_start().split(' ').next(), Some("words"));
    }
}
