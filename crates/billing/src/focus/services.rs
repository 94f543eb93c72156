//! FOCUS categories of the cloud services.

/// The `ServiceCategory` and `ServiceSubcategory` of a service by its code, such as `hws.service.type.obs`.
///
/// The assignment is this crate's; Huawei Cloud publishes none. Codes that are not known are `Other`, `Other (Other)`.
#[must_use]
pub fn service_category(code: &str) -> (&'static str, &'static str) {
    const PREFIX: &str = "hws.service.type.";
    let short = code.strip_prefix(PREFIX).unwrap_or(code);
    match short {
        "ec2" | "ecs" | "bms" | "deh" | "hecs" | "flexusl" | "flexusx" | "cph" | "vm" => {
            ("Compute", "Virtual Machines")
        }
        "cce" | "cci" | "swr" | "cceautopilot" | "container" => ("Compute", "Containers"),
        "functionstage" | "functiongraph" | "fgs" => ("Compute", "Serverless Compute"),
        "workspace" | "vdi" | "cloudapp" => ("Compute", "End User Computing"),
        "as" | "ims" | "ief" | "ies" | "cloudpond" => ("Compute", "Other (Compute)"),
        "ebs" | "evs" | "dss" | "volume" => ("Storage", "Block Storage"),
        "obs" => ("Storage", "Object Storage"),
        "sfs" | "sfsturbo" | "efs" => ("Storage", "File Storage"),
        "cbr" | "csbs" | "vbs" => ("Storage", "Backup Storage"),
        "sdrs" => ("Management and Governance", "Disaster Recovery"),
        "cdn" | "wsa" => ("Networking", "Content Delivery"),
        "vpc" | "eip" | "bandwidth" | "nat" | "natgateway" | "er" | "vpcep" => {
            ("Networking", "Network Infrastructure")
        }
        "dc" | "vpn" | "cc" | "dec" | "ga" => ("Networking", "Network Connectivity"),
        "elb" => ("Networking", "Application Networking"),
        "dns" => ("Networking", "Network Routing"),
        "cfw" => ("Networking", "Network Security"),
        "rds" | "gaussdb" | "gaussdbformysql" | "taurusdb" | "ddm" | "das" | "postgresql" => {
            ("Databases", "Relational Databases")
        }
        "dds" | "gaussdbfornosql" | "geminidb" | "cloudtable" | "nosql" => ("Databases", "NoSQL Databases"),
        "dcs" => ("Databases", "Caching"),
        "dws" => ("Databases", "Data Warehouses"),
        "drs" | "ugo" | "cdm" => ("Migration", "Data Migration"),
        "sms" | "oms" | "mgc" => ("Migration", "Resource Migration"),
        "mrs" | "dli" | "dataartsfabric" => ("Analytics", "Data Processing"),
        "dayu" | "dataartsstudio" | "dgc" | "dataarts" => ("Analytics", "Analytics Platforms"),
        "css" => ("Analytics", "Search"),
        "dis" => ("Analytics", "Streaming Analytics"),
        "dlv" | "dataartsinsight" => ("Analytics", "Business Intelligence"),
        "modelarts" | "modelartsstudio" | "hilens" => ("AI and Machine Learning", "AI Platforms"),
        "pangu" | "pangulargemodels" => ("AI and Machine Learning", "Generative AI"),
        "nlp" | "sis" => ("AI and Machine Learning", "Natural Language Processing"),
        "cbs" => ("AI and Machine Learning", "Bots"),
        "ocr" | "frs" | "image" | "moderation" | "ivs" => ("AI and Machine Learning", "Machine Learning"),
        "dms" | "kafka" | "rabbitmq" | "rocketmq" | "smn" | "eg" => ("Integration", "Messaging"),
        "apig" => ("Integration", "API Management"),
        "roma" | "romaconnect" => ("Integration", "Workflow Orchestration"),
        "iam" | "identitycenter" | "oneaccess" => ("Identity", "Identity and Access Management"),
        "kms" | "dew" | "csms" | "cloudhsm" | "scm" | "ccm" => ("Security", "Secret Management"),
        "waf" | "antiddos" | "aad" | "cnad" | "hss" | "mtd" | "dbss" | "edgesec" => {
            ("Security", "Threat Detection and Response")
        }
        "sa" | "secmaster" | "cgs" | "vss" | "codeartsinspector" | "dsc" => {
            ("Security", "Security Posture Management")
        }
        "cbh" | "sasm" => ("Security", "Other (Security)"),
        "ces" | "aom" | "apm" | "lts" | "cts" => ("Management and Governance", "Observability"),
        "support" | "supportplan" | "professionalservice" => ("Management and Governance", "Support"),
        "rms" | "config" | "rgc" => ("Management and Governance", "Compliance"),
        "coc" | "cos" => ("Management and Governance", "Endpoint Management"),
        "live" | "vod" | "mpc" | "sparkrtc" => ("Media", "Media Streaming"),
        "metastudio" => ("Media", "Content Creation"),
        "iotda" | "iot" | "iotdm" | "iotedge" => ("Internet of Things", "IoT Platforms"),
        "iota" | "iotanalytics" => ("Internet of Things", "IoT Analytics"),
        "devcloud" | "codearts" | "codeartsrepo" | "codeartspipeline" | "codeartscheck" => {
            ("Developer Tools", "Developer Platforms")
        }
        "servicestage" | "cse" | "astro" => ("Web", "Application Platforms"),
        "meeting" | "welink" | "koomessage" | "koodrive" => {
            ("Business Applications", "Productivity and Collaboration")
        }
        "domain" | "cloudsite" => ("Web", "Other (Web)"),
        _ => ("Other", "Other (Other)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_with_and_without_prefix_and_others_are_other() {
        assert_eq!(service_category("hws.service.type.obs"), ("Storage", "Object Storage"));
        assert_eq!(service_category("obs"), ("Storage", "Object Storage"));
        assert_eq!(service_category("hws.service.type.new"), ("Other", "Other (Other)"));
    }
}
