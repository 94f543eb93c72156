//! The statement file of a month in the sandbox, made of the bills of the partner's customers as Huawei Cloud would deliver
//! it. The published description of the file is incomplete, so its columns are those of the bill that is exported by hand.

use std::{error::Error, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use huaweicloud_partner::{
    bills::{BillClass, ChargingMode, UsageRecord},
    types::BillCycle,
};

const HEADERS: [&str; 13] = [
    "Customer ID",
    "Billing Cycle",
    "Partner ID",
    "Bill Type",
    "Billing Mode",
    "Product Type Code",
    "Product Type",
    "Cloud Service Region Code",
    "Resource Type Code",
    "Order ID/Transaction ID",
    "Customer transaction time",
    "List Price (USD)",
    "Settlement Amount (USD)",
];

/// The archive, with members of `per_member` rows.
pub fn statement_of(
    partner: &str,
    cycle: BillCycle,
    records: &[UsageRecord],
    per_member: usize,
) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let stem = format!("customerBill_{}", cycle.to_string().replace('-', ""));
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    // A month without rows is a file with headers alone.
    let members = records.chunks(per_member.max(1)).chain(records.is_empty().then_some(records));
    for (number, records) in members.enumerate() {
        let csv = member_of(partner, cycle, records)?;
        let mut header = tar::Header::new_gnu();
        header.set_size(csv.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{stem}_{:04}.csv", number + 1), csv.as_slice())?;
    }
    let mut gzip = archive.into_inner()?;
    gzip.flush()?;
    Ok(gzip.finish()?)
}

fn member_of(
    partner: &str,
    cycle: BillCycle,
    records: &[UsageRecord],
) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(HEADERS)?;
    for record in records {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let kind = match record.bill_type.and_then(|kind| kind.class()) {
            Some(BillClass::Refund) => "Refund",
            Some(BillClass::Adjustment) => "Adjustment",
            _ => "Expenditure",
        };
        // Codes of statement files, which are not those of the API.
        let mode = if record.charge_mode == Some(ChargingMode::PayPerUse) { "1" } else { "0" };
        csv.write_record([
            record.customer_id.to_string(),
            cycle.to_string(),
            partner.to_owned(),
            kind.to_owned(),
            mode.to_owned(),
            text(&record.cloud_service_type),
            text(&record.cloud_service_type_name),
            text(&record.region),
            text(&record.resource_type),
            text(&record.trade_id),
            record.trade_time.map(|time| time.to_string()).unwrap_or_default(),
            record.official_amount.unwrap_or_default().to_string(),
            record.amount.map(|amount| amount.to_string()).unwrap_or_default(),
        ])?;
    }
    Ok(csv.into_inner()?)
}
