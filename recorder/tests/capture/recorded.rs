//! What a capture handed over, and whether it is what players want.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_platform::token::Role;
use lectern_recorder::capture::{Capture, Captured, Connection, MarkKind, Metrics, Summary, Target};
use lectern_recording::conformance::{check_multivariant, check_track};
use lectern_recording::format::Format;
use lectern_recording::gap::Gap;
use lectern_recording::hls::{MediaPlaylist, Part, Rendition, Track, multivariant};
use lectern_recording::recording::{Output, Stored};
use lectern_testing::TempFolder;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::stage::{PATIENCE, Stage};

/// A capture and what came of it so far.
pub(crate) struct Watching {
    pub(crate) metrics: Metrics,
    capture: Capture,
    recorded: Arc<Mutex<Recorded>>,
    reader: JoinHandle<()>,
    _token: watch::Sender<String>,
}

/// All that came.
#[derive(Default)]
pub(crate) struct Recorded {
    files: BTreeMap<String, Bytes>,
    playlists: BTreeMap<Track, MediaPlaylist>,
    formats: BTreeMap<Track, Vec<Format>>,
    /// Segments with a picture that is not a copy, or with sound.
    segments: Vec<(Track, Duration, Duration)>,
    pub(crate) gaps: Vec<(Track, Gap)>,
    pub(crate) marks: Vec<(MarkKind, Duration)>,
    pub(crate) connections: Vec<Connection>,
}

impl Watching {
    pub(crate) fn start(stage: &Stage, whep: &str, begin: Duration) -> Self {
        let (token_sender, token) = watch::channel(stage.token(Role::Student));
        let metrics = Metrics::register(&prometheus::Registry::new()).unwrap();
        let (room, whep) = ("class".to_owned(), whep.parse().unwrap());
        let target = Target { room, whep, token, run: 1, begin, metrics: metrics.clone() };
        let (capture, mut captured) = Capture::start(target).unwrap();
        let recorded = Arc::new(Mutex::new(Recorded::default()));
        let into = Arc::clone(&recorded);
        let reader = tokio::spawn(async move {
            while let Some(captured) = captured.recv().await {
                into.lock().unwrap().take(captured);
            }
        });
        Self { metrics, capture, recorded, reader, _token: token_sender }
    }

    pub(crate) fn of(stage: &Stage) -> Self {
        Self::start(stage, &format!("http://{}/v1/rooms/class/whep", stage.http), Duration::from_secs(1000))
    }

