//! Many who use both nodes at once through a load balancer, and what each was told is done.

use super::stage::*;
use crate::server::{Client, Place, Server};
use reqwest::{Method, StatusCode, header};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

/// Asks each node whether it is ready as often as this.
const ASKED: Duration = Duration::from_millis(100);

/// Gives each request to a node that said it is ready, the one after the other.
pub struct Balancer {
    nodes: Mutex<Vec<Arc<Node>>>,
    turn: AtomicUsize,
    http: reqwest::Client,
    /// Requests that came to nothing.
    pub failed: Mutex<Vec<String>>,
    /// Requests that were answered.
    pub answered: AtomicUsize,
    over: AtomicBool,
}

struct Node {
    url: String,
    ready: AtomicBool,
    gone: AtomicBool,
}

impl Balancer {
    pub fn new(client: &Client) -> Arc<Self> {
        Arc::new(Self {
            nodes: Mutex::default(),
            turn: AtomicUsize::new(0),
            http: client.http.clone(),
            failed: Mutex::default(),
            answered: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        })
    }

    /// One node more; requests come to it once it is ready, and no longer when it is not.
    pub async fn add(self: &Arc<Self>, server: &Server) {
        is_ready(server, 200).await;
        let node = Arc::new(Node { url: server.url.clone(), ready: AtomicBool::new(true), gone: AtomicBool::new(false) });
        self.nodes.lock().unwrap().push(node.clone());
        let http = self.http.clone();
        tokio::spawn(async move {
            while !node.gone.load(Ordering::SeqCst) {
                let answer = http.get(format!("{}/readyz", node.url)).timeout(Duration::from_secs(5)).send().await;
                node.ready.store(answer.is_ok_and(|answer| answer.status() == 200), Ordering::SeqCst);
                tokio::time::sleep(ASKED).await;
            }
        });
    }

    /// A node that has ended.
    pub fn remove(&self, url: &str) {
        let mut nodes = self.nodes.lock().unwrap();
        for node in nodes.iter().filter(|node| node.url == url) {
            node.gone.store(true, Ordering::SeqCst);
        }
        nodes.retain(|node| node.url != url);
    }

    fn next(&self) -> Option<Arc<Node>> {
        let nodes = self.nodes.lock().unwrap();
        let ready: Vec<_> = nodes.iter().filter(|node| node.ready.load(Ordering::SeqCst)).collect();
        ready.get(self.turn.fetch_add(1, Ordering::SeqCst) % ready.len().max(1)).map(|node| (*node).clone())
    }

    /// Sends one request to one node: its status and text, or nothing where nobody answered.
    pub async fn send(&self, who: &Client, method: Method, path: &str, form: &[(&str, &str)]) -> Option<(StatusCode, String)> {
        let Some(node) = self.next() else {
            self.failed.lock().unwrap().push(format!("{path}: no node is ready"));
            tokio::time::sleep(ASKED).await;
            return None;
        };
        let at =
            Client { http: self.http.clone(), url: node.url.clone(), cookies: Mutex::new(who.cookies.lock().unwrap().clone()) };
        let mut request = at.request(method.clone(), path).header(header::ACCEPT, "application/json");
        if method == Method::POST {
            request = request.form(form);
        }
        let answer = async {
            let response = request.send().await?;
            let status = response.status();
            Ok::<_, reqwest::Error>((status, response.text().await?))
        };
        match answer.await {
            Ok((status, text)) => {
                self.answered.fetch_add(1, Ordering::SeqCst);
                if status.is_server_error() {
                    self.failed.lock().unwrap().push(format!("{path}: {status} {text}"));
                }
                Some((status, text))
            }
            Err(error) => {
                self.failed.lock().unwrap().push(format!("{path} at {}: {error:?}", node.url));
                None
            }
        }
    }

    /// Sends the same until it is answered, as a browser with a retry key does.
    pub async fn until_answered(&self, who: &Client, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        loop {
            if let Some(answer) = self.send(who, Method::POST, path, form).await {
                return answer;
            }
        }
    }

