//! The metadata file of Huawei Cloud as the service provider.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{Verifier, WebUiError, xml};

/// The largest file that Partner Center accepts, which holds for this one too.
const LARGEST: usize = 2 << 20;

/// Huawei Cloud's metadata (SP Metadata.xml): its entity ID, its certificates and where responses are posted.
///
/// Downloaded in Partner Center (Support > Open capabilities > Access configuration).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServiceMetadata {
    /// The entity ID, which the response names as its audience.
    pub entity_id: String,
    /// The certificates for signatures in DER form.
    pub certificates: Vec<Vec<u8>>,
    /// The addresses to which responses are posted.
    pub assertion_consumers: Vec<AssertionConsumer>,
}

/// An address to which responses are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssertionConsumer {
    /// The way in which the response is sent, such as `urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST`.
    pub binding: String,
    /// Address of the endpoint.
    pub location: String,
}

impl ServiceMetadata {
    /// Reads a metadata file of at most 2 MiB.
    ///
    /// # Errors
    /// Where it is not XML, holds a document type, or has no entity ID or no certificate for signatures.
    pub fn parse(xml: &str) -> Result<Self, WebUiError> {
        if xml.len() > LARGEST {
            return Err(WebUiError::Xml("larger than 2 MiB"));
        }
        let elements = xml::elements(xml.trim_start_matches('\u{feff}'))?;
        let root = elements.first().filter(|root| root.name == "EntityDescriptor");
        let root = root.ok_or(WebUiError::Xml("not an EntityDescriptor"))?;
        let entity_id = root.attribute("entityID").ok_or(WebUiError::Missing("the entity ID"))?.to_owned();
        // A certificate belongs to the key descriptor before it; one without a use serves for both purposes.
        let mut certificates = Vec::new();
        let mut signs = false;
        for element in &elements {
            match element.name.as_str() {
                "KeyDescriptor" => signs = element.attribute("use").is_none_or(|it| it == "signing"),
                "X509Certificate" if signs && element.path.iter().any(|name| name == "KeyDescriptor") => {
                    let compact: String = element.text.split_ascii_whitespace().collect();
                    let der = BASE64_STANDARD.decode(compact).map_err(|_| WebUiError::Key("certificate"))?;
                    certificates.push(der);
                }
                _ => {}
            }
        }
        if certificates.is_empty() {
            return Err(WebUiError::Missing("a certificate for signatures"));
        }
        let consumers = elements.iter().filter(|element| element.name == "AssertionConsumerService");
        let assertion_consumers = consumers
            .filter_map(|element| {
                Some(AssertionConsumer {
                    binding: element.attribute("Binding")?.to_owned(),
                    location: element.attribute("Location")?.to_owned(),
                })
            })
            .collect();
        Ok(Self { entity_id, certificates, assertion_consumers })
    }

    /// A verifier with all certificates of the file that hold a usable key.
    ///
    /// # Errors
    /// [`WebUiError::Key`] where none does.
    pub fn verifier(&self) -> Result<Verifier, WebUiError> {
        let usable = self.certificates.iter().filter_map(|der| Verifier::new(der).ok());
        usable.reduce(Verifier::or).ok_or(WebUiError::Key("certificate"))
    }
}
