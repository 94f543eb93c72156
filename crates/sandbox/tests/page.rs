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
    orders::ListOrders, partners::AllocateToCustomer, resellers::ListResellers, testing::InjectedFault,
    tickets::OpenTicket, types::Amount,
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
        let (sender, messages) = channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { break };
                if sender.send(serde_json::from_slice(&message).unwrap_or(Value::Null)).is_err() {
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
            let message =
                self.messages.recv_timeout(LIMIT).unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == self.last {
                // While one page gives way to the next there is nothing to ask: the result is null.
                let gives_way = message["error"]["message"]
                    .as_str()
                    .is_some_and(|error| error.contains("navigated") || error.contains("context"));
                assert!(message["error"].is_null() || gives_way, "{method}: {message}");
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
    let order =
        NewOrder::new("customer-1").line(NewLine::new("c6.large.2.linux@cn-north-4", Term::Months(1)));
    sandbox.place_order(order).unwrap();
    sandbox
        .apply(SandboxEvent::GiveVoucher {
            account: "customer-1".into(),
            amount: Amount::from(50),
            plan: "<b>Spring</b>".into(),
            kind: Default::default(),
            limits: Default::default(),
        })
        .unwrap();
    let client = sandbox.client("distributor").unwrap();
    client.send(&ListResellers::new().limit(7_u32)).await.unwrap();
    client.send(&AllocateToCustomer::new("customer-1", Amount::from(3))).await.unwrap();
    sandbox.client("customer-1").unwrap().send(&ListOrders::new()).await.unwrap();
    let ticket = OpenTicket::new("ecs-disk", "The disk is <slow>.").region_id("cn-north-4");
    sandbox.client("customer-1").unwrap().send(&ticket).await.unwrap();
    // The client repeats the query whose response is lost.
    sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<ListResellers>());
    client.send(&ListResellers::new().limit(8_u32)).await.unwrap();
    sandbox
}

/// A server in a thread of its own; its address.
fn serve(sandbox: Sandbox) -> (String, huaweicloud_partner_sandbox::ServerHandle) {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let server = Server::bind(sandbox, ([127, 0, 0, 1], 0).into()).await.unwrap();
            sender.send((server.url(), server.handle())).unwrap();
            server.run().await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

#[tokio::test]
async fn the_page_is_used_in_a_real_browser() {
    let sandbox = busy_world().await;
    let (url, handle) = serve(sandbox.clone());
    let used = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::start() else { return };
        browser.open(&format!("{url}/"));
        assert!(browser.shows("Blue Harbour Distribution") && browser.shows("bss.ListIndirectPartners"));
        assert_eq!(browser.value("document.scripts.length"), 0);
        browser.screenshot("overview");

        browser.click("Orders");
        assert!(browser.shows("pending payment") && browser.shows("231"));
        browser.screenshot("orders");
        let order = browser.value("document.querySelector('tbody a').textContent");
        browser.click(order.as_str().unwrap());
        assert!(browser.shows("c6.large.2.linux@cn-north-4") && browser.shows("Paid with"));
        browser.screenshot("order");
        browser.click("customer-1");
        assert!(browser.shows("Harbour Bakery") && browser.shows("<b>Spring</b>"));
        browser.screenshot("account");

        browser.click("Vouchers");
        assert!(browser.shows("in force") && browser.shows("<b>Spring</b>") && browser.shows("Huawei Cloud"));
        browser.screenshot("vouchers");
        browser.click("Bills");
        assert!(browser.shows("by customer and service"));
        browser.screenshot("bills");
        browser.click("Tickets");
        assert!(browser.shows("The disk is <slow>."));
        browser.click("TT2026");
        assert!(browser.shows("to be accepted") && browser.shows("Messages"));
        browser.screenshot("ticket");

        // The bodies of requests, and a request that is made while the page is open.
        browser.click("Requests");
        browser.screenshot("requests");
        browser.click("POST /v2/partners/indirect-partners/query");
        assert!(browser.shows("\"limit\": 8"));
        browser.screenshot("request");
        browser.click("Requests");
        assert!(!browser.shows("ListSubCustomers"));
        let client = sandbox.client("distributor").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.send(&huaweicloud_partner::customers::ListCustomers::new())).unwrap();
        browser.click("Refresh");
        assert!(browser.shows("ListSubCustomers"));
        browser.click("Refresh every 5 seconds");
        assert!(browser.value("location.search").as_str().unwrap().contains("refresh=5"));
        browser.value("window.old = true");
        browser.wait("window.old !== true && document.readyState == 'complete'");
        browser.click("Stop refreshing");

        browser.click("Faults and clock");
        assert!(browser.shows("call: 1, of bss.ListIndirectPartners") && browser.shows("Time of the world"));
        assert!(browser.shows("lost response"));
        browser.screenshot("faults");
        let before = browser.value("document.getElementById('now').textContent");
        sandbox.apply(SandboxEvent::Wait { seconds: 86_400 }).unwrap();
        browser.click("Refresh");
        assert_ne!(browser.value("document.getElementById('now').textContent"), before);
        browser.click("Books");
        assert!(browser.shows("cash/distributor"));
        browser.screenshot("books");

        // The field that finds rows.
        browser.click("Accounts");
        browser.value(
            "(() => { window.old = true; const form = document.querySelector('form'); \
               form.find.value = 'cedar'; form.requestSubmit(); })()",
        );
        browser.wait("window.old !== true && document.readyState == 'complete'");
        assert!(browser.shows("Cedar Cloud") && !browser.shows("Granite Software"));
    });
    used.await.unwrap();
    handle.stop();
}

