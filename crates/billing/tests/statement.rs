//! Statement files: however rows are split, ordered and encoded, the same charges come out, and damage is an error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::io::{Cursor, Write as _};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::types::Amount;
use huaweicloud_partner_billing::{
    Error, ExactSum, PaymentMode,
    statement::{
        BadRowReason, Column, DamageKind, Encoding, Statement, StatementOptions, StatementStream,
        StatementSummary, read,
    },
};
use proptest::prelude::*;
use support::{BillRow, COLUMNS, Generated, archive, csv_of, gzip, tar_of};

type Seen = Vec<(String, Option<String>, Option<Amount>, Option<PaymentMode>, Option<String>)>;

fn rows_of(name: &str, bytes: &[u8]) -> Result<(Seen, StatementSummary), Error> {
    rows_with(name, bytes, &StatementOptions::default())
}

fn rows_with(
    name: &str,
    bytes: &[u8],
    options: &StatementOptions,
) -> Result<(Seen, StatementSummary), Error> {
    let mut seen = Vec::new();
    let summary = read(name, bytes, options, |row| {
        let charge = &row.charge;
        seen.push((
            charge.customer_id.to_owned(),
            charge.customer_name.map(str::to_owned),
            charge.billed_amount(),
            charge.payment_mode,
            charge.trade_time.map(|time| time.to_string()),
        ));
        Ok(())
    })?;
    Ok((seen, summary))
}

fn damage(bytes: &[u8]) -> DamageKind {
    match rows_of("customerBill_202604.tar.gz", bytes) {
        Err(Error::Statement(error)) => error.kind,
        other => panic!("{other:?}"),
    }
}

fn row(number: usize) -> BillRow {
    BillRow {
        customer: format!("c{}", number % 3),
        name: ["甲公司", "Acme, \"Inc\"", "多行\n名称"][number % 3].to_owned(),
        partner: "p1".into(),
        kind: ["消费", "Refund", "调账"][number % 3],
        mode: ["0", "1", "Savings plans used"][number % 3],
        service: "hws.service.type.obs".into(),
        list: format!("{number}.00000001"),
        payable: format!("{number}.0000001"),
        settlement: format!("-{number}.5"),
        time: "2026-04-30 23:59:59 GMT+08:00".into(),
    }
}

fn rows(count: usize) -> Vec<BillRow> {
    (0..count).map(row).collect()
}

