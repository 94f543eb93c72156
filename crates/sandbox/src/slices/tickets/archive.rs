//! Archives without compression, and a spreadsheet, which is one.

use bytes::Bytes;

/// A ZIP archive of files by their names. All its times are the first that the format knows.
pub(crate) fn zip(files: impl IntoIterator<Item = (String, Bytes)>) -> Bytes {
    let (mut archive, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, content) in files {
        let (begin, size) = (archive.len() as u32, content.len() as u32);
        // Version 2.0, names in UTF-8, stored, the first of January 1980, the check sum, the size twice.
        let mut head = Vec::new();
        for half in [20_u16, 1 << 11, 0, 0, 0x21] {
            head.extend(half.to_le_bytes());
        }
        for word in [crc32(&content), size, size] {
            head.extend(word.to_le_bytes());
        }
        head.extend((name.len() as u16).to_le_bytes());
        head.extend(0_u16.to_le_bytes());

        archive.extend(b"PK\x03\x04");
        archive.extend(&head);
        archive.extend(name.as_bytes());
        archive.extend(&content);

        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(begin.to_le_bytes());
        directory.extend(name.as_bytes());
        count += 1;
    }
    let (begin, size) = (archive.len() as u32, directory.len() as u32);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(size.to_le_bytes());
    archive.extend(begin.to_le_bytes());
    archive.extend([0; 2]);
    archive.into()
}

fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 },
        )
    });
    !sum
}

/// A spreadsheet with one sheet of text.
pub(crate) fn spreadsheet(rows: &[Vec<String>]) -> Bytes {
    const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    const SHEETS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const KINDS: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let cells = |row: &Vec<String>| {
        let cells: String = row
            .iter()
            .map(|text| format!(r#"<c t="inlineStr"><is><t>{}</t></is></c>"#, escaped(text)))
            .collect();
        format!("<row>{cells}</row>")
    };
    let rows: String = rows.iter().map(cells).collect();
    let files = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KINDS}.worksheet+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets><sheet name="Tickets" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ];
    zip(files.map(|(name, content)| (name.to_owned(), Bytes::from(format!("{HEAD}{content}")))))
}

/// Text inside XML; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' => escaped.push(letter),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn an_archive_ends_with_its_directory() {
        let archive = zip([("a.txt".to_owned(), Bytes::from_static(b"abc")), ("b".to_owned(), Bytes::new())]);
        let end = &archive[archive.len() - 22..];
        assert!(end.starts_with(b"PK\x05\x06"));
        let word = |at: usize| u32::from_le_bytes(end[at..at + 4].try_into().unwrap()) as usize;
        let (size, begin) = (word(12), word(16));
        assert_eq!(begin + size + 22, archive.len());
        assert!(archive[begin..].starts_with(b"PK\x01\x02"));
        assert_eq!(&archive[30..38], b"a.txtabc");
    }

    #[test]
    fn text_stays_text_in_a_sheet() {
        let sheet = spreadsheet(&[vec!["a<b & c\u{1}".to_owned()]]);
        assert!(memchr::memmem::find(&sheet, b"<t>a&lt;b &amp; c</t>").is_some());
    }
}
