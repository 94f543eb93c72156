//! Files of tickets over loopback: downloads that are cut and resumed, errors instead of files, uploads by parts.
#![cfg(all(feature = "tickets", feature = "reqwest"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use huaweicloud_partner::types::Site;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::Credentials,
    client::{CallOptions, Download, FileUpload, RetryPolicy},
    operation::Service,
    tickets::{AttachmentPurpose, DownloadAttachment, ExportTickets, UploadAttachment},
    transport::HttpTransport,
    types::{Language, TimeZone},
};
use support::server::{Server, read_request};
use tokio::io::AsyncWriteExt as _;

fn client(server: &Server) -> Client {
    let roots = rcgen::generate_simple_self_signed(["unused.example".to_owned()]).unwrap();
    let transport = HttpTransport::builder().only_roots(roots.cert.pem().as_bytes()).build().unwrap();
    Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK"))
        .endpoint(Service::Tickets, server.url(""))
        .transport(transport)
        .options(CallOptions::new().retry(RetryPolicy::NEVER))
        .build()
        .unwrap()
}

type Requests = Arc<Mutex<Vec<String>>>;

/// Starts a server that sends the n-th response to the n-th request and keeps the requests.
async fn serve(responses: Vec<String>) -> (Server, Requests) {
    let requests: Requests = Requests::default();
    let (kept, responses) = (Arc::clone(&requests), Arc::new(responses));
    let server = Server::on_connection(move |mut stream| {
        let (kept, responses) = (Arc::clone(&kept), Arc::clone(&responses));
        async move {
            if let Some(request) = read_request(&mut stream).await {
                let number = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(String::from_utf8_lossy(&request).into_owned());
                    kept.len() - 1
                };
                let _ = stream.write_all(responses[number.min(responses.len() - 1)].as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await;
    (server, requests)
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// Makes a response that announces more than it sends.
fn cut(length: usize, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

async fn read(mut file: Download) -> (String, Download, Option<huaweicloud_partner::Error>) {
    let mut all = Vec::new();
    loop {
        match file.next().await {
            Some(Ok(piece)) => all.extend_from_slice(&piece),
            end => return (String::from_utf8(all).unwrap(), file, end.and_then(Result::err)),
        }
    }
}

const TEN: &str = "0123456789";

#[tokio::test]
async fn a_file_streams_with_its_name_and_progress() {
    let headers = "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"log.txt\"\r\n";
    let (server, requests) = serve(vec![response("200 OK", headers, TEN)]).await;
    let reports = Arc::new(Mutex::new(Vec::new()));
    let reporter = Arc::clone(&reports);
    let mut file = client(&server)
        .download(DownloadAttachment::new("a/1").group_id("g1"))
        .await
        .unwrap()
        .on_progress(move |received, length| reporter.lock().unwrap().push((received, length)));
    assert_eq!((file.file_name().as_deref(), file.content_type()), (Some("log.txt"), Some("text/plain")));
    let mut written = Vec::new();
    assert_eq!(file.write_to(&mut written).await.unwrap(), 10);
    assert_eq!(written, TEN.as_bytes());
    assert_eq!(reports.lock().unwrap().last(), Some(&(10, Some(10))));
    let request = requests.lock().unwrap()[0].to_ascii_lowercase();
    assert!(request.starts_with("get /v2/servicerequest/accessorys/a%2f1?group_id=g1 "), "{request}");
    assert!(request.contains("accept-encoding: identity") && request.contains("x-site: 0"), "{request}");
}

#[tokio::test]
async fn an_error_instead_of_a_file_is_an_error() {
    let gone = r#"{"error_code":"OSM.01010015","error_msg":"no ticket"}"#;
    for status in ["200 OK", "404 Not Found"] {
        let (server, _) = serve(vec![response(status, "Content-Type: application/json\r\n", gone)]).await;
        let error = client(&server).download(DownloadAttachment::new("a1")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{status}");
        assert_eq!(error.code().unwrap().as_str(), "OSM.01010015");
    }
    for body in [
        r#"{"error_code":"OSM.01010015","error_msg":"no ticket","error_message":"no ticket"}"#,
        r#"{"error_code":"OSM.01010015","error_msg":{"zh":"a","en":"b"}}"#,
        "\u{feff}{\"error_code\":\"OSM.01010015\",\"error_msg\":\"x\"}",
        r#"{"error":{"code":"OSM.01010015","message":"x"}}"#,
        r#"[{"error_code":"OSM.01010015","error_msg":"x"}]"#,
    ] {
        let (server, _) = serve(vec![response("200 OK", "", body)]).await;
        let error = client(&server).download(DownloadAttachment::new("a1")).await.unwrap_err();
        assert_eq!(error.code().map(|code| code.as_str()), Some("OSM.01010015"), "{body}: {error}");
    }
    // A small file that happens to be JSON is a file, and so is one that is called an attachment.
    for (headers, body) in [("", r#"{"disk":7}"#), ("Content-Disposition: attachment\r\n", gone), ("", "")] {
        let (server, _) = serve(vec![response("200 OK", headers, body)]).await;
        let (text, _, error) =
            read(client(&server).download(DownloadAttachment::new("a1")).await.unwrap()).await;
        assert!(error.is_none() && text == body, "{text}");
    }
}

#[tokio::test]
async fn a_cut_download_says_how_far_it_came_and_goes_on() {
    for (resumed, partial) in [
        ("HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\nConnection: close\r\n\r\n456789".to_owned(), true),
        (response("200 OK", "ETag: \"v1\"\r\n", TEN), false),
    ] {
        let (server, requests) = serve(vec![cut(10, "ETag: \"v1\"\r\n", "0123"), resumed]).await;
        let client = client(&server);
        let (first, file, error) = read(client.download(DownloadAttachment::new("a1")).await.unwrap()).await;
        let error = error.unwrap();
        assert!(error.to_string().contains("after 4 of 10 bytes"), "{error}");
        assert!(error.is_retryable() && error.kind() == ErrorKind::Interrupted);
        assert_eq!((first.as_str(), file.received(), file.length()), ("0123", 4, Some(10)));

        let stored = serde_json::to_string(&file.cursor()).unwrap();
        let cursor = serde_json::from_str(&stored).unwrap();
        let rest = client.resume_download(DownloadAttachment::new("a1"), &cursor).await.unwrap();
        assert_eq!(rest.is_partial(), partial);
        let (rest, file, error) = read(rest).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!((rest.as_str(), file.received()), ("456789", 10));
        let request = requests.lock().unwrap()[1].to_ascii_lowercase();
        assert!(request.contains("range: bytes=4-") && request.contains("if-range: \"v1\""), "{request}");
        let done = client.resume_download(DownloadAttachment::new("a1"), &file.cursor()).await.unwrap_err();
        assert_eq!(done.kind(), ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn two_files_are_never_mixed() {
    for other in [
        response("200 OK", "ETag: \"v2\"\r\n", TEN),
        response("200 OK", "", "other"),
        response("206 Partial Content", "Content-Range: bytes 3-9/10\r\n", "3456789"),
        response("206 Partial Content", "Content-Range: bytes 4-9/11\r\n", "456789"),
        response("206 Partial Content", "", "456789"),
        response("206 Partial Content", "ETag: \"v2\"\r\nContent-Range: bytes 4-9/10\r\n", "456789"),
        response(
            "206 Partial Content",
            "Content-Encoding: GZIP\r\nContent-Range: bytes 4-9/10\r\n",
            "456789",
        ),
        response("200 OK", "Content-Encoding: identity, br\r\nETag: \"v1\"\r\n", "0123456789"),
        response("204 No Content", "", ""),
    ] {
        let (server, _) = serve(vec![cut(10, "ETag: \"v1\"\r\n", "0123"), other.clone()]).await;
        let client = client(&server);
        let (_, file, _) = read(client.download(DownloadAttachment::new("a1")).await.unwrap()).await;
        let error = client.resume_download(DownloadAttachment::new("a1"), &file.cursor()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{other}");
    }
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_not_read() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let unannounced = format!("{chunked}6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n");
    for whole in [response("200 OK", "", TEN), unannounced.clone()] {
        let (server, _) = serve(vec![whole]).await;
        let export = ExportTickets::new(Language::English, TimeZone::BEIJING);
        let (text, file, error) = read(client(&server).download(export).await.unwrap().limit(9)).await;
        let error = error.unwrap();
        assert!(error.to_string().contains("limit of 9 bytes") && text.len() < 10, "{error}");
        assert!(!error.is_retryable() && file.received() == text.len() as u64);
    }
    let (server, _) = serve(vec![unannounced]).await;
    let (text, ..) =
        read(client(&server).download(DownloadAttachment::new("a1")).await.unwrap().limit(10)).await;
    assert_eq!(text, TEN);
}

#[tokio::test]
async fn a_writer_that_fails_leaves_a_mark_that_fits_it() {
    let (server, _) = serve(vec![response("200 OK", "", TEN)]).await;
    let mut file = client(&server).download(DownloadAttachment::new("a1")).await.unwrap();
    let mut space = [0; 7];
    let error = file.write_to(&mut std::io::Cursor::new(&mut space[..])).await.unwrap_err();
    assert!(error.to_string().contains("cannot be written"), "{error}");
    assert_eq!((file.cursor().received, &space), (7, b"0123456"));

    // Takes everything and finds only then that there is no place for it.
    let (server, _) = serve(vec![response("200 OK", "", TEN)]).await;
    let mut file = client(&server).download(DownloadAttachment::new("a1")).await.unwrap();
    let mut space = [0; 7];
    let full = std::io::Cursor::new(&mut space[..]);
    let error = file.write_to(&mut tokio::io::BufWriter::new(full)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Io, false));
    assert_eq!(file.cursor().received, 0);
}

#[tokio::test]
async fn a_part_that_has_more_than_the_file_is_an_error() {
    let more = response("206 Partial Content", "Content-Range: bytes 4-9/10\r\n", "456789ab");
    let (server, _) = serve(vec![cut(10, "", "0123"), more]).await;
    let client = client(&server);
    let (_, file, _) = read(client.download(DownloadAttachment::new("a1")).await.unwrap()).await;
    let rest = client.resume_download(DownloadAttachment::new("a1"), &file.cursor()).await.unwrap();
    let (_, _, error) = read(rest).await;
    let error = error.unwrap();
    assert!(error.to_string().contains("more than the 10 bytes"), "{error}");
}

#[tokio::test]
async fn a_file_in_a_coding_that_was_not_asked_for_is_an_error() {
    for coding in ["br", "BR", "deflate", "gzip, br", "identity, zstd"] {
        let (server, _) =
            serve(vec![response("200 OK", &format!("Content-Encoding: {coding}\r\n"), TEN)]).await;
        let error = client(&server).download(DownloadAttachment::new("a1")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{coding}");
    }
    for word in ["identity", "utf-8", "", "binary"] {
        let (server, _) =
            serve(vec![response("200 OK", &format!("Content-Encoding: {word}\r\n"), TEN)]).await;
        let (text, ..) = read(client(&server).download(DownloadAttachment::new("a1")).await.unwrap()).await;
        assert_eq!(text, TEN, "{word}");
    }
}

#[tokio::test]
async fn a_mark_that_was_tampered_with_ends_in_an_error() {
    for mark in [
        r#"{"received":18446744073709551615,"length":null,"version":null}"#,
        r#"{"received":18446744073709551615,"length":18446744073709551614,"version":null}"#,
        r#"{"received":11,"length":10,"version":"a\nb"}"#,
        r#"{"received":0,"length":18446744073709551615,"version":null}"#,
        r#"{"received":9223372036854775808,"length":10,"version":""}"#,
    ] {
        for part in [
            response("200 OK", "", TEN),
            response(
                "206 Partial Content",
                "Content-Range: bytes 18446744073709551615-18446744073709551615/18446744073709551615\r\n",
                "9",
            ),
            response("206 Partial Content", "Content-Range: bytes 4-18446744073709551615/*\r\n", "9"),
        ] {
            let (server, _) = serve(vec![part]).await;
            let cursor = serde_json::from_str(mark).unwrap();
            let Ok(rest) = client(&server).resume_download(DownloadAttachment::new("a1"), &cursor).await
            else {
                continue;
            };
            let (text, file, error) = read(rest).await;
            // Nothing comes that does not belong to the place, or the file ends too early.
            assert!(error.is_some() || text.is_empty(), "{mark:?}: {text} {:?}", file.cursor());
        }
    }
}

const UPLOADED: &str = r#"{"accessory_id":"a1"}"#;

fn upload() -> UploadAttachment {
    UploadAttachment::of(AttachmentPurpose::Message)
}

#[tokio::test]
async fn an_upload_is_a_form_of_its_parts() {
    for source in ["bytes", "reader"] {
        let (server, requests) = serve(vec![response("200 OK", "", UPLOADED)]).await;
        let reports = Arc::new(Mutex::new(0));
        let reporter = Arc::clone(&reports);
        let file = match source {
            "bytes" => FileUpload::bytes("log.txt", TEN),
            _ => FileUpload::reader("log.txt", 10, TEN.as_bytes()),
        };
        let file =
            file.content_type("text/plain").on_progress(move |sent, _| *reporter.lock().unwrap() = sent);
        let response = client(&server).upload(upload(), file).await.unwrap();
        assert_eq!((response.accessory_id.as_str(), *reports.lock().unwrap()), ("a1", 10));

        let request = requests.lock().unwrap()[0].clone();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("post /v2/servicerequest/accessorys "), "{head}");
        assert!(head.contains("x-sdk-content-sha256: unsigned-payload"), "{head}");
        assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
        let boundary = head.split("multipart/form-data; boundary=").nth(1).unwrap().lines().next().unwrap();
        let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
        assert_eq!(
            parts,
            [
                "",
                "\r\nContent-Disposition: form-data; name=\"form_data\"\r\n\r\n{\"accessFrom\":\"message\"}\r\n",
                "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"log.txt\"\r\nContent-Type: text/plain\r\n\r\n0123456789\r\n",
                "--\r\n",
            ]
        );
    }
}

#[tokio::test]
async fn only_bytes_are_sent_again_and_only_if_the_service_did_not_take_them() {
    let busy = response("429 Too Many Requests", "Retry-After: 0\r\n", r#"{"error_code":"APIGW.0308"}"#);
    let patient = CallOptions::new().retry(RetryPolicy::default());
    let stream = || FileUpload::stream("f", 10, stream::iter([Ok::<_, std::io::Error>(Bytes::from(TEN))]));

    let (server, requests) = serve(vec![busy.clone(), response("200 OK", "", UPLOADED)]).await;
    let response = client(&server).with(patient.clone()).upload(upload(), FileUpload::bytes("f", TEN)).await;
    assert_eq!((response.unwrap().attempts(), requests.lock().unwrap().len()), (2, 2));

    let (server, requests) = serve(vec![busy]).await;
    let error = client(&server).with(patient.clone()).upload(upload(), stream()).await.unwrap_err();
    assert_eq!((error.kind(), requests.lock().unwrap().len()), (ErrorKind::Throttled, 1));
    assert!(error.is_retryable() && !error.may_have_been_executed());

    for file in [FileUpload::bytes("f", TEN), stream()] {
        let (server, requests) = serve(vec![String::new()]).await;
        let error = client(&server).with(patient.clone()).upload(upload(), file).await.unwrap_err();
        assert_eq!((error.kind(), requests.lock().unwrap().len()), (ErrorKind::OutcomeUnknown, 1));
    }
}

#[tokio::test]
async fn a_stream_of_another_length_completes_no_request() {
    for length in [9, 11] {
        let (server, requests) = serve(vec![response("200 OK", "", UPLOADED)]).await;
        let file = FileUpload::stream("f", length, stream::iter([Ok::<_, std::io::Error>(Bytes::from(TEN))]));
        client(&server).upload(upload(), file).await.unwrap_err();
        assert!(requests.lock().unwrap().is_empty(), "{length}");
    }
}

#[tokio::test]
async fn an_upload_that_announces_more_than_there_can_be_is_an_error() {
    for length in [u64::MAX, u64::MAX - 1, u64::MAX / 2] {
        let (server, _) = serve(vec![response("200 OK", "", UPLOADED)]).await;
        let file = FileUpload::reader("log.txt", length, TEN.as_bytes());
        assert_eq!(file.length(), length);
        client(&server).upload(upload(), file).await.unwrap_err();
        let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from(TEN))]);
        client(&server).upload(upload(), FileUpload::stream("log.txt", length, pieces)).await.unwrap_err();
    }
}

#[tokio::test]
async fn an_upload_without_a_file_is_not_sent() {
    let (server, requests) = serve(vec![response("200 OK", "", UPLOADED)]).await;
    let error = client(&server).send(&upload()).await.unwrap_err();
    assert_eq!((error.kind(), requests.lock().unwrap().len()), (ErrorKind::InvalidInput, 0));
    assert!(error.to_string().contains("Client::upload"), "{error}");
}

#[tokio::test]
async fn a_download_can_be_collected_like_any_stream() {
    let (server, _) = serve(vec![response("200 OK", "", TEN)]).await;
    let file = client(&server).download(DownloadAttachment::new("a1")).await.unwrap();
    let pieces: Vec<Bytes> = file.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), TEN.as_bytes());
}

/// The official SDK's own input for the form; it sent no file.
#[tokio::test]
async fn the_form_carries_what_the_official_sdk_sends() {
    let rows: serde_json::Value = serde_json::from_str(include_str!("data/wire.json")).unwrap();
    let row = rows.as_array().unwrap().iter().find(|row| row["id"] == "UploadAccessory").unwrap();
    let operation: UploadAttachment = serde_json::from_value(row["input"].clone()).unwrap();
    let (server, requests) = serve(vec![response("200 OK", "", UPLOADED)]).await;
    client(&server).upload(operation, FileUpload::bytes("f", TEN)).await.unwrap();
    let request = requests.lock().unwrap()[0].clone();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    let wire = &row["wire"];
    assert!(head.starts_with(&format!("post {} ", wire["path"].as_str().unwrap())), "{head}");
    for name in ["x-site", "x-language", "x-time-zone", "x-sdk-content-sha256"] {
        let line =
            format!("\r\n{name}: {}\r\n", wire["headers"][name].as_str().unwrap().to_ascii_lowercase());
        assert!(head.contains(&line), "{line}{head}");
    }
    let form_data = row["input"]["form_data"].as_str().unwrap();
    assert!(body.contains(&format!("name=\"form_data\"\r\n\r\n{form_data}\r\n")), "{body}");
}