const IN_ORDER: [usize; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

fn arbitrary_row() -> impl Strategy<Value = BillRow> {
    let amount = (-99_999_999_i64..=99_999_999, 0_u32..=8)
        .prop_map(|(digits, scale)| Amount::new(digits, scale).unwrap().to_string());
    (
        "[a-z0-9]{1,12}",
        "[一-龥a-zA-Z ,\"\n]{0,12}",
        prop::sample::select(vec!["消费", "Expenditure", "退款", "Refund", "调账", "Adjustment"]),
        prop::sample::select(vec!["0", "1", "2", "3", "4", "5", "6", "按需", "Yearly/monthly"]),
        [amount.clone(), amount.clone(), amount],
        0_u32..86_400,
    )
        .prop_map(|(customer, name, kind, mode, [list, payable, settlement], second)| BillRow {
            customer,
            name,
            partner: "p1".into(),
            kind,
            mode,
            service: "hws.service.type.obs".into(),
            list,
            payable,
            settlement,
            time: format!(
                "2026-04-30 {:02}:{:02}:{:02} GMT+08:00",
                second / 3600,
                second / 60 % 60,
                second % 60
            ),
        })
}

fn expected(rows: &[BillRow]) -> Seen {
    rows.iter()
        .map(|row| {
            let name = row.name.trim();
            let mode = PaymentMode::from_statement_code(row.mode)
                .or_else(|| PaymentMode::from_statement_word(row.mode));
            let time = huaweicloud_partner::types::UtcTime::from(
                time::OffsetDateTime::parse(
                    &row.time.replace(" GMT", "").replacen(' ', "T", 1),
                    &time::format_description::well_known::Rfc3339,
                )
                .unwrap(),
            );
            (
                row.customer.clone(),
                (!name.is_empty()).then(|| name.to_owned()),
                Some(row.settlement.parse().unwrap()),
                mode,
                Some(time.to_string()),
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_split_into_archives_and_members_gives_the_same_rows(
        rows in prop::collection::vec(arbitrary_row(), 0..60),
        cuts in prop::collection::vec(1_usize..20, 1..8),
        order in Just(IN_ORDER.to_vec()).prop_shuffle(),
        chinese: bool,
        gbk: bool,
        mark: bool,
        later_headers: bool,
        per_archive in 1_usize..4,
    ) {
        let mut members = Vec::new();
        let (mut rest, mut cuts) = (rows.as_slice(), cuts.into_iter().cycle());
        loop {
            let count = cuts.next().unwrap().min(rest.len());
            let (now, later) = rest.split_at(count);
            rest = later;
            let first = members.len() % per_archive == 0;
            let mut bytes = csv_of(now, &order, chinese, first || later_headers);
            if gbk {
                bytes = encoding_rs::GBK.encode(std::str::from_utf8(&bytes).unwrap()).0.into_owned();
            } else if mark {
                bytes.splice(0..0, *b"\xef\xbb\xbf");
            }
            members.push((format!("customerBill_202604_{:04}.csv", members.len()), bytes));
            if rest.is_empty() { break }
        }
        let mut options = StatementOptions::default();
        if gbk { options = options.encoding(Encoding::Gbk) }
        let mut all = Vec::new();
        for members in members.chunks(per_archive) {
            let (seen, summary) = rows_with("customerBill_202604.tar.gz", &archive(members), &options).unwrap();
            prop_assert_eq!(summary.bad_rows, 0);
            prop_assert_eq!(summary.members.len(), members.len());
            prop_assert_eq!(summary.unreadable_values, 0);
            all.extend(seen);
        }
        prop_assert_eq!(all, expected(&rows));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), packed: bool) {
        let bytes = if packed { gzip(&bytes) } else { bytes };
        let _ = rows_of("customerBill_202604.tar.gz", &bytes);
    }

    #[test]
    fn a_changed_byte_is_an_error_or_changes_nothing_unseen(place in 0_usize..10_000, bit in 0_u8..8) {
        let members = [("customerBill_202604_0001.csv".to_owned(), csv_of(&rows(40), &IN_ORDER, true, true))];
        let whole = archive(&members);
        let mut changed = whole.clone();
        let place = place % changed.len();
        changed[place] ^= 1 << bit;
        let (good, _) = rows_of("customerBill_202604.tar.gz", &whole).unwrap();
        // gzip's checksum covers the content; its header has fields that mean nothing.
        if let Ok((seen, _)) = rows_of("customerBill_202604.tar.gz", &changed) {
            prop_assert_eq!(seen, good);
        }
    }

    #[test]
    fn a_cut_archive_is_an_error(cut in 1_usize..1_000_000) {
        let members = [("customerBill_202604_0001.csv".to_owned(), csv_of(&rows(40), &IN_ORDER, false, true))];
        let whole = archive(&members);
        let cut = 1 + cut % (whole.len() - 1);
        prop_assert!(rows_of("customerBill_202604.tar.gz", &whole[..whole.len() - cut]).is_err());
    }
}

#[test]
fn gbk_is_found_out_by_itself() {
    let text = csv_of(&rows(6), &IN_ORDER, true, true);
    let gbk = encoding_rs::GBK.encode(std::str::from_utf8(&text).unwrap()).0.into_owned();
    let (seen, summary) = rows_of("customerBill_202604.csv", &gbk).unwrap();
    assert_eq!(seen, expected(&rows(6)));
    assert_eq!(summary.members[0].encoding, Some(Encoding::Gbk));
}

#[test]
fn archives_archives_without_gzip_and_plain_files_are_read_alike() {
    let csv = csv_of(&rows(5), &IN_ORDER, true, true);
    let tar = tar_of([("customerBill_202604_0001.csv", csv.as_slice())]);
    for bytes in
        [csv.clone(), gzip(&csv), tar.clone(), gzip(&tar), [gzip(&tar[..700]), gzip(&tar[700..])].concat()]
    {
        assert_eq!(rows_of("customerBill_202604.tar.gz", &bytes).unwrap().0, expected(&rows(5)));
    }
}

#[test]
fn bad_rows_are_counted_and_named_with_file_and_line() {
    let csv = "客户ID,账期,结算金额(USD),未知\n\
        c1,2026-04,1.5,a\n\
        c1,2026-04,\"1,234.56\",b\n\
        ,2026-04,1,c\n\
        c1,2026-04,,d\n\
        c1,2026-03,1,e\n\
        c1,2026-04,1\n\
        c2,2026-04,NaN,g\n\
        c2,202604,1e2,h\n";
    let file = archive(&[("customerBill_202604_0001.csv".into(), csv.as_bytes().to_vec())]);
    let mut unknown = Vec::new();
    let summary = read("customerBill_202604.tar.gz", &file[..], &StatementOptions::default(), |row| {
        unknown.extend(row.unknown_columns().map(|(name, value)| format!("{name}={value}")));
        Ok(())
    })
    .unwrap();
    assert_eq!((summary.rows, summary.bad_rows), (2, 6));
    assert_eq!(unknown, ["未知=a", "未知=h"]);
    let reasons: Vec<_> = summary.described_bad_rows.iter().map(|bad| (bad.line, &bad.reason)).collect();
    assert!(
        matches!(reasons[0], (3, BadRowReason::Amount { column: Column::Settlement, .. })),
        "{reasons:?}"
    );
    assert!(matches!(reasons[1], (4, BadRowReason::NoCustomer)));
    assert!(matches!(reasons[2], (5, BadRowReason::NoAmount)));
    assert!(matches!(reasons[3], (6, BadRowReason::Month(_))));
    assert!(matches!(reasons[4], (7, BadRowReason::FieldCount { expected: 4, found: 3 })));
    assert!(matches!(reasons[5], (8, BadRowReason::Amount { .. })));
    assert!(summary.described_bad_rows[0].to_string().starts_with("customerBill_202604_0001.csv, line 3: "));
    assert!(!summary.is_complete());
}

#[test]
fn an_absent_amount_is_none_and_never_zero() {
    let csv = "Customer ID,Customer Expenditure (USD),Settlement Amount (USD),Cash payment\nc1,,0,\n";
    read("x.csv", csv.as_bytes(), &StatementOptions::default(), |row| {
        assert_eq!(row.charge.settlement_amount, Some(Amount::ZERO));
        assert_eq!((row.charge.payment_amount, row.charge.cash_amount), (None, None));
        Ok(())
    })
    .unwrap();
}

#[test]
fn decompression_bombs_are_refused_quickly_and_in_little_memory() {
    // A gigabyte without a line end, a gigabyte of empty lines, a gigabyte of one quoted field, an endless name.
    let bomb = |head: &[u8], fill: u8, bytes: usize| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(head).unwrap();
        let chunk = vec![fill; 1 << 20];
        (0..bytes >> 20).for_each(|_| encoder.write_all(&chunk).unwrap());
        encoder.finish().unwrap()
    };
    for (head, fill) in
        [(&b""[..], b'x'), (b"Customer ID,payable\n", b'\n'), (b"Customer ID,payable\n\"", b'x')]
    {
        assert!(matches!(damage(&bomb(head, fill, 64 << 20)), DamageKind::RowTooLong), "{fill}");
    }
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(1 << 30);
    header.set_cksum();
    assert!(matches!(damage(&bomb(header.as_bytes(), b'x', 4 << 20)), DamageKind::LongName(_)));

    let csv = csv_of(&rows(5000), &IN_ORDER, false, true);
    let options = StatementOptions::default().max_uncompressed_bytes(100_000);
    let error = rows_with("x.csv.gz", &gzip(&csv), &options).unwrap_err();
    assert!(matches!(error, Error::Statement(error) if matches!(error.kind, DamageKind::TooLarge)));
}

#[test]
fn damage_says_in_which_member_it_is() {
    let csv = csv_of(&rows(4), &IN_ORDER, false, true);
    let twice = tar_of([("a_1.csv", csv.as_slice()), ("a_1.csv", csv.as_slice())]);
    assert!(matches!(damage(&gzip(&twice)), DamageKind::Duplicate));
    assert!(matches!(damage(&gzip(&tar_of([("readme.txt", &b"x"[..])]))), DamageKind::NoMembers));
    assert!(matches!(damage(b"PK\x03\x04rest"), DamageKind::Unsupported(_)));
    let no_amount = b"Customer ID,List Price\nc1,1\n";
    let tar = tar_of([("a_1.csv", &csv[..]), ("a_2.csv", &no_amount[..])]);
    let Err(Error::Statement(error)) = rows_of("customerBill_202604.tar.gz", &tar) else { panic!() };
    assert_eq!((error.member.as_deref(), error.rows), (Some("a_2.csv"), 4));
    // A tar archive that ends inside a member, in an intact gzip file.
    let tar = tar_of([("a_1.csv", csv.as_slice())]);
    assert!(matches!(damage(&gzip(&tar[..700])), DamageKind::Broken(_)));
}

/// The customers and billed amounts of a file, as text.
fn billed(bytes: &[u8]) -> Vec<(String, String)> {
    let (seen, summary) = rows_of("customerBill_202604.tar.gz", bytes).unwrap();
    assert_eq!(summary.bad_rows, 0, "{:?}", summary.described_bad_rows);
    seen.into_iter().map(|row| (row.0, row.2.unwrap().to_string())).collect()
}

#[test]
fn line_ends_separators_and_encodings_of_spreadsheets_are_read_alike() {
    let plain = csv_of(&rows(40), &IN_ORDER, true, true);
    let text = std::str::from_utf8(&plain).unwrap();
    let wanted = expected(&rows(40));
    let with = |separator: u8, terminator: csv::Terminator| {
        let mut writer =
            csv::WriterBuilder::new().delimiter(separator).terminator(terminator).from_writer(Vec::new());
        for record in csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).records() {
            writer.write_record(&record.unwrap()).unwrap();
        }
        writer.into_inner().unwrap()
    };
    let utf16 = |big_endian: bool, mark: bool, bytes: &[u8]| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        let text = format!("{mark}{}", std::str::from_utf8(bytes).unwrap());
        let units =
            text.encode_utf16().map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() });
        units.flatten().collect()
    };
    let crlf = with(b',', csv::Terminator::CRLF);
    for (name, bytes, encoding) in [
        ("CRLF", crlf.clone(), Encoding::Utf8),
        ("CR", with(b',', csv::Terminator::Any(b'\r')), Encoding::Utf8),
        ("semicolons", with(b';', csv::Terminator::CRLF), Encoding::Utf8),
        ("tabs", with(b'\t', csv::Terminator::CRLF), Encoding::Utf8),
        ("mark and CRLF", [b"\xef\xbb\xbf".to_vec(), crlf.clone()].concat(), Encoding::Utf8),
        (
            "GBK and tabs",
            encoding_rs::GBK
                .encode(std::str::from_utf8(&with(b'\t', csv::Terminator::CRLF)).unwrap())
                .0
                .into_owned(),
            Encoding::Gbk,
        ),
        ("UTF-16, little endian", utf16(false, true, &crlf), Encoding::Utf16),
        ("UTF-16, big endian", utf16(true, true, &crlf), Encoding::Utf16),
        (
            "UTF-16 and tabs, as Unicode text is saved",
            utf16(false, true, &with(b'\t', csv::Terminator::CRLF)),
            Encoding::Utf16,
        ),
    ] {
        let file = archive(&[("customerBill_202604_0001.csv".into(), bytes.clone())]);
        for bytes in [bytes, file] {
            let (seen, summary) = rows_of("customerBill_202604.tar.gz", &bytes).unwrap();
            assert_eq!(seen, wanted, "{name}");
            assert_eq!(summary.members[0].encoding, Some(encoding), "{name}");
        }
    }
    // Without a mark, UTF-16 must be said.
    let bare = utf16(false, false, &crlf);
    assert!(rows_of("x.csv", &bare).is_err());
    let options = StatementOptions::default().encoding(Encoding::Utf16);
    assert_eq!(rows_with("x.csv", &bare, &options).unwrap().0, wanted);
    // Half a letter at the end, and half of a pair in the middle.
    for broken in [&utf16(false, true, &crlf)[..99], &b"\xff\xfeC\0\x00\xd8D\0"[..]] {
        assert!(matches!(damage(broken), DamageKind::Broken(_)));
    }
}

