//! Inputs and outputs of a handler besides flat JSON: forms with a file, and responses that are files.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::core::Refusal;
use huaweicloud_partner::operation::{BodyKind, OperationMeta};

/// Request as a handler receives it.
#[derive(Default)]
pub(crate) struct Asked<'a> {
    /// All parameters as one JSON object, wherever they travelled.
    pub(crate) flat: &'a [u8],
    /// The file of a form.
    pub(crate) file: Option<File>,
    /// Address at which the sandbox was called, such as `https://osm.cn-south-1.myhuaweicloud.com`.
    pub(crate) address: String,
}

/// Response of a handler.
pub(crate) enum Reply {
    Json(Vec<u8>),
    File(File),
}

/// A file on its way in or out.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Reply {
    /// A response in JSON.
    pub(crate) fn json(response: &impl Serialize) -> Result<Self, Refusal> {
        huaweicloud_partner::types::to_wire_json(response)
            .map(Self::Json)
            .map_err(|error| crate::core::bad_request(error.to_string()))
    }

    /// The response as HTTP has it; one without fields has no content.
    pub(crate) fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        match self {
            Self::Json(body) if body == b"{}" => *response.status_mut() = StatusCode::NO_CONTENT,
            Self::Json(body) => *response.body_mut() = body.into(),
            Self::File(file) => {
                let name =
                    percent_encoding::utf8_percent_encode(&file.name, percent_encoding::NON_ALPHANUMERIC);
                let disposition = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{name}"));
                let headers = response.headers_mut();
                if let (Ok(kind), Ok(disposition)) = (HeaderValue::try_from(file.content_type), disposition) {
                    headers.insert(header::CONTENT_TYPE, kind);
                    headers.insert(header::CONTENT_DISPOSITION, disposition);
                }
                *response.body_mut() = file.bytes;
            }
        }
        response
            .headers_mut()
            .entry(header::CONTENT_TYPE)
            .or_insert(HeaderValue::from_static("application/json"));
        response
    }
}

/// The body of a request as JSON, and its file: of a form, the texts become the fields of an object.
pub(crate) fn opened(
    meta: &OperationMeta,
    head: &http::request::Parts,
    body: &Bytes,
) -> Result<(Bytes, Option<File>), &'static str> {
    if meta.body != BodyKind::Multipart {
        return Ok((body.clone(), None));
    }
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = kind
        .strip_prefix("multipart/form-data")
        .and_then(|rest| parameter(rest, "boundary"))
        .ok_or("the body must be a form of the kind multipart/form-data with a boundary")?;
    let mut texts = serde_json::Map::new();
    let mut file = None;
    for part in parts(body, &boundary).ok_or("the form cannot be read")? {
        let disposition = part.header("content-disposition").unwrap_or_default();
        let name = parameter(&disposition, "name").ok_or("a part of the form has no name")?;
        match parameter(&disposition, "filename") {
            Some(file_name) => {
                let content_type =
                    part.header("content-type").unwrap_or_else(|| "application/octet-stream".to_owned());
                file = Some(File { name: file_name, content_type, bytes: part.content });
            }
            None => {
                let text =
                    String::from_utf8(part.content.to_vec()).map_err(|_| "a part is no text in UTF-8")?;
                texts.insert(name, text.into());
            }
        }
    }
    let json = serde_json::to_vec(&texts).map_err(|_| "the form cannot be read")?;
    Ok((json.into(), file))
}

/// Returns the address that a request was sent to. A request that names only a path came over plain HTTP if
/// its host is this machine.
pub(crate) fn called_at(head: &http::request::Parts) -> String {
    let host = head.uri.authority().map(|authority| authority.as_str().to_owned());
    let host = host.or_else(|| Some(head.headers.get(header::HOST)?.to_str().ok()?.to_owned()));
    let host = host.unwrap_or_default();
    let loopback = ["127.", "localhost", "[::1]"].iter().any(|start| host.starts_with(start));
    let scheme = head.uri.scheme_str().unwrap_or(if loopback { "http" } else { "https" });
    format!("{scheme}://{host}")
}

struct Part {
    head: String,
    content: Bytes,
}

impl Part {
    fn header(&self, wanted: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    }
}

/// The parts between the boundaries; `None` where the form is not closed or a part has no head.
fn parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let line = format!("\r\n--{boundary}");
    let first = line.trim_start();
    let mut rest = body.slice(memchr::memmem::find(body, first.as_bytes())? + first.len()..);
    let mut found = Vec::new();
    while !rest.starts_with(b"--") {
        let content = rest.slice(memchr::memmem::find(&rest, b"\r\n")? + 2..);
        let end = memchr::memmem::find(&content, line.as_bytes())?;
        let head = memchr::memmem::find(&content, b"\r\n\r\n").filter(|at| *at < end)?;
        found.push(Part {
            head: String::from_utf8(content.slice(..head).to_vec()).ok()?,
            content: content.slice(head + 4..end),
        });
        rest = content.slice(end + line.len()..);
    }
    Some(found)
}

/// A parameter of a header, such as the name in `form-data; name="file"`, as browsers and as `filename*` write it.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    header.split(';').find_map(|one| {
        let (name, value) = one.split_once('=')?;
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        if name.eq_ignore_ascii_case(wanted) {
            return Some(decoded(value));
        }
        let extended = name.strip_suffix('*').is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        extended.then(|| decoded(value.split_once("''").map_or(value, |(_, text)| text)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_cut_at_its_boundaries() {
        let body = Bytes::from_static(
            b"--B\r\nContent-Disposition: form-data; name=\"form_data\"\r\n\r\n{\"a\":1}\r\n\
              --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22.log\"\r\nContent-Type: text/plain\r\n\r\n\
              one\r\n--A\r\n\r\ntwo\r\n--B--\r\n",
        );
        let found = parts(&body, "B").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].content, "{\"a\":1}");
        assert_eq!(found[1].content, "one\r\n--A\r\n\r\ntwo");
        let disposition = found[1].header("content-disposition").unwrap();
        assert_eq!(parameter(&disposition, "filename").as_deref(), Some("a\".log"));
        assert!(parts(&body.slice(..body.len() - 6), "B").is_none(), "a form that is cut off");
        assert!(parts(&body, "C").is_none());
    }

    #[test]
    fn names_outside_ascii_are_read() {
        let disposition = "form-data; name=\"file\"; filename*=utf-8''%E5%B7%A5%E5%8D%95.txt";
        assert_eq!(parameter(disposition, "filename").as_deref(), Some("工单.txt"));
    }
}
