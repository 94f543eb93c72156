//! Columns of a statement file, by their headers in English or Chinese.

use std::collections::BTreeMap;

/// A column whose meaning is known.
///
/// The documentation names the columns of the bill file only in part; the names of the hand export and of the usage file
/// are accepted as well. Whatever has no meaning here stays available as an unknown column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Column {
    /// The customer's account id.
    CustomerId,
    /// The customer's name.
    CustomerName,
    /// The customer's account name.
    AccountName,
    /// Month of the bill.
    BillCycle,
    /// The partner or reseller with which the customer is associated.
    PartnerId,
    /// The name of that partner.
    PartnerName,
    /// The account name of that partner.
    PartnerAccountName,
    /// Expenditure, refund or adjustment.
    BillType,
    /// The billing mode, as a code of statement files or in words.
    BillingMode,
    /// The cloud service in words.
    ServiceTypeName,
    /// The cloud service's code.
    ServiceTypeCode,
    /// The product in words.
    ProductName,
    /// Id of the product in the catalogue.
    ProductId,
    /// The specification in words.
    Specification,
    /// The kind of resource in words.
    ResourceTypeName,
    /// The kind of resource.
    ResourceTypeCode,
    /// The region in words.
    RegionName,
    /// Region of the resource.
    RegionCode,
    /// Order or transaction.
    TradeId,
    /// The order that was unsubscribed from.
    OriginalOrderId,
    /// The customer's transaction time.
    TradeTime,
    /// Start of the consumption.
    UsageStart,
    /// End of the consumption.
    UsageEnd,
    /// Number of purchased periods.
    PeriodCount,
    /// The unit of a period in words.
    PeriodUnit,
    /// Measured quantity, such as duration or traffic.
    UsageType,
    /// Measured amount of usage.
    UsageAmount,
    /// Id under which the service knows the resource.
    ResourceId,
    /// Name that the customer gave the resource.
    ResourceName,
    /// The tags of the resource.
    ResourceTag,
    /// Enterprise project of the charge.
    EnterpriseProjectId,
    /// List price of the charge.
    ListPrice,
    /// Discount on the list price.
    Discount,
    /// Amount that has to be paid for the customer's consumption.
    Payable,
    /// Amount that the partner pays after the settlement discount.
    Settlement,
    /// Tax on the charge.
    Tax,
    /// Paid from the cash balance.
    Cash,
    /// Paid from the credit line or by monthly settlement.
    Credit,
    /// Paid with cash vouchers.
    Coupon,
    /// Paid with flexi-purchase vouchers.
    FlexipurchaseCoupon,
    /// Paid from stored-value cards.
    StoredValueCard,
    /// Not paid yet.
    Debt,
    /// Amount that was written off.
    WriteOff,
    /// The currency of all amounts.
    Currency,
}

/// Number of known columns.
pub(super) const COUNT: usize = Column::Currency as usize + 1;

impl Column {
    /// True for a column of which a file may have only one: with two, it would not be known which of them decides about money.
    fn must_be_one(self) -> bool {
        !matches!(
            self,
            Self::CustomerName
                | Self::AccountName
                | Self::PartnerName
                | Self::PartnerAccountName
                | Self::ServiceTypeName
                | Self::ProductName
                | Self::Specification
                | Self::ResourceTypeName
                | Self::RegionName
                | Self::TradeId
                | Self::OriginalOrderId
                | Self::TradeTime
                | Self::UsageStart
                | Self::UsageEnd
                | Self::UsageType
                | Self::ResourceName
                | Self::ResourceTag
        )
    }
}

