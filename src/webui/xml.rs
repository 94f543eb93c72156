//! Reading the few elements that the hand-over needs, and writing text safely.

use quick_xml::{Reader, XmlVersion, events::Event};

use super::WebUiError;

/// The deepest nesting that is read.
const DEEPEST: usize = 64;

/// An element with its local name, its attributes by local name, and its text.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    /// The local names of the elements around it, outermost first.
    pub(super) path: Vec<String>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// All elements of a document in the order in which they begin.
///
/// # Errors
/// Where the XML is malformed, nested too deeply or holds a document type, which could define entities.
pub(super) fn elements(xml: &str) -> Result<Vec<Element>, WebUiError> {
    let malformed = || WebUiError::Xml("malformed");
    let mut reader = Reader::from_str(xml);
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().map_err(|_| malformed())? {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(WebUiError::Xml("nested too deeply"));
                }
                let element = element(&start, &found, &open)?;
                open.push(found.len());
                found.push(element);
            }
            Event::Empty(start) => {
                let element = element(&start, &found, &open)?;
                found.push(element);
            }
            Event::End(_) => {
                open.pop().ok_or_else(malformed)?;
            }
            Event::Text(text) => {
                append(&mut found, &open, &text.xml10_content())?;
            }
            Event::CData(text) => {
                append(&mut found, &open, &text.xml10_content())?;
            }
            Event::GeneralRef(reference) => {
                let text = match &*reference {
                    "amp" => "&".to_owned(),
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "apos" => "'".to_owned(),
                    "quot" => "\"".to_owned(),
                    _ => match reference.resolve_char_ref() {
                        Ok(Some(character)) => character.to_string(),
                        _ => return Err(WebUiError::Xml("an unknown entity")),
                    },
                };
                append(&mut found, &open, &text)?;
            }
            Event::DocType(_) => return Err(WebUiError::Xml("a document type")),
            Event::Eof => break,
            _ => {}
        }
    }
    if open.is_empty() && !found.is_empty() { Ok(found) } else { Err(malformed()) }
}

fn append(found: &mut [Element], open: &[usize], text: &str) -> Result<(), WebUiError> {
    match open.last().and_then(|at| found.get_mut(*at)) {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(WebUiError::Xml("text outside of the root element")),
    }
    Ok(())
}

fn element(
    start: &quick_xml::events::BytesStart<'_>,
    found: &[Element],
    open: &[usize],
) -> Result<Element, WebUiError> {
    let malformed = || WebUiError::Xml("malformed");
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| malformed())?;
        let value =
            attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| malformed())?.into_owned();
        element.attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    if let Some(parent) = open.last().and_then(|at| found.get(*at)) {
        element.path = parent.path.clone();
        element.path.push(parent.name.clone());
    }
    Ok(element)
}

/// Text as the content of an element, in canonical form. Characters that XML cannot hold are left out.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            '\t' | '\n' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(character),
        }
    }
    out
}

/// Text as the value of an attribute in double quotes, in canonical form.
pub(super) fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(character),
        }
    }
    out
}
