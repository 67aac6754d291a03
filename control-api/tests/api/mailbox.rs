//! A mail server, as far as a test needs one (RFC 5321): it takes what comes, and can be told to be busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

/// A mail that arrived.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) to: String,
    pub(crate) text: String,
}

pub(crate) struct Mailbox {
    port: u16,
    mails: Mutex<mpsc::UnboundedReceiver<Received>>,
    refusals: Arc<AtomicUsize>,
}

impl Mailbox {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, mails) = mpsc::unbounded_channel();
        let refusals = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&refusals);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, sender.clone(), Arc::clone(&left)));
            }
        });
        Self { port, mails: Mutex::new(mails), refusals }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next `count` mails are to be sent later.
    pub(crate) fn refuse_next(&self, count: usize) {
        self.refusals.store(count, Ordering::Relaxed);
    }

    pub(crate) async fn next(&self) -> Received {
        let next = async { self.mails.lock().await.recv().await.unwrap() };
        tokio::time::timeout(Duration::from_secs(60), next).await.expect("a mail within a minute")
    }
}

async fn converse(stream: TcpStream, mails: mpsc::UnboundedSender<Received>, refusals: Arc<AtomicUsize>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut to, mut text, mut in_text) = (String::new(), String::new(), false);
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        if in_text {
            if line != "." {
                text.push_str(&line);
                text.push('\n');
                continue;
            }
            in_text = false;
            let mut text = std::mem::take(&mut text);
            // RFC 2045 section 6.7, as far as plain ASCII needs it.
            if text.to_lowercase().contains("content-transfer-encoding: quoted-printable") {
                text = text.replace("=\n", "").replace("=3D", "=");
            }
            let _ = mails.send(Received { to: std::mem::take(&mut to), text });
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let is_busy = verb == "MAIL"
            && refusals.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        let answer = match &*verb {
            "EHLO" => "250 test",
            "DATA" => {
                in_text = true;
                "354 go on"
            }
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 ok"
            }
            "QUIT" => "221 bye",
            _ if is_busy => "451 later",
            _ => "250 ok",
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}