/// Headers in their plain form: letters and digits only, small letters, no currency.
const HEADERS: &[(Column, &[&str])] = &[
    (Column::CustomerId, &["客户id", "customerid", "customerdomainid", "domainid"]),
    (Column::CustomerName, &["客户名称", "customername", "customer"]),
    (Column::AccountName, &["客户账号名", "客户帐号名", "accountname", "customeraccountname", "账号名"]),
    (Column::BillCycle, &["账期", "帐期", "billingcycle", "billcycle", "cycle"]),
    (Column::PartnerId, &["伙伴id", "partnerid", "associatedpartnerid"]),
    (Column::PartnerName, &["伙伴名称", "partnername"]),
    (Column::PartnerAccountName, &["伙伴账号名", "伙伴帐号名", "partneraccountname"]),
    (Column::BillType, &["账单类型", "帐单类型", "billtype"]),
    (Column::BillingMode, &["计费模式", "billingmode", "chargingmode", "chargemode"]),
    (Column::ServiceTypeName, &["产品类型", "云服务类型", "producttype", "servicetype", "servicetypename"]),
    (
        Column::ServiceTypeCode,
        &["产品类型编码", "云服务类型编码", "producttypecode", "servicetypecode", "cloudservicetype"],
    ),
    (Column::ProductName, &["产品名称", "产品", "productname", "product"]),
    (Column::ProductId, &["产品id", "productid"]),
    (Column::Specification, &["规格", "产品规格", "specifications", "specification", "productspecdesc"]),
    (Column::ResourceTypeName, &["资源类型", "resourcetype", "resourcetypename"]),
    (Column::ResourceTypeCode, &["资源类型编码", "resourcetypecode"]),
    (Column::RegionName, &["区域", "region", "regionname"]),
    (
        Column::RegionCode,
        &["云服务区编码", "区域编码", "cloudserviceregioncode", "regioncode", "serviceregioncode"],
    ),
    (
        Column::TradeId,
        &["订单号交易号", "订单号", "交易号", "orderidtransactionid", "orderid", "transactionid", "tradeid"],
    ),
    (Column::OriginalOrderId, &["原订单号", "originalorderid"]),
    (
        Column::TradeTime,
        &[
            "客户交易时间",
            "交易时间",
            "customertransactiontime",
            "transactiontime",
            "tradetime",
            "transactedat",
        ],
    ),
    (Column::UsageStart, &["使用开始时间", "usagestarttime", "usagestart", "begintime", "starttime"]),
    (Column::UsageEnd, &["使用结束时间", "usageendtime", "usageend", "endtime", "consumetime", "消费时间"]),
    (
        Column::PeriodCount,
        &["订单周期数", "periodnum", "numberofperiods", "orderperiods", "requiredduration", "订单周期数量"],
    ),
    (Column::PeriodUnit, &["订单周期单位", "periodunit", "orderperiodunit", "durationunit", "unitofperiod"]),
    (Column::UsageType, &["使用量类型编码", "使用量类型", "usagetypecode", "usagetype"]),
    (Column::UsageAmount, &["使用量", "usage", "usageamount"]),
    (Column::ResourceId, &["资源id", "resourceid"]),
    (Column::ResourceName, &["资源名称", "resourcename"]),
    (Column::ResourceTag, &["资源标签", "标签", "resourcetag", "resourcetags", "tags"]),
    (Column::EnterpriseProjectId, &["企业项目id", "enterpriseprojectid"]),
    (Column::ListPrice, &["官网页面价", "官网价", "官网价总金额", "listprice", "officialamount"]),
    (Column::Discount, &["优惠金额", "折扣金额", "discountamount", "discount", "officialdiscountamount"]),
    (
        Column::Payable,
        &[
            "客户消费金额",
            "应付金额",
            "消费金额",
            "customerexpenditure",
            "amountdue",
            "paymentamount",
            "payable",
        ],
    ),
    (
        Column::Settlement,
        &["结算金额", "伙伴结算金额", "settlementamount", "partnersettlementamount", "settledamount"],
    ),
    (Column::Tax, &["税额", "税费", "tax", "taxamount"]),
    (Column::Cash, &["现金支付", "现金支付金额", "cashpayment", "cashamount", "cash"]),
    (Column::Credit, &["信用额度支付", "月结金额", "creditamount", "monthlysettlement", "credit"]),
    (Column::Coupon, &["代金券抵扣", "现金券金额", "couponamount", "cashcouponamount", "coupons", "coupon"]),
    (Column::FlexipurchaseCoupon, &["代金券金额", "flexipurchasecouponamount", "flexipurchasecoupons"]),
    (Column::StoredValueCard, &["储值卡支付", "储值卡金额", "storedvaluecardamount", "storedvaluecard"]),
    (Column::Debt, &["欠费", "欠费金额", "debtamount", "arrears"]),
    (Column::WriteOff, &["核销金额", "欠费核销", "writeoffamount", "writtenoff", "adjustmentamount"]),
    (Column::Currency, &["币种", "货币", "currency"]),
];

