//! Invoices of the international site.

use crate::{
    operation,
    types::{
        Amount, Personal, UtcTime,
        fields::EmptyAsNone,
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// The invoices that were applied for in a time, one page.
    ///
    /// An IAM user of the customer needs `billing:invoice:manage`. This is an operation of the first version: pages are
    /// counted from 1, and position and page size are always sent.
    GET "/v1.0/{domain_id}/payments/intl-invoices" as bss -> InvoicePage {
        sites(OUTSIDE_CHINA), caller(Either), permissions("BPC_ITEM_FINANCE_060100"),
        pages(100, invoices: Invoice, total: count),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/miv_01005.html"),
    }
    pub struct ListInvoices {
        required {
            /// Only those applied for at or after this instant.
            start_time: UtcTime,
            /// Only those applied for at or before this instant.
            end_time: UtcTime,
        }
        optional {
            /// Account whose invoices are listed: the id of the calling partner or customer itself. When
            /// absent, the id of the [credentials](crate::auth::Credentials::with_domain_id) is used.
            domain_id: String where len(1..=64),
        }
        preset {
            /// The number of the page.
            offset: u32 where range(1..=99_999) = first_page(),
            /// Rows per page.
            limit: u32 where range(1..=100) = largest_page(),
        }
        check |it, check| check.ordered(("start_time", Some(it.start_time)), ("end_time", Some(it.end_time)))
    }
}

const fn first_page() -> u32 {
    1
}

const fn largest_page() -> u32 {
    100
}

response! {
    /// One page of invoices.
    pub struct InvoicePage {
        /// Total number of matching rows.
        pub count: Option<u64>,
        /// Rows of this page.
        pub invoices: Vec<Invoice>,
    }
}

response! {
    /// An invoice that was applied for. Amounts are US dollars. Wire names are in camel case.
    pub struct Invoice {
        /// Application for the invoice.
        #[name("requestId")]
        pub request_id: String,
        /// Reason for the rejection of the application.
        #[name("cancelReason")]
        pub cancel_reason: Option<String>,
        /// Whether a person or a company receives it.
        #[name("titleType")]
        pub title_type: Option<InvoiceHolder>,
        /// Issuer of the invoice; always 0, Huawei Cloud.
        #[name("channelType")]
        pub channel_type: Option<i64>,
        /// Kind of VAT invoice.
        #[name("invoiceType")]
        pub invoice_type: Option<InvoiceKind>,
        /// The name that it is made out to.
        #[name("invoiceTitle")]
        pub invoice_title: Option<Personal>,
        /// Invoiced amount in US dollars.
        #[name("invoiceAmount")]
        pub invoice_amount: Option<Amount>,
        /// Basis of the invoice.
        #[name("invoiceMethod")]
        pub invoice_method: Option<InvoiceBasis>,
        /// Class of the invoice: tax invoice or not.
        #[name("invoiceClass")]
        pub invoice_class: Option<InvoiceClass>,
        /// Progress of the invoice.
        #[name("invoiceState")]
        pub invoice_state: Option<InvoiceState>,
        /// Applicant for the invoice.
        #[name("applyOpera")]
        pub apply_opera: Option<Personal>,
        /// Postal address of a paper invoice.
        #[name("addressInfo")]
        pub address_info: Option<PostalAddress>,
        /// Time of the application.
        #[name("applyTime")]
        #[with(EmptyAsNone)]
        pub apply_time: Option<UtcTime>,
        /// The medium; always `0`, paper.
        #[name("invoiceMode")]
        pub invoice_mode: Option<String>,
        /// E-mail address of an electronic invoice.
        pub email: Option<Personal>,
        /// Whether an invoice is asked for or given back.
        #[name("requestMode")]
        pub request_mode: Option<InvoiceRequestMode>,
        /// For an invoice that is given back: the application that it came from.
        #[name("srcRequestId")]
        pub src_request_id: Option<String>,
        /// The company of Huawei Cloud that contracts.
        #[name("salesId")]
        pub sales_id: Option<String>,
        /// The number of the invoice.
        #[name("invoiceNo")]
        pub invoice_no: Option<String>,
        /// Type of the invoiced transaction.
        #[name("tradeType")]
        pub trade_type: Option<InvoiceTrade>,
        /// The billing cycle that it belongs to, as the service writes it; the form is not documented.
        #[name("billCycle")]
        pub bill_cycle: Option<String>,
        /// The taxes in it.
        #[name("taxList")]
        pub tax_list: Vec<InvoiceTax>,
    }
}

response! {
    /// Postal address to which a paper invoice is sent.
    pub struct PostalAddress {
        /// Street and place.
        pub address: Option<Personal>,
        /// Recipient of the invoice.
        pub recipients: Option<Personal>,
        /// The postal code.
        #[name("zipCode")]
        pub zip_code: Option<Personal>,
        /// Telephone number of the recipient.
        #[name("mobilePhone")]
        pub mobile_phone: Option<Personal>,
    }
}

response! {
    /// One tax on an invoice.
    pub struct InvoiceTax {
        /// Class to which the tax belongs.
        #[name("taxClass")]
        pub tax_class: Option<TaxClass>,
        /// The rate, as the service writes it; the form is not documented.
        #[name("taxRate")]
        pub tax_rate: Option<String>,
        /// Part of the tax.
        #[name("subTaxClass")]
        pub sub_tax_class: Option<SubTaxClass>,
        /// Amount of the tax in US dollars.
        #[name("taxAmount")]
        pub tax_amount: Option<Amount>,
        /// Whether the tax is shown on the invoice.
        #[name("taxVisibleFlag")]
        pub tax_visible_flag: Option<TaxFlag>,
        /// Whether the tax is booked.
        #[name("taxAccountingFlag")]
        pub tax_accounting_flag: Option<TaxFlag>,
    }
}

open_codes! {
    /// Type of the receiver of an invoice.
    pub enum InvoiceHolder {
        /// Receiver is a person.
        Individual = 0,
        /// Receiver is a company.
        Enterprise = 1,
    }
}

open_codes! {
    /// The kind of a VAT invoice.
    pub enum InvoiceKind {
        /// Special, for those who deduct input tax.
        SpecialVat = 0,
        /// Ordinary VAT invoice.
        OrdinaryVat = 1,
    }
}

open_codes! {
    /// Basis on which an invoice is made out.
    pub enum InvoiceBasis {
        /// Invoice for a billing cycle.
        BillingCycle = 0,
        /// A payment that was received.
        ReceivedPayment = 1,
        /// Invoice for an order.
        Order = 2,
    }
}

open_codes! {
    /// Whether an invoice is a tax document.
    pub enum InvoiceClass {
        /// Invoice is a tax invoice.
        Tax = 0,
        /// The invoice is a commercial invoice.
        Commercial = 1,
    }
}

open_codes! {
    /// Progress of an invoice.
    pub enum InvoiceState {
        /// Invoice is a draft.
        Draft = 0,
        /// Waiting to be reviewed.
        WaitingForReview = 1,
        /// Waiting for the file to be exported.
        WaitingForExport = 4,
        /// Waiting for the file to come back.
        WaitingForFile = 5,
        /// Waiting for the mailing to be confirmed.
        WaitingForMailing = 6,
        /// Waiting for the receipt to be confirmed.
        WaitingForReceipt = 7,
        /// Invoice is completed.
        Done = 8,
        /// Return was requested.
        Returned = 9,
        /// Being turned down, under review.
        RejectionUnderReview = 11,
        /// Being given back, under review.
        ReturnUnderReview = 13,
        /// Given back; its state is still to be filled in.
        ReturnStatePending = 14,
        /// Giving it back failed.
        ReturnFailed = 15,
    }
}

open_enum! {
    /// Whether an invoice is asked for or given back.
    pub enum InvoiceRequestMode {
        /// Issue was requested.
        Issue = "0",
        /// Return was requested.
        Return = "1",
        /// Issued, and given back since.
        IssuedAndReturned = "2",
    }
}

open_codes! {
    /// Type of the transaction that an invoice covers.
    pub enum InvoiceTrade {
        /// Settled by credit card.
        CreditCard = 3,
        /// Settlement of what was unsettled.
        Unsettled = 4,
        /// Invoiced before payment.
        BeforePayment = 5,
        /// The monthly settlement of a partner.
        PartnerSettlement = 6,
        /// Top-up of the account.
        TopUp = 7,
        /// A yearly/monthly order paid online.
        OnlinePayment = 8,
        /// An ordinary withdrawal.
        Withdrawal = 10,
    }
}

open_enum! {
    /// Kind of a tax by its legal basis.
    pub enum TaxClass {
        /// Value-added tax on the transaction.
        Vat = "VAT",
        /// Tax on services, Brazil.
        Iss = "ISS",
        /// Withholding tax that the customer deducts.
        Wht = "WHT",
        /// Goods and services tax.
        Gst = "GST",
    }
}

open_enum! {
    /// A part of a tax.
    pub enum SubTaxClass {
        /// Social contribution, Brazil.
        Pis = "PIS",
        /// Social contribution, Brazil.
        Cofins = "COFINS",
        /// Central goods and services tax, India.
        Cgst = "CGST",
        /// State goods and services tax, India.
        Sgst = "SGST",
        /// Integrated goods and services tax, India.
        Igst = "IGST",
        /// Tax on services, Brazil.
        Iss = "ISS",
        /// Withholding tax that the customer deducts.
        Wht = "WHT",
        /// Value-added tax on the transaction.
        Vat = "VAT",
    }
}

open_enum! {
    /// Whether something is done with a tax.
    pub enum TaxFlag {
        /// The flag is set.
        Yes = "Y",
        /// The flag is not set.
        No = "N",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::violated;
    use crate::{
        operation::{Paged, Position, RequestParts},
        types::decode_str,
    };

    fn query() -> ListInvoices {
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        ListInvoices::new(time("2019-01-28T11:48:41Z"), time("2019-12-28T11:48:41Z")).domain_id("p1")
    }

    #[test]
    fn the_documented_request_is_built() {
        let parts = RequestParts::of(&query().limit(10_u32)).unwrap();
        assert_eq!(parts.path, "/v1.0/p1/payments/intl-invoices");
        assert_eq!(
            parts.query,
            "end_time=2019-12-28T11%3A48%3A41Z&limit=10&offset=1&start_time=2019-01-28T11%3A48%3A41Z"
        );
    }

    #[test]
    fn pages_are_numbered() {
        assert_eq!((query().position(), query().page_size()), (Some(Position::Page(1)), Some(100)));
        let third = query().at(&Position::Page(3), 50);
        assert_eq!((third.offset, third.limit), (3, 50));
    }

    #[test]
    fn an_invoice_is_read() {
        let page: InvoicePage = decode_str(
            r#"{"count":1,"invoices":[{"requestId":"q1","titleType":1,"invoiceAmount":90.5,"invoiceState":8,
                "tradeType":6,"billCycle":"2026-10","requestMode":0,"applyTime":"2026-11-06T01:02:03Z",
                "addressInfo":{"recipients":"li","mobilePhone":"13800000000","zipCode":"1"},
                "taxList":[{"taxClass":"GST","taxRate":"0.09","subTaxClass":"CGST","taxAmount":8.1,
                "taxVisibleFlag":"Y","taxAccountingFlag":"X"}]}]}"#,
        )
        .unwrap();
        let invoice = &page.invoices[0];
        assert_eq!(
            (invoice.invoice_state, invoice.trade_type),
            (Some(InvoiceState::Done), Some(InvoiceTrade::PartnerSettlement))
        );
        assert_eq!(invoice.request_mode, Some(InvoiceRequestMode::Issue));
        assert_eq!(invoice.invoice_amount, "90.5".parse().ok());
        assert_eq!(invoice.tax_list[0].sub_tax_class, Some(SubTaxClass::Cgst));
        assert_eq!(invoice.tax_list[0].tax_accounting_flag, Some(TaxFlag::Other("X".into())));
        assert!(!format!("{invoice:?}").contains("138"));
        assert!(serde_json::to_string(invoice).unwrap().contains(r#""applyOpera":null"#));
    }

    #[test]
    fn documented_limits_are_checked() {
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let request = ListInvoices::new(time("2019-12-28T11:48:41Z"), time("2019-01-28T11:48:41Z"))
            .domain_id("")
            .offset(0_u32)
            .limit(101_u32);
        assert_eq!(violated(&request), ["start_time", "domain_id", "offset", "limit"]);
    }
}
