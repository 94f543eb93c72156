//! Subjects of tickets: a small table of the sandbox's own, with the documented limits in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use huaweicloud_partner::{
    tickets::{AgreementType, CaseType, DiagnosisType, RegionType},
    types::Language,
};

/// The id of the product "user centre", the only one that is documented.
pub(crate) const USER_CENTRE: &str = "b5f0be5c9639466184abf80e01f9fa1d";

/// A name in the two languages that the sandbox has; English for every language but Chinese.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Name {
    zh: String,
    en: String,
}

impl Name {
    fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }

    /// The name in the language asked for; Chinese where none is, as documented.
    pub(crate) fn in_language(&self, language: Option<&Language>) -> String {
        match language {
            None | Some(Language::Chinese) => self.zh.clone(),
            Some(_) => self.en.clone(),
        }
    }

    /// Returns the English text.
    pub(crate) fn english(&self) -> &str {
        &self.en
    }

    /// Whether it is called that in one of the languages, in any case.
    pub(crate) fn is(&self, text: &str) -> bool {
        [&self.zh, &self.en].iter().any(|name| name.to_lowercase() == text.to_lowercase())
    }
}

/// The whole table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Offering {
    pub(crate) categories: Vec<Category>,
    pub(crate) products: Vec<Product>,
    pub(crate) problems: Vec<Problem>,
    /// From the mildest, the only one that needs no support plan.
    pub(crate) severities: Vec<(String, Name)>,
    pub(crate) questions: Vec<Question>,
    pub(crate) templates: Vec<Template>,
    pub(crate) regions: Vec<Region>,
    pub(crate) area_codes: Vec<(String, Name)>,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) agreements: Vec<Text>,
    pub(crate) checks: Vec<CheckKind>,
    pub(crate) settings: BTreeMap<String, Option<String>>,
    /// Files of one ticket or message.
    pub(crate) files_each: u32,
    pub(crate) megabytes_each: u32,
    pub(crate) file_kinds: Vec<String>,
    /// Of one account. That there is a limit is documented, its height is not.
    pub(crate) daily_megabytes: u32,
    pub(crate) copies_each: u32,
    pub(crate) labels_each: usize,
    /// Minutes between two urgings; the documentation only says too often.
    pub(crate) minutes_between_urgings: u32,
    /// Tickets of a partner in a month, by the standard partner plan.
    pub(crate) partner_tickets: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Category {
    pub(crate) id: String,
    pub(crate) name: Name,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) category: String,
    pub(crate) name: Name,
    pub(crate) acronym: String,
    pub(crate) planned: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub(crate) id: String,
    pub(crate) product: String,
    pub(crate) name: Name,
    pub(crate) kind: CaseType,
}

/// A question of the form: of one kind of problem, or of all.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) problem: Option<String>,
    pub(crate) key: String,
    pub(crate) name: Name,
    pub(crate) required: bool,
    pub(crate) length: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) problem: String,
    pub(crate) name: Name,
    pub(crate) content: Name,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Region {
    pub(crate) id: String,
    pub(crate) name: Name,
    pub(crate) kind: RegionType,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dimension {
    pub(crate) id: i64,
    pub(crate) name: Name,
    pub(crate) most: i64,
    pub(crate) step: i64,
}

/// Text of an agreement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Text {
    pub(crate) id: i64,
    pub(crate) kind: AgreementType,
    pub(crate) name: Name,
    pub(crate) content: Name,
    pub(crate) version: String,
}

/// A check of a diagnosis.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CheckKind {
    pub(crate) id: String,
    pub(crate) kind: DiagnosisType,
    pub(crate) name: Name,
    pub(crate) advice: String,
}

impl Offering {
    pub(crate) fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    pub(crate) fn problem(&self, id: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.id == id)
    }

    pub(crate) fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    pub(crate) fn region(&self, id: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.id == id)
    }

    /// The severities that are offered with or without a support plan.
    pub(crate) fn severities(&self, plan: bool) -> impl Iterator<Item = &(String, Name)> {
        self.severities.iter().take(if plan { usize::MAX } else { 1 })
    }
}