/// A header without blanks, marks and letter case, and the currency that it names in brackets.
pub(super) fn plain_header(header: &str) -> (String, Option<&str>) {
    let header = header.trim_start_matches('\u{feff}').trim();
    let open = header.rfind(['(', '（']);
    let unit = open.and_then(|at| header.get(at..)).and_then(|tail| {
        let inner = tail.trim_matches(['(', ')', '（', '）']).trim();
        let is_currency = inner.len() == 3 && inner.bytes().all(|letter| letter.is_ascii_uppercase());
        is_currency.then_some(inner)
    });
    let named = if unit.is_some() { open.and_then(|at| header.get(..at)).unwrap_or(header) } else { header };
    let plain =
        named.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (plain, unit)
}

/// The columns of one file.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The place of each known column.
    places: [Option<usize>; COUNT],
    /// Columns that mean what an earlier one means, which is empty in some rows.
    alternatives: Vec<(Column, usize)>,
    /// Names and places of the others.
    pub(super) unknown: Vec<(String, usize)>,
    /// Number of fields of a row.
    pub(super) width: usize,
    /// The currency that headers name.
    pub(super) currency: Option<String>,
}

/// Reason why a row of headers cannot be used.
///
/// Neither `Display` nor `Debug` shows a header that is not known: in a file without headers it is a value of the first row,
/// which may be a name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// No column for the customer.
    #[error("no column for the customer's id among {}", recognised(.0))]
    NoCustomer(Vec<String>),
    /// No column for money.
    #[error(
        "no column for an amount to be paid among {}: name it with StatementOptions::column",
        recognised(.0)
    )]
    NoAmount(Vec<String>),
    /// Two columns for the same thing.
    #[error(
        "the headers {0:?} and {1:?} mean the same column {2:?}: name the one that counts with StatementOptions::column"
    )]
    Twice(String, String, Column),
    /// Amounts in different currencies.
    #[error("the headers name the currencies {0} and {1}")]
    MixedCurrencies(String, String),
}

impl std::fmt::Debug for HeaderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeaderError({self})")
    }
}

/// The number of headers, and those that are known.
fn recognised(headers: &[String]) -> String {
    let recognised: Vec<&String> =
        headers.iter().filter(|header| known(&plain_header(header).0).is_some()).collect();
    format!("{} headers, of which these are known: {recognised:?}", headers.len())
}