    /// Waits until `condition` holds.
    pub(crate) async fn until(&self, what: &str, condition: impl Fn(&Recorded) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !condition(&self.recorded.lock().unwrap()) {
            assert!(Instant::now() < end, "in vain: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The clock of the recording.
    pub(crate) fn now(&self) -> Duration {
        self.capture.now()
    }

    pub(crate) async fn finish(self) -> (Recorded, Summary) {
        let summary = self.capture.finish().await;
        self.reader.await.expect("all outputs are as they should be");
        let mut recorded = Arc::into_inner(self.recorded).unwrap().into_inner().unwrap();
        recorded.playlists.values_mut().for_each(MediaPlaylist::end);
        (recorded, summary)
    }
}

impl Recorded {
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.gaps.is_empty() && self.marks.is_empty()
    }

    /// Segments of a track that show something new and end after `at`.
    pub(crate) fn segments_after(&self, track: Track, at: Duration) -> usize {
        self.segments.iter().filter(|(of, _, end)| *of == track && *end > at).count()
    }

    pub(crate) fn segments(&self, track: Track) -> usize {
        self.segments_after(track, Duration::ZERO)
    }

    /// How long a track is, and whether anything is missing in it.
    pub(crate) fn extent(&self, track: Track) -> (Duration, bool) {
        let parts = self.playlists[&track].parts();
        let (first, last) = (parts.first().unwrap(), parts.last().unwrap());
        (last.end() - first.start(), parts.iter().any(|part| matches!(part, Part::Gap { .. })))
    }

    pub(crate) fn codecs(&self, track: Track) -> Vec<&str> {
        self.formats.get(&track).map_or(Vec::new(), |formats| formats.iter().map(|f| f.codecs.as_str()).collect())
    }

    pub(crate) fn mark(&self, kind: MarkKind) -> Option<Duration> {
        self.marks.iter().rev().find(|(of, _)| *of == kind).map(|(_, at)| *at)
    }

    /// Holds all against CMAF and HLS.
    pub(crate) fn check(&self) {
        let (mut violations, mut tracks) = (Vec::new(), Vec::new());
        for (track, playlist) in &self.playlists {
            let name = track.playlist_name();
            let codecs = check_track(&name, &playlist.text(), |name| self.files.get(name).cloned(), &mut violations);
            tracks.push((name, codecs));
        }
        let rendition = |(track, formats): (&Track, &Vec<Format>)| Rendition {
            track: *track,
            codecs: formats.iter().map(|format| format.codecs.clone()).collect(),
            size: formats.iter().filter_map(Format::size).max(),
            peak_bps: 1_000_000,
            average_bps: 1_000_000,
        };
        let renditions: Vec<_> = self.formats.iter().map(rendition).collect();
        check_multivariant(&multivariant(&renditions).unwrap(), &tracks, &mut violations);
        assert!(violations.is_empty(), "{violations:#?}");
    }

    /// Frames that ffmpeg decodes of a track, without a word of complaint.
    pub(crate) fn decoded_frames(&self, track: Track, name: &str) -> u64 {
        let folder = TempFolder::new(name);
        let mut frames = 0;
        for (number, stretch) in self.stretches(track).into_iter().enumerate() {
            let file = folder.path().join(format!("{}-{number}.mp4", track.name()));
            std::fs::write(&file, stretch).unwrap();
            let output = Command::new("ffprobe")
                .args(["-v", "warning", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
                .arg(&file)
                .output()
                .expect("ffprobe (apt install ffmpeg)");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.trim().is_empty(), "{}: {said}", file.display());
            frames += String::from_utf8_lossy(&output.stdout).trim().trim_end_matches(',').parse::<u64>().unwrap();
        }
        frames
    }

    /// The parts of a track that one init segment is good for, each as one file.
    fn stretches(&self, track: Track) -> Vec<Vec<u8>> {
        let mut stretches: Vec<(&str, Vec<u8>)> = Vec::new();
        for part in self.playlists[&track].parts() {
            let Part::Segment(entry) = part else { continue };
            if stretches.last().is_none_or(|(init, _)| *init != entry.init_uri) {
                stretches.push((&entry.init_uri, self.files[&entry.init_uri].to_vec()));
            }
            stretches.last_mut().unwrap().1.extend_from_slice(&self.files[&entry.uri]);
        }
        stretches.into_iter().map(|(_, file)| file).collect()
    }

    fn take(&mut self, captured: Captured) {
        match captured {
            Captured::Output(Output::Init { name, bytes, .. }) => assert_eq!(self.files.insert(name, bytes), None),
            Captured::Output(Output::Segment(stored)) => self.store(stored),
            Captured::Output(Output::Gap(track, gap)) => self.gaps.push((track, gap)),
            Captured::Output(other) => panic!("{other:?} is not for the worker"),
            Captured::Mark(mark) => self.marks.push((mark.kind, mark.at)),
            Captured::Connection(connection) => self.connections.push(connection),
        }
    }

    fn store(&mut self, Stored { track, entry, format, held, bytes }: Stored) {
        assert!(self.files.contains_key(&entry.init_uri), "an init segment comes before it is used");
        assert_eq!(self.files.insert(entry.uri.clone(), bytes), None);
        if !held {
            self.segments.push((track, entry.start, entry.end));
        }
        let formats = self.formats.entry(track).or_default();
        if !formats.contains(&format) {
            formats.push(format);
        }
        self.playlists.entry(track).or_insert_with(|| MediaPlaylist::new(OffsetDateTime::UNIX_EPOCH)).push(entry);
    }
}