#[tokio::test]
async fn every_link_of_the_page_leads_somewhere_and_markup_of_others_stays_text() {
    let (url, handle) = serve(busy_world().await);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let (mut waiting, mut seen) = (vec!["/".to_owned()], std::collections::BTreeSet::new());
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) || seen.len() > 300 {
            continue;
        }
        let response = client.get(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        if path.starts_with("/_sandbox") {
            continue;
        }
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(response.headers()["x-frame-options"], "DENY");
        let page = response.text().await.unwrap();
        assert!(
            !page.contains("<b>Spring") && !page.contains("<slow>") && !page.contains("<script"),
            "{path}"
        );
        assert!(!page.contains("SKDISTRIBUTOR"), "{path}");
        waiting.extend(
            page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")),
        );
    }
    for view in ["order", "ticket", "request", "bills", "account"] {
        assert!(seen.iter().any(|path| path.contains(&format!("view={view}&"))), "{view}: {seen:?}");
    }
    for lost in ["/?view=nothing", "/?view=order&id=x", "/?view=account&id=x", "/?view=bills&cycle=x"] {
        assert_eq!(client.get(format!("{url}{lost}")).send().await.unwrap().status(), 404, "{lost}");
    }
    handle.stop();
}

#[tokio::test]
async fn a_world_of_many_accounts_is_shown_in_pages() {
    let scenario = json!({"accounts": [{"id": "provider", "kind": "solution_provider"},
        {"id": "customer-{n}", "kind": "customer", "associated_with": "provider", "repeat": 250}]});
    let world = huaweicloud_partner_sandbox::State::read(scenario.to_string().as_bytes()).unwrap();
    let (url, handle) = serve(Sandbox::new(world));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let mut shown = 0;
    for from in [0, 100, 200] {
        let page = client.get(format!("{url}/?view=accounts&from={from}")).send().await.unwrap();
        let page = page.text().await.unwrap();
        shown += page.matches("<tr><td>").count();
        assert!(page.contains("of 251"), "{page}");
        assert_eq!(page.contains(">Next</a>"), from < 200);
        assert_eq!(page.contains(">Previous</a>"), from > 0);
    }
    assert_eq!(shown, 251);
    handle.stop();
}
