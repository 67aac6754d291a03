//! The program, as a child that is killed with the test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Much more than anything here needs, for a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);
pub(crate) const PASSWORD: &str = "correct horse battery";

/// `lectern dev`, up.
pub(crate) struct Lectern {
    child: Child,
    pub(crate) origin: String,
    welcome: String,
    pub(crate) http: Client,
}

impl Lectern {
    pub(crate) fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
        command.args([
            "dev",
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            "127.0.0.1:0",
            "--media-port",
            "0",
            "--data",
        ]);
        let mut child = command.arg(data).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut welcome = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            welcome += &(line.unwrap() + "\n");
            if welcome.contains("makes others.") {
                break;
            }
        }
        let whep = welcome.lines().find(|line| line.trim_start().starts_with("WHEP")).unwrap();
        let origin = whep.split_whitespace().nth(1).unwrap().split("/v1/").next().unwrap().to_owned();
        Self { child, origin, welcome, http: Client::new() }
    }

    pub(crate) async fn call(&self, token: &str, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        self.call(token, Method::POST, path, body).await
    }

    pub(crate) async fn session(&self, email: &str, password: &str) -> String {
        let session = self.post("", "/v1/session", json!({ "email": email, "password": password })).await;
        session["access_token"].as_str().unwrap().to_owned()
    }

    /// The first admin, whose password is shown once.
    pub(crate) async fn admin(&self) -> String {
        let admin = self.welcome.lines().find(|line| line.trim_start().starts_with("Admin")).unwrap();
        let words: Vec<&str> = admin.split_whitespace().collect();
        self.session(words[1], words[3]).await
    }

    /// A tutor, as the first admin makes one.
    pub(crate) async fn tutor(&self, admin: &str) -> String {
        let new = json!({ "email": "ada@school.example", "name": "Ada", "password": PASSWORD });
        let person = self.post("", "/v1/people", new).await;
        let path = format!("/v1/people/{}", person["person"]["id"].as_str().unwrap());
        self.call(admin, Method::PATCH, &path, json!({ "role": "tutor" })).await;
        self.session("ada@school.example", PASSWORD).await
    }

    /// Ends it as a crash does; what it started ends with it.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as a supervisor does.
    pub(crate) fn stop(mut self) {
        let status = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success() && self.child.wait().unwrap().success());
    }
}

impl Drop for Lectern {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}