#[test]
fn what_separates_fields_is_not_mistaken() {
    // Semicolons within a field of a file with commas, in quotation marks and without.
    for csv in [
        "Customer ID,\"Tags;a;b;c;d;e\",payable\nc1,x,5\n",
        "Customer ID,Tags,payable\nc1,a=1;b=2;c=3;d=4,5\n",
        "Customer ID;Resource, tags and more;payable\nc1;a,b,c,d;5\n",
    ] {
        assert_eq!(billed(csv.as_bytes()), [("c1".to_owned(), "5".to_owned())], "{csv}");
    }
    // Without headers the number of columns decides.
    let options =
        StatementOptions::default().columns_in_order([Some(Column::CustomerId), None, Some(Column::Payable)]);
    for text in ["c1,a=1;b=2;c=3;d=4,5\n", "c1;a,b,c,d,e;5\n", "c1\ta,b;d;e;f\t5\n"] {
        let (seen, summary) = rows_with("x.csv", text.as_bytes(), &options).unwrap();
        assert_eq!((seen.len(), summary.bad_rows), (1, 0), "{text}");
    }
    // The same for a later member without headers.
    let members = [
        ("a_0001.csv".to_owned(), b"Customer ID,Tags,payable\nc1,x,5\n".to_vec()),
        ("a_0002.csv".to_owned(), b"c2,a=1;b=2;c=3;d=4,6\n".to_vec()),
    ];
    assert_eq!(billed(&archive(&members)).len(), 2);
}