impl Layout {
    /// The layout that a row of headers describes. `named` holds the caller's own names of columns.
    pub(super) fn of<'h>(
        headers: impl Iterator<Item = &'h str>,
        named: &BTreeMap<String, Column>,
    ) -> Result<Self, HeaderError> {
        let mut layout = Self::of_width(0);
        let headers: Vec<(&str, String, Option<&str>)> = headers
            .map(|header| {
                let (plain, unit) = plain_header(header);
                (header.trim_start_matches('\u{feff}').trim(), plain, unit)
            })
            .collect();
        // What the caller names is the column; other headers that would mean it are unknown columns.
        let claimed: Vec<Column> =
            headers.iter().filter_map(|(_, plain, _)| named.get(plain).copied()).collect();
        let mut names: Vec<String> = Vec::new();
        for (place, (shown, plain, unit)) in headers.into_iter().enumerate() {
            let shown = shown.to_owned();
            let by_header = || known(&plain).filter(|column| !claimed.contains(column));
            match named.get(&plain).copied().or_else(by_header) {
                Some(column) => {
                    if let Some(slot) = layout.places.get_mut(column as usize) {
                        match slot {
                            None => *slot = Some(place),
                            Some(first) if column.must_be_one() => {
                                let first = names.get(*first).cloned().unwrap_or_default();
                                return Err(HeaderError::Twice(first, shown, column));
                            }
                            Some(_) => {
                                layout.alternatives.push((column, place));
                                layout.unknown.push((shown.clone(), place));
                            }
                        }
                    }
                    layout.take_currency(unit)?;
                }
                None => layout.unknown.push((shown.clone(), place)),
            }
            names.push(shown);
            layout.width = place + 1;
        }
        if !layout.has(Column::CustomerId) {
            return Err(HeaderError::NoCustomer(names));
        }
        if !layout.has(Column::Payable) && !layout.has(Column::Settlement) {
            return Err(HeaderError::NoAmount(names));
        }
        Ok(layout)
    }

    /// The layout of columns in a given order, for files without headers.
    pub(super) fn in_order(columns: &[Option<Column>]) -> Self {
        let mut layout = Self::of_width(columns.len());
        for (place, column) in columns.iter().enumerate() {
            match column {
                Some(column) => {
                    if let Some(slot) = layout.places.get_mut(*column as usize) {
                        *slot = Some(place);
                    }
                }
                None => layout.unknown.push((format!("column {}", place + 1), place)),
            }
        }
        layout
    }

    /// A layout without columns.
    fn of_width(width: usize) -> Self {
        Self { places: [None; COUNT], alternatives: Vec::new(), unknown: Vec::new(), width, currency: None }
    }

    /// The places of columns that mean the same as this one and come after it.
    pub(super) fn alternatives(&self, column: Column) -> impl Iterator<Item = usize> + '_ {
        self.alternatives.iter().filter(move |(of, _)| *of == column).map(|(_, place)| *place)
    }

    /// The place of a column.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().flatten()
    }

    /// True where the file has the column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.place(column).is_some()
    }

    fn take_currency(&mut self, unit: Option<&str>) -> Result<(), HeaderError> {
        match (unit, &self.currency) {
            (Some(new), Some(old)) if new != old => {
                Err(HeaderError::MixedCurrencies(old.clone(), new.to_owned()))
            }
            (Some(new), None) => {
                self.currency = Some(new.to_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// True for a row of which at least half the fields are headers that are known.
pub(super) fn looks_like_headers<'h>(
    fields: impl Iterator<Item = &'h str>,
    named: &BTreeMap<String, Column>,
) -> bool {
    let (mut all, mut recognised) = (0_usize, 0_usize);
    for field in fields {
        let (plain, _) = plain_header(field);
        all += 1;
        recognised += usize::from(named.contains_key(&plain) || known(&plain).is_some());
    }
    recognised > 0 && (recognised * 2 >= all || recognised >= 3)
}

fn known(plain: &str) -> Option<Column> {
    HEADERS.iter().find(|(_, names)| names.contains(&plain)).map(|(column, _)| *column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_means_two_columns() {
        let mut seen = BTreeMap::new();
        for (column, names) in HEADERS {
            for name in *names {
                assert_eq!(plain_header(name).0, *name, "not in plain form");
                assert_eq!(seen.insert(*name, *column), None, "{name}");
            }
        }
        assert_eq!(HEADERS.len(), COUNT);
    }

    #[test]
    fn headers_are_found_in_both_languages_with_marks_and_currency() {
        let layout = Layout::of(
            ["\u{feff}客户ID", "Product Type Code", "结算金额（USD）", "Customer Expenditure (USD)", "意外"]
                .into_iter(),
            &BTreeMap::new(),
        )
        .unwrap();
        assert_eq!(layout.place(Column::CustomerId), Some(0));
        assert_eq!(layout.place(Column::Settlement), Some(2));
        assert_eq!((layout.currency.as_deref(), layout.width), (Some("USD"), 5));
        assert_eq!(layout.unknown, [("意外".to_owned(), 4)]);
    }

    #[test]
    fn headers_that_cannot_be_used_are_refused_by_name() {
        let of = |headers: &[&str]| Layout::of(headers.iter().copied(), &BTreeMap::new()).unwrap_err();
        assert!(matches!(of(&["产品ID", "应付金额"]), HeaderError::NoCustomer(_)));
        assert!(matches!(of(&["客户ID", "官网页面价"]), HeaderError::NoAmount(_)));
        assert!(matches!(
            of(&["客户ID", "customer_id", "应付金额"]),
            HeaderError::Twice(_, _, Column::CustomerId)
        ));
        assert!(matches!(
            of(&["客户ID", "应付金额(USD)", "结算金额(EUR)"]),
            HeaderError::MixedCurrencies(_, _)
        ));
    }

    #[test]
    fn the_error_of_a_file_without_headers_shows_no_value_of_its_first_row() {
        for (row, known) in [
            (["0cf5a1", "Li Lei 李雷", "12.50"], "[]"),
            (["产品ID", "Li Lei 李雷", "客户ID"], "[\"产品ID\", \"客户ID\"]"),
        ] {
            let error = Layout::of(row.into_iter(), &BTreeMap::new()).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains("李雷")
                    && shown.contains(&format!("3 headers, of which these are known: {known}")),
                "{shown}"
            );
            let (HeaderError::NoCustomer(headers) | HeaderError::NoAmount(headers)) = error else {
                panic!("{shown}")
            };
            assert_eq!(headers, row, "the program can read them all");
        }
    }

    #[test]
    fn a_name_of_the_caller_has_precedence() {
        let named = BTreeMap::from([("要付".to_owned(), Column::Payable)]);
        let layout = Layout::of(["客户ID", "要付"].into_iter(), &named).unwrap();
        assert_eq!(layout.place(Column::Payable), Some(1));
        // Also where another header means the same: that one is an unknown column then.
        let layout = Layout::of(["客户ID", "应付金额", "客户消费金额", "要付"].into_iter(), &named).unwrap();
        assert_eq!(layout.place(Column::Payable), Some(3));
        let others: Vec<_> = layout.unknown.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(others, ["应付金额", "客户消费金额"]);
        let known = BTreeMap::from([("应付金额".to_owned(), Column::Payable)]);
        let layout = Layout::of(["客户消费金额", "应付金额", "客户ID"].into_iter(), &known).unwrap();
        assert_eq!(layout.place(Column::Payable), Some(1));
        let twice = BTreeMap::from([("a".to_owned(), Column::Payable), ("b".to_owned(), Column::Payable)]);
        let refused = Layout::of(["客户ID", "a", "b"].into_iter(), &twice).unwrap_err();
        assert!(matches!(refused, HeaderError::Twice(_, _, Column::Payable)));
    }

    #[test]
    fn columns_in_words_may_come_twice_and_those_that_decide_about_money_may_not() {
        let of = |second: &str| Layout::of(["客户ID", "payable", second].into_iter(), &BTreeMap::new());
        for header in ["应付金额", "domain_id"] {
            assert!(matches!(of(header), Err(HeaderError::Twice(..))), "{header}");
        }
        let headers = ["客户ID", "payable", "Order ID", "Transaction ID"];
        let layout = Layout::of(headers.into_iter(), &BTreeMap::new()).unwrap();
        assert_eq!(layout.place(Column::TradeId), Some(2));
        assert_eq!(layout.alternatives(Column::TradeId).collect::<Vec<_>>(), [3]);
        assert_eq!(layout.unknown, [("Transaction ID".to_owned(), 3)]);
    }
}