    pub fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::SeqCst)
    }

    /// Waits for so many answers more.
    pub async fn answers_more(&self, count: usize) {
        let until = self.answered.load(Ordering::SeqCst) + count;
        let waited = tokio::time::timeout(PATIENCE, async {
            while self.answered.load(Ordering::SeqCst) < until {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("nobody is answered any more: {:#?}", self.failed.lock().unwrap()));
    }
}

/// What was acknowledged.
#[derive(Default)]
pub struct Told {
    /// Filings that were begun.
    begun: Vec<String>,
    /// The last name that was kept of a sponsor.
    kept: usize,
    /// Filings that were handed in, under how many keys.
    submitted: BTreeMap<String, usize>,
}

/// Runs every kind of request until the balancer ends. `ready` are filings that can be handed in.
pub async fn run(lb: &Balancer, owner: &Client, clerk: &Client, kept: &str, ready: &[String]) -> Told {
    let looks = async {
        let pages = ["/", "/query", "/account", "/filings", "/api/filings/list_own", "/api/sessions/me", "/help/api"];
        let mut turn = 0;
        while lb.goes_on() {
            let path = pages[turn % pages.len()];
            turn += 1;
            let met = lb.send(owner, Method::GET, path, &[]).await;
            assert!(met.as_ref().is_none_or(|(status, _)| *status == 200), "{path}: {met:?}");
            let asked = lb.send(owner, Method::GET, "/api/v1/register?q=chenxi7.example", &[]).await;
            assert!(asked.is_none_or(|(status, text)| status == 200 && text.contains("ICP备")));
            let desk = lb.send(clerk, Method::GET, "/api/reviews/desk?listing=waiting&page=1", &[]).await;
            assert!(desk.is_none_or(|(status, _)| status == 200));
        }
    };
    let begins = async {
        let mut begun = Vec::new();
        while lb.goes_on() && begun.len() < 80 {
            if let Some((status, text)) = lb.send(owner, Method::POST, "/api/filings/create", &[]).await {
                assert_eq!(status, 200, "{text}");
                let next: serde_json::Value = serde_json::from_str(&text).unwrap();
                begun.push(next["next"].as_str().unwrap().split('/').nth(2).unwrap().to_owned());
            }
        }
        begun
    };
    let keeps = async {
        let (mut name, mut acknowledged, mut version) = (0, 0, 1);
        let client = Uuid::new_v4().to_string();
        while lb.goes_on() {
            name += 1;
            let form = [
                ("id", kept),
                ("version", &version.to_string()),
                ("client", &client),
                ("sequence", &name.to_string()),
                ("form[name]", &format!("单位{name}")),
            ];
            let (status, text) = lb.until_answered(owner, "/api/filings/save_sponsor", &form).await;
            assert_eq!(status, 200, "{text}");
            version = serde_json::from_str::<serde_json::Value>(&text).unwrap()["version"].as_u64().unwrap();
            acknowledged = name;
        }
        acknowledged
    };
    let submits = async {
        let mut submitted = BTreeMap::new();
        for id in ready {
            if !lb.goes_on() {
                break;
            }
            hand_in(lb, owner, id).await;
            submitted.insert(id.clone(), 1);
        }
        submitted
    };
    let ((), begun, kept, submitted) = futures::join!(looks, begins, keeps, submits);
    Told { begun, kept, submitted }
}

/// Hands one filing in, as its page does.
pub async fn hand_in(lb: &Balancer, owner: &Client, id: &str) {
    let key = Uuid::new_v4();
    let form = loop {
        // The page of the form may be a killed node's, too.
        let Some((_, text)) = lb.send(owner, Method::GET, &format!("/api/filings/draft?id={id}"), &[]).await else {
            continue;
        };
        break submission_of(&serde_json::from_str(&text).unwrap(), key);
    };
    let (status, text) = lb.until_answered(owner, "/api/filings/submit", &borrowed(&form)).await;
    assert_eq!(status, 200, "{text}");
}

/// Restarts a node as an operator does: it ends once the balancer has noticed, and the new one comes when it is ready.
pub async fn restart(lb: &Arc<Balancer>, old: &Server, new: impl Future<Output = Server>) -> Server {
    lb.answers_more(30).await;
    ask_to_end(old);
    is_ready(old, 503).await;
    assert_eq!(readiness(old).await.1, "stopping\n", "while it serves on");
    ended(old).await;
    lb.remove(&old.url);
    let new = new.await;
    lb.add(&new).await;
    new
}

impl Told {
    /// All of it is there, and nothing twice.
    pub fn prove(&self, place: &Place, kept: &str, name: &str) {
        assert!(!self.begun.is_empty() && self.kept > 0 && !self.submitted.is_empty(), "the load did nothing");
        let list = |ids: &mut dyn Iterator<Item = &String>| ids.map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
        let begun = list(&mut self.begun.iter());
        assert_eq!(place.ask(&format!("select count(*) from filings where id in ({begun})")), [self.begun.len().to_string()]);
        let number: usize = name.strip_prefix("单位").unwrap().parse().unwrap();
        assert!(number >= self.kept, "{kept}: {name} stands where {} was kept", self.kept);
        for id in self.submitted.keys() {
            let events = place.ask(&format!("select count(*) from journal where filing_id = '{id}' and verb = 'submit'"));
            assert_eq!(events, ["1"], "{id}");
        }
        let twice = "select key from outbox where key is not null group by key having count(*) > 1";
        assert_eq!(place.ask(twice), Vec::<String>::new());
    }
}