impl Default for Offering {
    fn default() -> Self {
        let category = |id: &str, zh, en| Category { id: id.to_owned(), name: Name::new(zh, en) };
        let product = |id: &str, category: &str, zh, en, acronym: &str| Product {
            id: id.to_owned(),
            category: category.to_owned(),
            name: Name::new(zh, en),
            acronym: acronym.to_owned(),
            planned: category == "product-support",
        };
        let problem = |id: &str, product: &str, zh, en, kind| Problem {
            id: id.to_owned(),
            product: product.to_owned(),
            name: Name::new(zh, en),
            kind,
        };
        let region = |id: &str, zh, en, kind| Region { id: id.to_owned(), name: Name::new(zh, en), kind };
        let check = |id: &str, kind, zh, en, advice: &str| CheckKind {
            id: id.to_owned(),
            kind,
            name: Name::new(zh, en),
            advice: advice.to_owned(),
        };
        let text = |id, kind, zh: &str, en: &str| Text {
            id,
            kind,
            name: Name::new(zh, en),
            content: Name::new(
                &format!("沙箱协议：{zh}。"),
                &format!("An agreement of the sandbox: {en}. It binds no one."),
            ),
            version: "1".to_owned(),
        };
        let named = |id: &str, zh, en| (id.to_owned(), Name::new(zh, en));
        let (advice, fault) = (CaseType::Consultation, CaseType::Fault);
        Self {
            categories: vec![
                category("product-support", "产品技术支持", "Product support"),
                category("account-support", "账号与费用", "Account and billing"),
            ],
            products: vec![
                product("ecs", "product-support", "弹性云服务器", "Elastic Cloud Server", "ECS"),
                product("rds", "product-support", "云数据库", "Relational Database Service", "RDS"),
                product(USER_CENTRE, "account-support", "用户中心", "User centre", "UC"),
            ],
            problems: vec![
                problem("ecs-disk", "ecs", "磁盘故障", "Disk fault", fault.clone()),
                problem("ecs-login", "ecs", "无法登录", "Login fails", fault.clone()),
                problem("ecs-advice", "ecs", "咨询", "Advice", advice.clone()),
                problem("rds-slow", "rds", "查询缓慢", "Slow queries", fault),
                problem("rds-advice", "rds", "咨询", "Advice", advice.clone()),
                problem("uc-bill", USER_CENTRE, "账单", "Bills", advice.clone()),
                problem("uc-account", USER_CENTRE, "账号", "Account", advice),
            ],
            severities: vec![
                named("ordinary", "一般", "Ordinary"),
                named("impaired", "业务受影响", "Business impaired"),
                named("down", "业务中断", "Business down"),
            ],
            questions: vec![
                Question {
                    problem: Some("rds-slow".to_owned()),
                    key: "instance_id".to_owned(),
                    name: Name::new("实例", "Instance"),
                    required: true,
                    length: 64,
                },
                Question {
                    problem: None,
                    key: "remind_time".to_owned(),
                    name: Name::new("联系时间", "When to call"),
                    required: false,
                    length: 32,
                },
            ],
            templates: vec![Template {
                id: "ecs-disk-1".to_owned(),
                problem: "ecs-disk".to_owned(),
                name: Name::new("磁盘缓慢", "Slow disk"),
                content: Name::new("服务器名称、磁盘、开始时间：", "Server, disk, and since when:"),
            }],
            regions: vec![
                region("cn-north-4", "华北-北京四", "CN North-Beijing4", RegionType::Mainland),
                region("cn-south-1", "华南-广州", "CN South-Guangzhou", RegionType::Mainland),
                region("ap-southeast-3", "亚太-新加坡", "AP-Singapore", RegionType::International),
                region("eu-west-101", "欧洲-都柏林", "EU-Dublin", RegionType::International),
            ],
            area_codes: vec![
                named("86", "中国大陆", "Chinese mainland"),
                named("852", "中国香港", "Hong Kong (China)"),
                named("65", "新加坡", "Singapore"),
                named("353", "爱尔兰", "Ireland"),
            ],
            dimensions: vec![
                Dimension { id: 1, name: Name::new("及时性", "Timeliness"), most: 5, step: 1 },
                Dimension { id: 3, name: Name::new("处理结果", "Result"), most: 5, step: 1 },
            ],
            agreements: vec![
                text(1, AgreementType::Ticket, "新建工单", "Opening tickets"),
                text(2, AgreementType::VendorTicket, "新建伙伴工单", "Opening tickets with a vendor"),
                text(3, AgreementType::Authorization, "授权", "Giving access"),
            ],
            checks: vec![
                check("ecs-cpu", DiagnosisType::Server, "CPU使用率", "CPU load", "Take a larger flavour."),
                check("ecs-disk", DiagnosisType::Server, "磁盘", "Disk", "Move the disk, or open a ticket."),
                check("rds-storage", DiagnosisType::Database, "存储空间", "Storage", "Enlarge the storage."),
                check("login-port", DiagnosisType::RemoteLogin, "登录端口", "Login port", "Open the port."),
                check("network-route", DiagnosisType::Network, "路由", "Routes", "Look at the route table."),
            ],
            settings: BTreeMap::from([("case.create-case.diagnose-list".to_owned(), None)]),
            files_each: 5,
            megabytes_each: 4,
            file_kinds: "jpg jpeg bmp png gif txt zip docx msg eml xlsx pdf log ini mp4 mov"
                .split(' ')
                .map(str::to_owned)
                .collect(),
            daily_megabytes: 20,
            copies_each: 10,
            labels_each: 30,
            minutes_between_urgings: 30,
            partner_tickets: 30,
        }
    }
}
