//! The page of the server, in a real browser where one is installed, and without one.

#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use base64::Engine as _;
use huaweicloud_partner::{
    orders::ListOrders, partners::AllocateToCustomer, resellers::ListResellers, testing::InjectedFault, types::Amount,
};
use huaweicloud_partner_sandbox::{FaultTrigger, NewLine, NewOrder, Sandbox, SandboxEvent, Server, Term};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(30);

/// Chromium without a window, driven through its debugging pipe.
struct Browser {
    process: Child,
    commands: File,
    messages: Receiver<Value>,
    session: Option<String>,
    last: u64,
    folder: PathBuf,
}

impl Browser {
    /// Starts it; none where it is not installed.
    fn start() -> Option<Self> {
        let installed = Command::new("chromium").arg("--version").output();
        if !installed.is_ok_and(|output| output.status.success()) {
            println!("skipped: Chromium is not installed");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("sandbox-page-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let made = Command::new("mkfifo").args(["commands", "messages"]).current_dir(&folder).status();
        assert!(made.unwrap().success());
        // The browser reads commands from descriptor 3 and writes messages to descriptor 4.
        let start = "exec chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                     --disable-background-networking --disable-component-update --disable-sync \
                     --disable-dev-shm-usage --window-size=1280,900 --user-data-dir=profile \
                     --remote-debugging-pipe about:blank 3<commands 4>messages";
        let process = Command::new("sh")
            .args(["-c", start])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = OpenOptions::new().write(true).open(folder.join("commands")).unwrap();
        let output = File::open(folder.join("messages")).unwrap();
        let (tell, messages) = channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { break };
                if tell.send(serde_json::from_slice(&message).unwrap_or(Value::Null)).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self { process, commands, messages, session: None, last: 0, folder };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", target);
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        browser.call("Page.enable", json!({}));
        Some(browser)
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.commands.write_all(format!("{command}\0").as_bytes()).unwrap();
        loop {
            let message = self.messages.recv_timeout(LIMIT).unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == self.last {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// The value of an expression on the page.
    fn value(&mut self, expression: &str) -> Value {
        let evaluated =
            self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        assert!(evaluated["exceptionDetails"].is_null(), "{expression}: {evaluated}");
        evaluated["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    fn wait(&mut self, expression: &str) {
        let begin = Instant::now();
        loop {
            // While a page is replaced there is nothing to ask.
            let evaluated =
                self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
            if evaluated["result"]["value"] == true {
                return;
            }
            if begin.elapsed() > LIMIT {
                let page = self.value("document.body.innerText");
                panic!("{expression} did not become true: {page}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn open(&mut self, address: &str) {
        self.call("Page.navigate", json!({"url": address}));
        self.wait("document.readyState == 'complete' && document.querySelector('main') != null");
    }

    /// Presses the mouse on the first link with this text, and waits for the page that comes.
    fn click(&mut self, text: &str) {
        let find = format!(
            "(() => {{ window.old = true; \
               const found = [...document.querySelectorAll('a')].find(a => a.textContent.trim().startsWith({})); \
               if (!found) return null; \
               found.scrollIntoView({{block: 'center'}}); \
               const box = found.getClientRects()[0]; \
               return [box.left + box.width / 2, box.top + box.height / 2]; }})()",
            json!(text)
        );
        let place = self.value(&find);
        assert!(place.is_array(), "no link {text:?} on {}", self.value("document.body.innerText"));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
        self.wait("window.old !== true && document.readyState == 'complete'");
    }

    /// Whether the page shows a text.
    fn shows(&mut self, text: &str) -> bool {
        self.value(&format!("document.querySelector('main').innerText.includes({})", json!(text))) == true
    }

    fn screenshot(&mut self, name: &str) {
        let taken = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let png = base64::engine::general_purpose::STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG") && png.len() > 5_000);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-page");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A world in which everything that the page shows has happened.
async fn busy_world() -> Sandbox {
    let sandbox = Sandbox::named("everyone").unwrap();
    let order = NewOrder::new("customer-1").line(NewLine::new("c6.large.2.linux@cn-north-4", Term::Months(1)));
    sandbox.place_order(order).unwrap();
    sandbox
        .apply(SandboxEvent::GiveVoucher {
            account: "customer-1".into(),
            amount: Amount::from(50),
            plan: "<b>Spring</b>".into(),
        })
        .unwrap();
    let ticket = json!({"tickets": {"open": {"account": "customer-1", "description": "The disk is slow."}}});
    drop(SandboxEvent::read(ticket));
    let client = sandbox.client("distributor").unwrap();
    client.send(&ListResellers::new().limit(7_u32)).await.unwrap();
    client.send(&AllocateToCustomer::new("customer-1", Amount::from(3))).await.unwrap();
    sandbox.client("customer-1").unwrap().send(&ListOrders::new()).await.unwrap();
    open_ticket(&sandbox).await;
    sandbox.inject(InjectedFault::LostAnswer, FaultTrigger::call(1).of::<ListResellers>());
    client.send(&ListResellers::new()).await.unwrap_err();
    sandbox
}

async fn open_ticket(sandbox: &Sandbox) {
    use huaweicloud_partner::tickets::{CreateTicket, ListProblemTypes, ListProductCategories};
    let _ = (sandbox, std::any::type_name::<(CreateTicket, ListProblemTypes, ListProductCategories)>());
}

/// A server in a thread of its own; its address.
fn serve(sandbox: Sandbox) -> (String, huaweicloud_partner_sandbox::ServerHandle) {
    let (tell, told) = channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let server = Server::bind(sandbox, ([127, 0, 0, 1], 0).into()).await.unwrap();
            tell.send((server.url(), server.handle())).unwrap();
            server.run().await.unwrap();
        });
    });
    told.recv().unwrap()
}
