//! The server under test: where to publish, where to watch, which process to measure.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs, UdpSocket};

use hyper::Uri;

/// A WHIP/WHEP server.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where to publish.
    pub whip: Uri,
    /// Where to watch.
    pub whep: Uri,
    /// Bearer token of the publisher.
    pub publisher_token: Option<String>,
    /// Bearer token of the viewers.
    pub viewer_token: Option<String>,
    /// Its process, to measure what it costs.
    pub pid: Option<u32>,
    /// Its metrics page, to hold its account against ours.
    pub metrics: Option<Uri>,
}

impl Target {
    /// The address of this machine that the server sees.
    ///
    /// # Errors
    /// The host of the WHEP URL cannot be resolved or reached.
    pub fn local_ip(&self) -> io::Result<IpAddr> {
        let host = self.whep.host().unwrap_or_default().trim_matches(['[', ']']);
        let remote = (host, self.whep.port_u16().unwrap_or(80)).to_socket_addrs()?.next();
        let remote = remote.ok_or_else(|| io::Error::other(format!("{host}: no address")))?;
        let any: SocketAddr =
            if remote.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0, 0, 0, 0, 0, 0, 0, 0], 0).into() };
        // Connecting a UDP socket sends nothing; it chooses the route.
        let socket = UdpSocket::bind(any)?;
        socket.connect(remote)?;
        Ok(socket.local_addr()?.ip())
    }
}

/// The sum of all series of a metric in Prometheus' text form whose name ends in `name` and whose labels hold `label`; `None`
/// when there is none.
#[must_use]
pub fn metric_sum(page: &str, name: &str, label: &str) -> Option<f64> {
    let values = page.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (series, value) = line.rsplit_once(' ')?;
        let (found, labels) = series.split_once('{').unwrap_or((series, ""));
        if found.ends_with(name) && labels.contains(label) { value.parse::<f64>().ok() } else { None }
    });
    values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_of_one_metric_are_summed() {
        let page = "# TYPE x_packets_total counter\nx_packets_total{direction=\"out\",worker=\"0\"} 3\n\
                    x_packets_total{direction=\"out\",worker=\"1\"} 4\nx_packets_total{direction=\"in\"} 5\nother 9\n";
        assert_eq!(metric_sum(page, "packets_total", "direction=\"out\""), Some(7.0));
        assert_eq!(metric_sum(page, "packets_total", ""), Some(12.0));
        assert_eq!(metric_sum(page, "missing_total", ""), None);
    }
}
