//! A real browser without a window, driven by the DevTools protocol.

use std::{
    io::{BufRead, BufReader},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, stream::MaybeTlsStream};

const PATIENCE: Duration = Duration::from_secs(60);

/// One page of a browser of its own; closed when dropped.
pub struct Browser {
    process: Child,
    page: WebSocket<MaybeTlsStream<TcpStream>>,
    commands: u64,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts Chromium, or returns `None` where it is not installed. Blocks, like everything here.
    pub fn start() -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .arg("--disable-dev-shm-usage")
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--remote-debugging-port=0", "--window-size=1280,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let browser = lines
            .find_map(|line| line.ok()?.strip_prefix("DevTools listening on ").map(str::to_owned))
            .expect("the browser names its address");
        // The rest is read too: a full pipe would stop the browser.
        std::thread::spawn(move || lines.for_each(drop));
        let (mut control, _) = tungstenite::connect(browser.as_str()).unwrap();
        let targets = command(&mut control, 1, "Target.getTargets", json!({}));
        let target = targets["targetInfos"]
            .as_array()
            .unwrap()
            .iter()
            .find(|target| target["type"] == "page")
            .and_then(|target| target["targetId"].as_str())
            .expect("one page is open");
        let address = browser.split("/devtools/").next().unwrap();
        let (page, _) = tungstenite::connect(format!("{address}/devtools/page/{target}")).unwrap();
        Some(Self { process, page, commands: 0, _profile: profile })
    }

    /// Sends one command and returns its result.
    pub fn command(&mut self, method: &str, params: Value) -> Value {
        self.commands += 1;
        command(&mut self.page, self.commands, method, params)
    }

    /// Opens an address.
    pub fn open(&mut self, address: &str) {
        self.command("Page.navigate", json!({ "url": address }));
    }

    /// The value of a JavaScript expression; `null` while one page gives way to the next.
    pub fn value(&mut self, expression: &str) -> Value {
        let result =
            self.command("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub fn wait_until(&mut self, expression: &str) {
        let start = Instant::now();
        while self.value(expression) != json!(true) {
            assert!(
                start.elapsed() < PATIENCE,
                "{expression} does not become true: {}",
                self.value("document.documentElement.outerHTML")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the text of the page contains something.
    pub fn wait_for_text(&mut self, text: &str) {
        self.wait_until(&format!(
            "document.body !== null && document.body.innerText.includes({})",
            json!(text)
        ));
    }

    /// Clicks what a CSS selector finds, as soon as it is there.
    pub fn click(&mut self, selector: &str) {
        let found = format!("document.querySelector({})", json!(selector));
        self.wait_until(&format!("{found} !== null"));
        self.value(&format!("{found}.click()"));
    }

    /// Types into the field that a CSS selector finds.
    pub fn fill(&mut self, selector: &str, text: &str) {
        let found = format!("document.querySelector({})", json!(selector));
        self.wait_until(&format!("{found} !== null"));
        self.value(&format!("{found}.value = {}", json!(text)));
    }

    /// Writes a picture of the page as PNG.
    pub fn screenshot(&mut self, file: &Path) {
        use base64::Engine as _;
        let picture = self.command("Page.captureScreenshot", json!({ "format": "png" }));
        let bytes =
            base64::engine::general_purpose::STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends a command and reads past the events that come before its result.
fn command(socket: &mut WebSocket<MaybeTlsStream<TcpStream>>, id: u64, method: &str, params: Value) -> Value {
    let text = json!({ "id": id, "method": method, "params": params }).to_string();
    socket.send(Message::text(text)).unwrap();
    loop {
        let Message::Text(text) = socket.read().unwrap() else { continue };
        let mut message: Value = serde_json::from_str(&text).unwrap();
        if message["id"] == json!(id) {
            return message["result"].take();
        }
    }
}
