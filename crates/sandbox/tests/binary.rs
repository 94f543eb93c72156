//! The binary `partner-sandbox`: its options, its first line, and the file that it keeps the state in.

#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_partner-sandbox");

/// A running program; killed when dropped.
struct Running {
    process: Child,
    first: Value,
}

impl Running {
    fn start(options: &[&str]) -> Self {
        let mut process = Command::new(PROGRAM)
            .args(["--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let first = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Self { process, first }
    }

    fn port(&self) -> u16 {
        self.first["address"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
    }

    /// The status and the body of the response to a request.
    fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn recharge(&self, amount: u32) {
        let event = json!({"recharge": {"account": "distributor", "amount": amount}}).to_string();
        assert_eq!(self.request("POST", "/_sandbox/events", &event).0, 200);
    }

    fn ledger(&self) -> Value {
        self.request("GET", "/_sandbox/snapshot", "").1["ledger"].clone()
    }

    /// Ends it as Ctrl-C and process managers do.
    #[cfg(unix)]
    fn terminate(mut self) -> bool {
        let killed = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        killed.success() && self.process.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An empty folder of a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("binary").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn help_and_readme_name_every_option() {
    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).unwrap();
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let options: Vec<&str> = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("-h, ").or(Some(line.trim())))
        .filter_map(|line| line.strip_prefix("--")?.split([' ', '<']).next())
        .filter(|option| !matches!(*option, "help" | "version"))
        .collect();
    assert!(options.len() >= 9, "{help}");
    for option in options {
        assert!(readme.contains(&format!("`--{option}")), "the README does not name --{option}");
    }
    for option in ["port", "world", "save", "clock", "seed", "tls", "anywhere"] {
        assert!(help.contains(&format!("--{option}")), "{option}: {help}");
    }
}

#[test]
fn the_first_line_is_one_json_object_with_the_address_and_all_accounts() {
    let running = Running::start(&["--world", "small_distributor", "--clock", "2026-05-06T01:00:00Z"]);
    assert!(running.first["address"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let accounts = running.first["accounts"].as_array().unwrap();
    let distributor = accounts.iter().find(|account| account["id"] == "distributor").unwrap();
    for field in ["access_key", "secret_key", "kind", "name", "login", "site"] {
        assert!(!distributor[field].as_str().unwrap().is_empty(), "{field}");
    }
    let (status, clock) = running.request("GET", "/_sandbox/clock", "");
    assert_eq!(status, 200);
    assert!(clock["now"].as_str().unwrap().starts_with("2026-05-06T01:0"), "{clock}");
}

#[cfg(unix)]
#[test]
fn the_state_is_kept_in_the_file_when_the_program_is_stopped() {
    let file = folder("stopped").join("world.json");
    let save = ["--world", "small_distributor", "--save", file.to_str().unwrap()];
    let running = Running::start(&save);
    running.recharge(321);
    let ledger = running.ledger();
    assert!(running.terminate());
    let again = Running::start(&save);
    assert_eq!(again.ledger(), ledger);
    // What the file holds counts, not another world.
    drop(again);
    let again = Running::start(&["--world", "enterprise", "--save", file.to_str().unwrap()]);
    assert_eq!(again.ledger(), ledger);
}

#[test]
fn the_state_is_kept_in_the_file_although_the_program_is_killed_and_the_file_is_always_whole() {
    let folder = folder("killed");
    let file = folder.join("world.json");
    let save = ["--world", "small_distributor", "--save", file.to_str().unwrap()];
    let mut ledger = Value::Null;
    for round in 1..=3 {
        let running = Running::start(&save);
        if round > 1 {
            assert_eq!(running.ledger(), ledger, "round {round}");
        }
        running.recharge(round);
        ledger = running.ledger();
        // It is saved within a second or so; whenever it is read, it is whole.
        let begin = Instant::now();
        loop {
            let held = fs::read(&file).ok().map(|json| serde_json::from_slice::<Value>(&json).unwrap());
            if held.is_some_and(|held| held["ledger"] == ledger) {
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "it was not saved");
            thread::sleep(Duration::from_millis(5));
        }
        drop(running);
    }
}

#[test]
fn a_seed_makes_the_faults_of_every_run_the_same() {
    let faults = |seed: &str| -> Vec<u16> {
        let running = Running::start(&["--world", "small_distributor", "--seed", seed]);
        let fault = r#"{"fault": "error_before", "when": {"percent": 50}}"#;
        assert_eq!(running.request("POST", "/_sandbox/faults", fault).0, 200);
        // Without a signature the others are refused.
        (0..30).map(|_| running.request("GET", "/v2/bases/conversions", "").0).collect()
    };
    let seven = faults("7");
    assert!(seven.contains(&401) && seven.iter().any(|status| *status >= 500), "{seven:?}");
    assert_eq!(faults("7"), seven);
    assert_ne!(faults("8"), seven);
}

#[tokio::test]
async fn tls_is_on_request_and_the_certificate_is_in_the_first_line_and_in_a_file() {
    let file = folder("tls").join("sandbox.pem");
    let running = Running::start(&["--tls", "--certificate", file.to_str().unwrap()]);
    let certificate = running.first["certificate"].as_str().unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), certificate);
    let address = running.first["address"].as_str().unwrap();
    assert!(address.starts_with("https://127.0.0.1:"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([certificate]).no_proxy().build().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let health = format!("https://{host}:{}/_sandbox/health", running.port());
        assert_eq!(client.get(health).send().await.unwrap().status(), 200, "{host}");
    }
}

#[test]
fn it_listens_beyond_loopback_only_when_asked_to() {
    let running = Running::start(&[]);
    assert!(running.first["address"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let running = Running::start(&["--anywhere"]);
    assert!(running.first["address"].as_str().unwrap().starts_with("http://0.0.0.0:"));
    assert_eq!(running.request("GET", "/_sandbox/health", "").0, 200);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let running = Running::start(&[]);
    let output = Command::new(PROGRAM).args(["--port", &running.port().to_string()]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{error}");
    assert!(error.contains(&format!("127.0.0.1:{}", running.port())) && error.contains("--port"), "{error}");
}

#[test]
fn a_world_that_takes_the_place_of_another_is_saved() {
    let file = folder("replaced").join("world.json");
    let running = Running::start(&["--world", "small_distributor", "--save", file.to_str().unwrap()]);
    let saved = |amount: &str| {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if fs::read_to_string(&file).is_ok_and(|state| state.contains(amount)) {
                return;
            }
            assert!(Instant::now() < deadline, "{amount} was not saved");
            thread::sleep(Duration::from_millis(50));
        }
    };
    let snapshot = running.request("GET", "/_sandbox/snapshot", "").1.to_string();
    running.recharge(4711);
    saved("4711");
    // As many things are done after the return to the first state, so that only the replacement tells them apart.
    assert_eq!(running.request("POST", "/_sandbox/snapshot", &snapshot).0, 200);
    running.recharge(1147);
    saved("1147");
}

#[test]
fn wrong_options_end_it_with_a_sentence() {
    let missing = folder("wrong").join("no_such_folder").join("world.json");
    let broken = folder("broken").join("broken.json");
    fs::write(&broken, br#"{"accounts": [{"id": "c", "kind": "customer", "associated_with": "nobody"}]}"#)
        .unwrap();
    for (options, said) in [
        (vec!["--world", "no_such_world"], "neither a file"),
        (vec!["--world", "no_such_world"], "small_distributor"),
        (vec!["--world", broken.to_str().unwrap()], "accounts[0].associated_with"),
        (vec!["--clock", "yesterday"], "--clock"),
        (vec!["--port", "70000"], "--port"),
        (vec!["--certificate", "x.pem"], "--tls"),
        (vec!["--colour"], "--colour"),
        (vec!["--save", missing.to_str().unwrap()], "cannot be written"),
    ] {
        let port: &[&str] = if options.contains(&"--port") { &[] } else { &["--port", "0"] };
        let output = Command::new(PROGRAM).args(port).args(&options).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(said), "{options:?}: {error}");
        assert!(output.stdout.is_empty(), "{options:?}");
    }
}