#[test]
fn every_form_of_an_amount_is_exact_or_a_bad_row() {
    for (text, amount) in [
        ("0", "0"),
        ("0.00", "0.00"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("-12.5", "-12.5"),
        ("+3", "3"),
        ("1e2", "100"),
        ("1E-8", "0.00000001"),
        ("-2.5e-3", "-0.0025"),
        ("0.123456789012", "0.123456789012"),
        ("0.00000001", "0.00000001"),
        ("79228162514264.33759354395033", "79228162514264.33759354395033"),
        (" 7.5 ", "7.5"),
        ("\"8\"", "8"),
        (".5", "0.5"),
    ] {
        let csv = format!("Customer ID,payable\nc1,{text}\n");
        let (seen, summary) = rows_of("x.csv", csv.as_bytes()).unwrap();
        assert_eq!(summary.bad_rows, 0, "{text}");
        let found = seen[0].2.unwrap();
        assert_eq!(found, amount.parse().unwrap(), "{text}");
        assert!(!found.to_string().starts_with("-0") || found != Amount::ZERO, "{text}: {found}");
    }
    for text in [
        "\"1,234.56\"",
        "1 234.56",
        "1'234.56",
        "1.234.56",
        "\"12,50\"",
        "$5",
        "5 USD",
        "USD 5",
        "(5)",
        "5-",
        "１２",
        "NaN",
        "inf",
        "0x10",
        "1e",
        "e5",
        "--5",
        "1_000",
        "五",
        "TRUE",
        "79228162514264337593543950336",
        "1e400",
    ] {
        let csv = format!("Customer ID,payable\nc1,{text}\nc2,1\n");
        let (seen, summary) = rows_of("x.csv", csv.as_bytes()).unwrap();
        assert_eq!((seen.len(), summary.bad_rows), (1, 1), "{text}");
        let bad = &summary.described_bad_rows[0];
        assert!(matches!(&bad.reason, BadRowReason::Amount { column: Column::Payable, .. }), "{text}: {bad}");
    }
    // Words for nothing are no amount, and no zero.
    for text in ["-", "--", "null", "NULL", "\\N", "N/A", "", "  "] {
        let csv = format!("Customer ID,payable\nc1,{text}\n");
        let (_, summary) = rows_of("x.csv", csv.as_bytes()).unwrap();
        assert!(matches!(summary.described_bad_rows[0].reason, BadRowReason::NoAmount), "{text}");
    }
}

#[test]
fn columns_may_be_missing_doubled_or_unknown() {
    // The least that a file needs.
    assert_eq!(billed(b"payable,Customer ID\n5,c1\n"), [("c1".to_owned(), "5".to_owned())]);
    for csv in ["Customer ID,payable,Amount Due\nc1,5,6\n", "客户ID,Customer ID,payable\nc1,c2,5\n"] {
        assert!(matches!(damage(csv.as_bytes()), DamageKind::Headers(_)), "{csv}");
    }
    // Unknown columns may have the same name, or none; all are kept.
    let csv = "Customer ID,New,New,,payable\nc1,a,b,c,5\nc2,,d,,6\n";
    let mut kept = Vec::new();
    let summary = read("x.csv", csv.as_bytes(), &StatementOptions::default(), |row| {
        kept.push(row.unknown_columns().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>());
        Ok(())
    })
    .unwrap();
    assert_eq!(kept, [vec!["New=a", "New=b", "=c"], vec!["New=d"]]);
    assert_eq!(summary.unknown_columns.len(), 2);
}

#[test]
fn a_field_may_be_large_and_a_row_has_a_limit() {
    let of = |bytes: usize| {
        format!("Customer ID,note,payable\nc1,\"{}\",5\nc2,x,6\n", "a\n\"\"".repeat(bytes / 4))
    };
    assert_eq!(billed(of(1_000_000).as_bytes()).len(), 2);
    assert!(matches!(damage(of(1_400_000).as_bytes()), DamageKind::RowTooLong));
    let options = StatementOptions::default().max_row_bytes(2_000_000);
    assert_eq!(rows_with("x.csv", of(1_400_000).as_bytes(), &options).unwrap().0.len(), 2);
}

#[test]
fn empty_files_are_damaged_and_files_without_rows_are_not() {
    for empty in [Vec::new(), gzip(b""), [gzip(b""), gzip(b"")].concat()] {
        assert!(matches!(damage(&empty), DamageKind::Empty));
    }
    for archive in [tar_of([]), gzip(&tar_of([])), gzip(&tar_of([("folder/readme.txt", &b"x"[..])]))] {
        assert!(matches!(damage(&archive), DamageKind::NoMembers));
    }
    let headers = csv_of(&[], &IN_ORDER, true, true);
    for bytes in [headers.clone(), archive(&[("customerBill_202604_0001.csv".into(), headers)])] {
        let (seen, summary) = rows_of("customerBill_202604.tar.gz", &bytes).unwrap();
        assert!(seen.is_empty() && summary.is_complete());
    }
    // Nothing but blanks and marks is no month without charges.
    for blank in [&b"\n\n"[..], b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b" , ,\n", b"\xff\xfe"] {
        let member = ("customerBill_202604_0001.csv".to_owned(), blank.to_vec());
        for bytes in [blank.to_vec(), gzip(blank), archive(&[member])] {
            assert!(matches!(damage(&bytes), DamageKind::Empty), "{blank:?}");
        }
    }
    assert!(matches!(damage(&archive(&[("a_1.csv".into(), Vec::new())])), DamageKind::Empty));
    // What is no statement at all.
    assert!(matches!(damage(b"\0\0\0"), DamageKind::Headers(_)));
    // Bytes behind the last member of gzip.
    let whole = archive(&[("a_0001.csv".into(), csv_of(&rows(3), &IN_ORDER, true, true))]);
    assert!(matches!(damage(&[whole, b"rest".to_vec()].concat()), DamageKind::Broken(_)));
}

#[test]
fn other_formats_are_named_wherever_they_are() {
    let csv = csv_of(&rows(3), &IN_ORDER, true, true);
    let whole = archive(&[("customerBill_202604_0001.csv".to_owned(), csv.clone())]);
    for (bytes, format) in [
        (&b"PK\x03\x04rest of it"[..], "ZIP"),
        (b"PK\x05\x06\0\0\0\0\0\0", "ZIP"),
        (b"\xfd7zXZ\0\0\x04", "xz"),
        (b"\x28\xb5\x2f\xfd\x04\0", "Zstandard"),
        (b"BZh91AY&SY\x01\x02", "bzip2"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "XLS"),
        (b"%PDF-1.7 1 0 obj", "PDF"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"<html><body>denied</body></html>", "HTML"),
    ] {
        // As the file, in gzip, as a member that is called CSV, and as one that is not.
        let named_csv = archive(&[("a_1.csv".into(), csv.clone()), ("a_2.csv".into(), bytes.to_vec())]);
        let named_else =
            archive(&[("a_1.csv".into(), csv.clone()), ("folder/a_2.bin".into(), bytes.to_vec())]);
        for file in [bytes.to_vec(), gzip(bytes), named_csv, named_else] {
            let DamageKind::Unsupported(found) = damage(&file) else { panic!("{format}") };
            assert!(found.contains(format), "{found} is not {format}");
        }
    }
    // Archives in archives, and gzip twice: rows in them must not get lost.
    let inner = tar_of([("customerBill_202604_0001.csv", csv.as_slice())]);
    for file in [
        gzip(&whole),
        gzip(&gzip(&csv)),
        archive(&[("customerBill_202604_0001.csv.gz".into(), gzip(&csv))]),
        archive(&[("a_1.csv".into(), csv.clone()), ("customerBill_202604.tar.gz".into(), whole.clone())]),
        gzip(&tar_of([("a_1.csv", csv.as_slice()), ("more.tar", gzip(&inner).as_slice())])),
    ] {
        assert!(matches!(damage(&file), DamageKind::Unsupported(_)));
    }
    let Err(Error::Statement(error)) =
        rows_of("x", &archive(&[("a_1.csv".into(), csv), ("b/c.zip".into(), b"PK\x03\x04".to_vec())]))
    else {
        panic!()
    };
    assert_eq!((error.member.as_deref(), error.rows), (Some("b/c.zip"), 3));
    assert!(error.to_string().contains("ZIP or XLSX is not supported"), "{error}");
}

#[test]
fn members_are_found_in_folders_and_beside_other_files() {
    let csv = |customer: &str| format!("Customer ID,payable\n{customer},5\n").into_bytes();
    let (one, two, three) = (csv("c1"), csv("c2"), csv("c3"));
    let tar = tar_of([
        ("2026/04/customerBill_202604_0001.csv", one.as_slice()),
        ("2026/04/checksum.md5", b"d41d8cd98f00b204e9800998ecf8427e".as_slice()),
        ("./customerBill_202604_0002.CSV", two.as_slice()),
        ("._customerBill_202604_0002.csv", b"\0\x05\x16\x07".as_slice()),
        ("2026/04/deeper/still/customerBill_202604_0003.csv", three.as_slice()),
    ]);
    let (seen, summary) = rows_of("customerBill_202604.tar.gz", &gzip(&tar)).unwrap();
    assert_eq!(seen.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(), ["c1", "c2", "c3"]);
    assert_eq!(summary.members.len(), 3);
    assert_eq!(summary.ignored_members.len(), 2, "{:?}", summary.ignored_members);
    assert!(summary.is_complete());
}

#[test]
fn usage_files_are_read_as_bills_are_and_their_month_is_that_of_the_name() {
    let csv = "账期,客户ID,交易时间,使用量,结算金额(USD),新列\n\
        2026-04,c1,2026-04-01 00:00:00 GMT+08:00,3.5,1.25,x\n\
        202604,c1,2026-04-30 23:59:59 GMT+08:00,,0,\n\
        2026-05,c1,2026-05-01 00:00:00 GMT+08:00,1,9,\n";
    for name in ["customerUsageV2_202604_20260504.tar.gz", "customerUsage_202604_20260504.tar.gz"] {
        let member = ("customerUsageV2_202604_20260504_00000001.csv".to_owned(), csv.as_bytes().to_vec());
        let mut usage = Vec::new();
        let file = archive(&[member]);
        let summary = read(name, &file[..], &StatementOptions::default(), |row| {
            usage.push(row.charge.usage_amount.map(|amount| amount.to_string()));
            Ok(())
        })
        .unwrap();
        assert_eq!(usage, [Some("3.5".to_owned()), None]);
        assert!(
            matches!(&summary.described_bad_rows[0].reason, BadRowReason::Month(month) if month == "2026-05")
        );
    }
}

#[test]
fn missing_members_show_in_the_serial_numbers() {
    let csv = csv_of(&rows(1), &IN_ORDER, false, true);
    let members =
        ["0001", "0002", "0005"].map(|serial| (format!("customerBill_202604_{serial}.csv"), csv.clone()));
    let (_, summary) = rows_of("customerBill_202604.tar.gz", &archive(&members)).unwrap();
    assert_eq!(summary.missing_serials, [3, 4]);
    assert!(!summary.is_complete());
    // Bills are numbered from 0 or 1, so those before the first are missing as well.
    for (serials, missing) in
        [(&["0003"][..], &[1, 2][..]), (&["0002", "0003"], &[1]), (&["0000", "0001"], &[]), (&["0001"], &[])]
    {
        let members: Vec<_> =
            serials.iter().map(|serial| (format!("customerBill_202604_{serial}.csv"), csv.clone())).collect();
        let (_, summary) = rows_of("customerBill_202604.tar.gz", &archive(&members)).unwrap();
        assert_eq!(summary.missing_serials, missing, "{serials:?}");
    }
    // A member that was unpacked, and usage files, whose numbers are not explained.
    let (_, summary) = rows_of("customerBill_202604_0007.csv", &csv).unwrap();
    assert!(summary.is_complete());
    let usage = [("customerUsageV2_202604_20260504_20260504.csv".to_owned(), csv)];
    assert!(rows_of("customerUsageV2_202604_20260504.tar.gz", &archive(&usage)).unwrap().1.is_complete());
}

#[test]
fn long_names_links_and_folders_do_no_harm() {
    let csv = csv_of(&rows(2), &IN_ORDER, false, true);
    let mut builder = tar::Builder::new(Vec::new());
    let mut folder = tar::Header::new_gnu();
    folder.set_entry_type(tar::EntryType::Directory);
    folder.set_size(0);
    builder.append_data(&mut folder, "folder/", &[][..]).unwrap();
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    builder.append_link(&mut link, "link.csv", "/etc/passwd").unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_size(csv.len() as u64);
    let long = format!("{}/customerBill_202604_0001.csv", "d".repeat(180));
    builder.append_data(&mut header, &long, &csv[..]).unwrap();
    let (seen, summary) =
        rows_of("customerBill_202604.tar.gz", &gzip(&builder.into_inner().unwrap())).unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!(summary.members[0].name, "customerBill_202604_0001.csv");
    assert_eq!(summary.ignored_members, ["link.csv"]);
}

#[test]
fn columns_can_be_named_and_files_without_headers_read() {
    let options = StatementOptions::default().column("要付的", Column::Settlement);
    let (seen, _) = rows_with("x.csv", "客户ID,要付的\nc1,2\n".as_bytes(), &options).unwrap();
    assert_eq!(seen[0].2, Some(Amount::from(2)));
    let options = StatementOptions::default().columns_in_order([
        Some(Column::CustomerId),
        None,
        Some(Column::Settlement),
    ]);
    let (seen, _) = rows_with("x.csv", "c1,?,3\nc2,?,4\n".as_bytes(), &options).unwrap();
    assert_eq!(seen.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_gives_the_rows_and_the_summary() {
    let csv = csv_of(&rows(1000), &IN_ORDER, true, true);
    let file = archive(&[("customerBill_202604_0001.csv".into(), csv)]);
    let mut stream =
        StatementStream::new("customerBill_202604.tar.gz", Cursor::new(file), StatementOptions::default());
    let mut seen = Vec::new();
    while let Some(batch) = stream.try_next().await.unwrap() {
        seen.extend(
            batch.iter().map(|row| (row.charge().customer_id.to_owned(), row.charge().billed_amount())),
        );
    }
    let wanted: Vec<_> = expected(&rows(1000)).into_iter().map(|row| (row.0, row.2)).collect();
    assert_eq!(seen, wanted);
    assert_eq!(stream.summary().unwrap().rows, 1000);

    let mut cut =
        StatementStream::new("x", Cursor::new(b"\x1f\x8b\x08".to_vec()), StatementOptions::default());
    assert!(cut.try_next().await.is_err());
    assert!(cut.summary().is_none());
}

#[test]
fn a_file_on_disk_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customerBill_202604.tar.gz");
    std::fs::write(&path, archive(&[("b_1.csv".into(), csv_of(&rows(3), &IN_ORDER, true, true))])).unwrap();
    let mut count = 0;
    Statement::new(&path)
        .read(|_| {
            count += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(count, 3);
    assert!(matches!(Statement::new("/nowhere/at/all").read(|_| Ok(())), Err(Error::File { .. })));
}

/// Ten million rows with `BILLING_ROWS=10000000`, in an optimised build; fewer otherwise.
#[test]
fn a_generated_file_of_many_rows_adds_up_exactly() {
    let count = std::env::var("BILLING_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(150_000_u64);
    let mut sum = ExactSum::default();
    let summary =
        read("customerBill_202604.tar.gz", Generated::new(count), &StatementOptions::default(), |row| {
            sum.add(row.charge.billed_amount().unwrap()).unwrap();
            Ok(())
        })
        .unwrap();
    let wanted: u128 = (0..count).map(|row| u128::from(Generated::amount(row))).sum();
    let mut exact = ExactSum::default();
    exact.add(Amount::from(rust_decimal::Decimal::from_i128_with_scale(wanted.cast_signed(), 8))).unwrap();
    assert_eq!((summary.rows, sum), (count, exact));
    assert!(summary.is_complete() && COLUMNS.len() == IN_ORDER.len());
}
