//! Statement files made for tests.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod read_back;
pub mod worlds;

use std::io::{self, Read, Write};

use flate2::{Compression, write::GzEncoder};

/// A tar archive of members.
pub fn tar_of<'m>(members: impl IntoIterator<Item = (&'m str, &'m [u8])>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Compresses bytes with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A compressed archive of CSV files.
pub fn archive(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    gzip(&tar_of(members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))))
}

/// One row of a bill that tests make up. Columns 8 and later of the real file are not published.
#[derive(Clone, Debug, PartialEq)]
pub struct BillRow {
    pub customer: String,
    pub name: String,
    pub partner: String,
    pub kind: &'static str,
    pub mode: &'static str,
    pub service: String,
    pub list: String,
    pub payable: String,
    pub settlement: String,
    pub time: String,
}

/// A column of a made-up bill: header in English, in Chinese, and the value.
type BillColumn = (&'static str, &'static str, fn(&BillRow) -> &str);

/// The columns of a made-up bill.
pub const COLUMNS: [BillColumn; 10] = [
    ("Customer ID", "客户ID", |row| &row.customer),
    ("Customer Name", "客户名称", |row| &row.name),
    ("Partner ID", "伙伴ID", |row| &row.partner),
    ("Bill Type", "账单类型", |row| row.kind),
    ("Billing Mode", "计费模式", |row| row.mode),
    ("Product Type Code", "产品类型编码", |row| &row.service),
    ("List Price (USD)", "官网页面价(USD)", |row| &row.list),
    ("Customer Expenditure (USD)", "客户消费金额(USD)", |row| &row.payable),
    ("Settlement Amount (USD)", "结算金额(USD)", |row| &row.settlement),
    ("Transaction Time", "客户交易时间", |row| &row.time),
];

/// CSV text of rows, with columns in the given order.
pub fn csv_of(rows: &[BillRow], order: &[usize], chinese: bool, headers: bool) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if headers {
        let names = order.iter().map(|place| if chinese { COLUMNS[*place].1 } else { COLUMNS[*place].0 });
        writer.write_record(names).unwrap();
    }
    for row in rows {
        writer.write_record(order.iter().map(|place| (COLUMNS[*place].2)(row))).unwrap();
    }
    writer.into_inner().unwrap()
}

/// An archive of many rows that is made while it is read: gzip, tar, members of 100,000 rows.
pub struct Generated {
    encoder: GzEncoder<Vec<u8>>,
    rows: u64,
    made: u64,
    member: u64,
    ready: io::Cursor<Vec<u8>>,
    ended: bool,
}

/// Rows of one member.
pub const MEMBER_ROWS: u64 = 100_000;

impl Generated {
    pub fn new(rows: u64) -> Self {
        let encoder = GzEncoder::new(Vec::new(), Compression::fast());
        Self { encoder, rows, made: 0, member: 0, ready: io::Cursor::new(Vec::new()), ended: false }
    }

    /// The settlement amount of a row in units of 10⁻⁸.
    pub fn amount(row: u64) -> u64 {
        (row % 9_973) * 1_000_003 + 1
    }

    fn member_text(&self, from: u64, until: u64) -> Vec<u8> {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(160 * usize::try_from(until - from).unwrap_or(0));
        text.push_str(
            "客户ID,产品ID,产品类型编码,资源类型编码,云服务区编码,计费模式,官网页面价,客户消费金额(USD),结算金额(USD),账单类型,客户交易时间,规格\n",
        );
        for row in from..until {
            let amount = Self::amount(row);
            let (whole, fraction) = (amount / 100_000_000, amount % 100_000_000);
            let minute = row % 60;
            writeln!(
                text,
                "customer-{:04},00301-{:05}-0--0,hws.service.type.{},hws.resource.type.vm,ap-southeast-{},1,{whole}.{fraction:08},{whole}.{fraction:08},{whole}.{fraction:08},Expenditure,2026-04-{:02} 09:{minute:02}:00 GMT+08:00,c6.large.{}",
                row % 500,
                row % 300,
                ["ec2", "obs", "ebs", "rds", "vpc"][(row % 5) as usize],
                row % 3 + 1,
                row % 28 + 1,
                row % 9,
            )
            .unwrap();
        }
        text.into_bytes()
    }

    fn more(&mut self) -> io::Result<()> {
        if self.made < self.rows {
            let until = (self.made + MEMBER_ROWS).min(self.rows);
            let text = self.member_text(self.made, until);
            let mut header = tar::Header::new_gnu();
            header.set_path(format!("customerBill_202604_{:04}.csv", self.member))?;
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            self.encoder.write_all(header.as_bytes())?;
            self.encoder.write_all(&text)?;
            self.encoder.write_all(&vec![0; (512 - text.len() % 512) % 512])?;
            self.made = until;
            self.member += 1;
            self.ready = io::Cursor::new(std::mem::take(self.encoder.get_mut()));
        } else if !self.ended {
            self.ended = true;
            self.encoder.write_all(&[0; 1024])?;
            self.encoder.try_finish()?;
            self.ready = io::Cursor::new(std::mem::take(self.encoder.get_mut()));
        }
        Ok(())
    }
}

impl Read for Generated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.ready.read(buffer)?;
            if count > 0 || self.ended {
                return Ok(count);
            }
            self.more()?;
        }
    }
}
