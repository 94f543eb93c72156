//! The example `topups`, called as its clients call it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use huaweicloud_partner::{resellers::AllocateToReseller, testing::InjectedFault, types::Amount};
use huaweicloud_partner_sandbox::{FaultTrigger, LedgerAccount, Sandbox, Server};
use serde_json::{Value, json};

struct Service {
    child: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    fn start(server: &str, directory: &Path) -> Self {
        let mut child = Command::new(support::program("topups"))
            .args(["--server", server, "--access-key", "AKDISTRIBUTOR", "--secret-key", "SKDISTRIBUTOR"])
            .args(["--journal", &format!("sqlite:{}", directory.join("journal.db").display())])
            .args(["--listen", "127.0.0.1:0", "--sole-writer", "--settle", "2"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap().to_owned();
        Self { child, address }
    }

    /// Sends the request for a top-up, and waits for nothing.
    fn ask(&self, body: &Value) -> TcpStream {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST /topups HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        stream
    }

    /// Status and body of one top-up.
    fn top_up(&self, body: &Value) -> (u16, Value) {
        let mut stream = self.ask(body);
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_is_made_once_across_repeats_lost_responses_and_restarts() {
    let sandbox = Sandbox::small_distributor();
    let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let (url, stop) = (server.url(), server.handle());
    tokio::spawn(server.run());
    let world = sandbox.clone();
    tokio::task::spawn_blocking(move || {
        let directory = tempfile::tempdir().unwrap();
        let held = || world.snapshot().ledger().balance(&LedgerAccount::cash("reseller-1"));
        let before = held();
        let moved = || held().checked_sub(before).unwrap();
        let ask =
            |id: &str, amount: &str| json!({"request_id": id, "reseller": "reseller-1", "amount": amount});
        let service = Service::start(&url, directory.path());

        let (status, first) = service.top_up(&ask("a", "100.00"));
        assert_eq!((status, &first["status"]), (200, &json!("executed")), "{first}");
        assert_eq!(service.top_up(&ask("a", "100.00")), (200, first.clone()));
        assert_eq!(moved(), Amount::from(100));

        // Another amount under the same id, an amount that is none, and a reseller that is not there.
        assert_eq!(service.top_up(&ask("a", "200.00")).0, 422);
        assert_eq!(service.top_up(&ask("b", "lots")).0, 422);
        let to_stranger = json!({"request_id": "c", "reseller": "nobody", "amount": "1"});
        let (status, refused) = service.top_up(&to_stranger);
        assert_eq!((status, &refused["status"]), (422, &json!("not_executed")), "{refused}");

        // The response of the service is lost.
        world.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<AllocateToReseller>());
        let (status, lost) = service.top_up(&ask("d", "50.00"));
        assert_eq!((status, &lost["status"]), (200, &json!("executed")), "{lost}");
        assert_eq!(moved(), Amount::from(150));

        // It is killed, and another one takes its place.
        drop(service);
        let service = Service::start(&url, directory.path());
        assert_eq!(service.top_up(&ask("a", "100.00")), (200, first));
        assert_eq!(service.top_up(&ask("d", "50.00")), (200, lost));
        assert_eq!(moved(), Amount::from(150));

        // It is killed while the response is on its way, and its client asks the next one, several times at once.
        world.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<AllocateToReseller>());
        let waiting = service.ask(&ask("e", "7.00"));
        while moved() == Amount::from(150) {
            std::thread::sleep(Duration::from_millis(10));
        }
        drop((service, waiting));
        let service = Service::start(&url, directory.path());
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..3).map(|_| scope.spawn(|| service.top_up(&ask("e", "7.00")))).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(outcomes.iter().all(|(status, _)| [200, 202].contains(status)), "{outcomes:?}");
        let (status, last) = service.top_up(&ask("e", "7.00"));
        assert_eq!((status, &last["status"]), (200, &json!("executed")), "{last}");
        assert_eq!(service.top_up(&ask("e", "7.01")).0, 422, "another amount under the same id");
        assert_eq!(moved(), Amount::from(157));

        // Requests that are none.
        for body in [
            json!({}),
            json!({"request_id": "", "reseller": "reseller-1", "amount": "1"}),
            json!({"request_id": "f", "reseller": "", "amount": "1"}),
            json!({"request_id": "f", "reseller": "reseller-1", "amount": "-1"}),
            json!({"request_id": "f", "reseller": "reseller-1", "amount": "1.001"}),
            json!({"request_id": "f", "reseller": "reseller-1", "amount": "1", "currency": "USD"}),
        ] {
            assert_eq!(service.top_up(&body).0, 422, "{body}");
        }
        assert_eq!(moved(), Amount::from(157));
        world.audit().unwrap();
    })
    .await
    .unwrap();
    stop.stop();
}
