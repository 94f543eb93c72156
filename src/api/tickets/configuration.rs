//! Lists the subjects of tickets and the questions of their forms.
//!
//! The path of a new ticket: [`ListCategories`] gives categories with their products, [`ListProblemTypes`] the problems of
//! a product, [`ListSeverities`] and [`ListParameters`] what else the form wants for that problem.

use super::common::{Flag, Tag, ticket_operation};
use crate::{
    operation,
    types::{Language, open_enum::open_codes, open_enum::open_enum, response},
};

ticket_operation! {
    /// The categories of tickets, each with the products in it.
    GET "/v2/servicerequest/config/categories" as osm "ListCaseCategories" -> Categories {
        success(list "incident_sub_type_list"),
        source("https://support.huaweicloud.com/api-ticket/ListCaseCategories.html"),
    }
    pub struct ListCategories {
    }
}

ticket_operation! {
    /// The products that tickets can be about.
    GET "/v2/servicerequest/config/product-categories" as osm "ListProductCategories" -> TicketProducts {
        success(list "incident_product_category_list"),
        source("https://support.huaweicloud.com/api-ticket/ListProductCategories.html"),
    }
    pub struct ListTicketProducts {
        optional {
            /// Only products of this name.
            product_category_name: String,
        }
    }
}

ticket_operation! {
    /// The kinds of problems that a product can have.
    GET "/v2/servicerequest/config/problems" as osm -> ProblemTypes {
        success(list "incident_business_type_list"),
        source("https://support.huaweicloud.com/api-ticket/ListProblemTypes.html"),
    }
    pub struct ListProblemTypes {
        optional {
            /// Product that the query is limited to.
            product_category_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Lists the severities of problems.
    ///
    /// Called by a partner or a customer for itself; what is offered depends on the support plan bought. Which
    /// response times of severities are part of the support plan and in no response.
    GET "/v2/servicerequest/config/severities" as osm -> Severities {
        source("https://support.huaweicloud.com/api-ticket/ListSeverities.html"),
    }
    pub struct ListSeverities {
        required {
            /// Product that the query is limited to.
            product_category_id: String where len(0..=64),
            /// The kind of problem.
            business_type_id: String where len(1..=64),
        }
    }
}

ticket_operation! {
    /// Lists the additional questions of a ticket's form.
    ///
    /// The responses go into [`extends_map`](super::OpenTicket#structfield.extends_map) of the new ticket. Which of its
    /// two lists the service always sends is not documented; a response without either is not taken for a form without
    /// questions.
    GET "/v2/servicerequest/config/extends-map" as osm "ListExtendsParams" -> FormParameters {
        success(lists "extends_params", "common_params"),
        source("https://support.huaweicloud.com/api-ticket/ListExtendsParams.html"),
    }
    pub struct ListParameters {
        required {
            /// The kind of problem.
            business_type_id: String where len(1..=64),
        }
        optional {
            /// Category that the query is limited to.
            incident_sub_type_id: String where len(0..=32),
            /// Product that the query is limited to.
            product_category_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Texts to begin a description with.
    GET "/v2/servicerequest/config/templates" as osm "ListCaseTemplates" -> Templates {
        success(list "incident_template_list"),
        source("https://support.huaweicloud.com/api-ticket/ListCaseTemplates.html"),
    }
    pub struct ListTemplates {
        required {
            /// The kind of problem.
            business_type_id: String where len(1..=64),
        }
    }
}

ticket_operation! {
    /// The regions that a ticket can name.
    GET "/v2/servicerequest/config/regions" as osm -> TicketRegions {
        success(list "data_center_list"),
        source("https://support.huaweicloud.com/api-ticket/ListRegions.html"),
    }
    pub struct ListRegions {
    }
}

ticket_operation! {
    /// The regions that the caller has to do with.
    GET "/v2/servicerequest/customers/regions" as osm "ListCustomersRegions" -> OwnRegions {
        success(list "region_infos"),
        source("https://support.huaweicloud.com/api-ticket/ListCustomersRegions.html"),
    }
    pub struct ListOwnRegions {
    }
}

ticket_operation! {
    /// The country calling codes that contacts can have.
    GET "/v2/servicerequest/config/area-codes" as osm -> AreaCodes {
        success(list "area_code_list"),
        source("https://support.huaweicloud.com/api-ticket/ListAreaCodes.html"),
    }
    pub struct ListAreaCodes {
    }
}

ticket_operation! {
    /// Shows the number of addresses that may get copies of a ticket's notices.
    GET "/v2/servicerequest/config/limits" as osm "ListCaseLimits" -> ShownTicketLimits {
        source("https://support.huaweicloud.com/api-ticket/ListCaseLimits.html"),
    }
    pub struct ShowTicketLimits {
    }
}

operation! {
    /// A setting of the ticket service by its key.
    ///
    /// Takes none of the common headers. The only key that a sample names is `case.create-case.diagnose-list`.
    GET "/v2/servicerequest/configurations/{config_key}" as osm "ShowConfiguration" -> Setting {
        sites(ALL), caller(Either), source("https://support.huaweicloud.com/api-ticket/ShowConfiguration.html"),
    }
    pub struct ShowSetting {
        required {
            /// Key of the setting.
            config_key: String where len(1..=128),
        }
    }
}

response! {
    /// The categories of tickets.
    pub struct Categories {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Categories of problems.
        pub incident_sub_type_list: Vec<Category>,
    }
}

response! {
    /// A category of tickets.
    pub struct Category {
        /// The category, which a new ticket names.
        pub incident_sub_type_id: String,
        /// Name of the category, in the requested language.
        pub incident_sub_type_name: Option<String>,
        /// The products in it.
        pub incident_product_category_list: Vec<TicketProduct>,
    }
}

response! {
    /// The products that tickets can be about.
    pub struct TicketProducts {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Products that a ticket can concern.
        pub incident_product_category_list: Vec<TicketProduct>,
    }
}

response! {
    /// A product that tickets can be about.
    pub struct TicketProduct {
        /// The product, which a new ticket names.
        pub incident_product_category_id: String,
        /// Name of the product, in the requested language.
        pub incident_product_category_name: Option<String>,
        /// Description of the product.
        pub incident_product_category_desc: Option<String>,
        /// Short name of the product, such as ECS.
        pub incident_product_category_acronym: Option<String>,
        /// Whether the benefits of a support plan hold for it.
        pub can_use_support_plan: Option<bool>,
    }
}

response! {
    /// The kinds of problems of a product.
    pub struct ProblemTypes {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Types of problems.
        pub incident_business_type_list: Vec<ProblemType>,
    }
}

response! {
    /// A kind of problem.
    pub struct ProblemType {
        /// The kind, which a new ticket names.
        pub business_type_id: String,
        /// Name of the problem type, in the requested language.
        pub business_type_name: Option<String>,
        /// Whether a ticket about it asks for advice or reports a fault.
        pub case_type: Option<CaseType>,
        /// Whether the benefits of a support plan hold for it.
        pub can_use_support_plan: Option<bool>,
    }
}

response! {
    /// List of severities.
    pub struct Severities {
        /// Whether to offer a choice at all.
        pub show: Option<bool>,
        /// The severities, 1 to 10.
        pub severity_list: Vec<Severity>,
    }
}

response! {
    /// Severity of a problem.
    pub struct Severity {
        /// The severity, which a new ticket names.
        pub severity_id: String,
        /// Display name of the severity.
        pub severity_name: Option<String>,
        /// The language of the name.
        #[with(Tag)]
        pub language: Option<Language>,
    }
}

response! {
    /// List of additional questions of a ticket's form.
    pub struct FormParameters {
        /// For this kind of problem.
        pub extends_params: Vec<FormParameter>,
        /// For every kind of problem.
        pub common_params: Vec<CommonParameter>,
    }
}

impl FormParameters {
    /// Returns the keys of the mandatory questions.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        let own = self
            .extends_params
            .iter()
            .filter(|one| one.required == Some(Flag::Yes))
            .map(|one| &one.param_key);
        let common = self
            .common_params
            .iter()
            .filter(|one| one.is_required == Some(Flag::Yes))
            .map(|one| &one.param_key);
        own.chain(common).map(String::as_str)
    }
}

response! {
    /// A question of a form.
    pub struct FormParameter {
        /// Key under which the reply is submitted.
        pub param_key: String,
        /// Text of the question.
        pub param_name: Option<String>,
        /// Explanation of the question.
        pub param_desc: Option<String>,
        /// Hint for the person who fills in the form.
        pub tips: Option<String>,
        /// Whether the question is mandatory.
        pub required: Option<Flag>,
        /// Maximum number of characters of a reply.
        pub length: Option<i64>,
        /// The language of the question.
        #[with(Tag)]
        pub language: Option<Language>,
        /// Type of the reply; its codes are not documented.
        pub param_type: Option<i64>,
        /// Default reply to the question.
        pub default_value: Option<String>,
        /// The most that a number may be.
        pub max_value: Option<i64>,
        /// The least that a number may be.
        pub min_value: Option<i64>,
        /// Replies to choose from, in one text.
        pub select_item: Option<String>,
        /// Whether to show the question.
        pub is_show: Option<Flag>,
        /// Whether the reply is sensitive.
        pub is_sensitive: Option<Flag>,
    }
}

response! {
    /// A question that every form has.
    pub struct CommonParameter {
        /// Key under which the reply is submitted.
        pub param_key: String,
        /// Text of the question.
        pub param_name: Option<String>,
        /// Whether to show it.
        pub is_show: Option<Flag>,
        /// Whether the question is mandatory.
        pub is_required: Option<Flag>,
    }
}

response! {
    /// Texts to begin a description with.
    pub struct Templates {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Templates of ticket texts.
        pub incident_template_list: Vec<Template>,
    }
}

response! {
    /// A text to begin a description with.
    pub struct Template {
        /// Id under which the template is listed.
        pub incident_template_id: String,
        /// Display name of the template.
        pub incident_template_name: Option<String>,
        /// The text, up to 128 characters.
        pub incident_template_content: Option<String>,
    }
}

response! {
    /// The regions that a ticket can name.
    pub struct TicketRegions {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Regions that a ticket can name.
        pub data_center_list: Vec<TicketRegion>,
    }
}

response! {
    /// A region that a ticket can name.
    pub struct TicketRegion {
        /// The region, which a new ticket names.
        pub region_id: String,
        /// Name of the region, in the requested language.
        pub region_name: Option<String>,
        /// Location of the region.
        #[name("type")]
        pub kind: Option<RegionType>,
        /// Whether the region is sensitive; what follows from that is not documented.
        pub is_sensitive: Option<Flag>,
    }
}

response! {
    /// The regions that the caller has to do with.
    pub struct OwnRegions {
        /// Total number of rows.
        pub count: Option<u64>,
        /// Regions that a ticket can name.
        pub region_infos: Vec<OwnRegion>,
    }
}

response! {
    /// A region that the caller has to do with.
    pub struct OwnRegion {
        /// Id under which the region is listed.
        pub region_id: String,
        /// Name of the region, in the requested language.
        pub region_name: Option<String>,
    }
}

response! {
    /// Country calling codes.
    pub struct AreaCodes {
        /// Area codes of countries.
        pub area_code_list: Vec<AreaCode>,
    }
}

response! {
    /// A country calling code.
    pub struct AreaCode {
        /// The row of the list.
        pub id: Option<i64>,
        /// The code, which contacts have.
        pub area_code: String,
        /// The country, in the language asked for.
        pub area_name: Option<String>,
    }
}

response! {
    /// Limits of tickets, nested one level down in the response.
    pub struct ShownTicketLimits {
        /// Limits of tickets.
        pub config: TicketLimits,
    }
}

response! {
    /// Limits of tickets.
    pub struct TicketLimits {
        /// Number of addresses that may get copies; 10 in the sample.
        pub create_case_ccemail_max_count: Option<u32>,
    }
}

response! {
    /// A setting of the ticket service.
    pub struct Setting {
        /// Key of the setting.
        pub config_key: String,
        /// The value; its form depends on the key.
        pub config_value: Option<String>,
        /// The code, 0 for success in the sample.
        pub error_code: Option<String>,
        /// Message of the service about the error.
        pub error_msg: Option<String>,
    }
}

open_enum! {
    /// Purpose of a ticket.
    pub enum CaseType {
        /// Request for advice.
        Consultation = "0",
        /// Report of a fault; must name a region.
        Fault = "5",
    }
}

open_codes! {
    /// Location of a region.
    pub enum RegionType {
        /// In mainland China.
        Mainland = 0,
        /// Region outside of mainland China.
        International = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let types: ProblemTypes = decode_str(
            r#"{"total_count": 1, "incident_business_type_list": [
                {"business_type_id": "123", "business_type_name": "活动咨询", "case_type": "0", "can_use_support_plan": true},
                {"business_type_id": "124", "business_type_name": "磁盘故障", "case_type": "5", "can_use_support_plan": true}]}"#,
        )
        .unwrap();
        assert_eq!(types.incident_business_type_list[1].case_type, Some(CaseType::Fault));
        let severities: Severities = decode_str(
            r#"{"show": 1, "severity_list": [{"language": "zh-cn", "severity_name": "一般", "severity_id": "123"}]}"#,
        )
        .unwrap();
        assert_eq!(
            (severities.show, &severities.severity_list[0].language),
            (Some(true), &Some(Language::Chinese))
        );
        let templates: Templates = decode_str(
            r#"{"total_count": 1, "incident_template_list": [{"incident_template_id": "123",
                "incident_template_name": "转账创建模板", "incident_template_content": "|- 账户id: 转账描述: "}]}"#,
        )
        .unwrap();
        assert_eq!(templates.incident_template_list.len(), 1);
        let limits: ShownTicketLimits =
            decode_str(r#"{"config": {"create_case_ccemail_max_count": 10}}"#).unwrap();
        assert_eq!(limits.config.create_case_ccemail_max_count, Some(10));
        let setting: Setting =
            decode_str(r#"{"error_code": 0, "config_key": "case.create-case.diagnose-list"}"#).unwrap();
        assert_eq!(setting.config_value, None);
    }

    #[test]
    fn required_questions_are_named() {
        let parameters: FormParameters = decode_str(
            r#"{"extends_params":[{"param_key":"eip","required":1},{"param_key":"os","required":0}],
                "common_params":[{"param_key":"time","is_required":"1"}]}"#,
        )
        .unwrap();
        assert_eq!(parameters.required().collect::<Vec<_>>(), ["eip", "time"]);
    }

    #[test]
    fn documented_limits_are_checked() {
        ListSeverities::new("p", "").validate().unwrap_err();
        ListTemplates::new("x".repeat(65)).validate().unwrap_err();
        ShowSetting::new("x".repeat(129)).validate().unwrap_err();
        ListParameters::new("b").incident_sub_type_id("x".repeat(33)).validate().unwrap_err();
    }
}
