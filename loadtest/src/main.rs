//! The command line of the load generator.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use hyper::Uri;
use lectern_client::VideoCodec;
use lectern_loadtest::bench::{self, BenchPlan};
use lectern_loadtest::crowd::Makeup;
use lectern_loadtest::floor;
use lectern_loadtest::ivf::Movie;
use lectern_loadtest::publisher::Programme;
use lectern_loadtest::recorder;
use lectern_loadtest::recorder::bench::RecorderBenchPlan;
use lectern_loadtest::room;
use lectern_loadtest::room::bench::{Contender, RoomBenchPlan};
use lectern_loadtest::room::dialect::Dialect;
use lectern_loadtest::room::run::RoomPlan;
use lectern_loadtest::run::{Plan, RunError, run};
use lectern_loadtest::school;
use lectern_loadtest::school::bench::SchoolBenchPlan;
use lectern_loadtest::school::run::SchoolPlan;
use lectern_loadtest::target::Target;
use lectern_platform::open_files;

/// Publishers and viewers in thousands against any WHIP/WHEP server; participants in thousands in a room; a school's students.
///
/// Prints one JSON object per run on stdout, and what a person wants to read on stderr.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure the bare loop of seal and send that no server can beat
    Floor(FloorArgs),
    /// One publisher and many viewers: cost per packet, loss, delay, memory
    Fanout(RunArgs),
    /// Many viewers at once: how long until all see, and what it costs the publisher
    Storm(RunArgs),
    /// Thousands of participants in one room: chat, a vote, churn, everybody's reconnection
    Room(RoomArgs),
    /// Thousands of students: heartbeats of players, portfolios, quiz answers, event streams
    School(SchoolArgs),
    /// Start Lectern itself and measure it against its bars
    Bench(BenchArgs),
}

#[derive(Args)]
struct FloorArgs {
    /// How many receivers the packets go to
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=20_000))]
    receivers: u16,
    /// How long each variant sends
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
}

#[derive(Args)]
struct RunArgs {
    /// The room, http://HOST:PORT/v1/rooms/ROOM; the publisher goes to /whip/camera in it, viewers to /whep
    #[arg(long, required_unless_present_all = ["whip", "whep"])]
    url: Option<String>,
    /// Where to publish, if not below --url
    #[arg(long)]
    whip: Option<Uri>,
    /// Where to watch, if not below --url
    #[arg(long)]
    whep: Option<Uri>,
    /// Bearer token of the publisher; or in the environment, as LECTERN_PUBLISHER_TOKEN
    #[arg(long)]
    publisher_token: Option<String>,
    /// Bearer token of the viewers; or in the environment, as LECTERN_VIEWER_TOKEN
    #[arg(long)]
    viewer_token: Option<String>,
    /// How many watch
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=20_000))]
    viewers: u16,
    /// The steady window that is measured; 0 is none (a storm's default)
    #[arg(long)]
    seconds: Option<u16>,
    /// The server's process on this machine, to measure its CPU time and memory
    #[arg(long)]
    server_pid: Option<u32>,
    /// The server's Prometheus page, to hold its account against this one
    #[arg(long)]
    metrics_url: Option<Uri>,
    /// What the synthetic picture is encoded with
    #[arg(long, default_value = "vp8", value_parser = PossibleValuesParser::new(["vp8", "h264"]).try_map(|name| name.parse::<VideoCodec>()))]
    codec: VideoCodec,
    /// Send three layers (q, h, f) instead of one stream
    #[arg(long, conflicts_with = "ivf")]
    simulcast: bool,
    /// Play this file (VP8, VP9 or AV1 in IVF, or H.264) instead of the synthetic picture; delay is then measured on the voice alone
    #[arg(long)]
    ivf: Option<PathBuf>,
    /// Viewers offer one picture and one voice instead of two and four
    #[arg(long)]
    plain: bool,
    /// How many viewers decrypt everything, compare it with what was sent and measure delay
    #[arg(long, default_value_t = bench::SAMPLE)]
    decrypt_sample: usize,
    /// Those ask for what is missing (NACK)
    #[arg(long)]
    nack: bool,
    /// Offers under way at once; 32 for a fanout, all for a storm, if not given
    #[arg(long)]
    concurrency: Option<usize>,
    /// Threads for the viewers that are not sampled
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// How long joining may take, seconds
    #[arg(long, default_value_t = 60)]
    patience: u64,
    /// Measure the bare loop first
    #[arg(long)]
    floor: bool,
}

#[derive(Args)]
struct RoomArgs {
    /// A server, http://HOST:PORT; participants are spread over all that are named
    #[arg(long, required = true)]
    url: Vec<Uri>,
    /// The room
    #[arg(long, default_value = "loadtest")]
    room: String,
    /// The folder of the key that tokens are signed with, `keys` in the data folder of `lectern dev`
    #[arg(long)]
    keys: Option<PathBuf>,
    /// What the servers are
    #[arg(long, value_enum, default_value_t = Peer::Lectern)]
    peer: Peer,
    /// How many participants: a tutor and students
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u16).range(2..=20_000))]
    sockets: u16,
    /// Chat messages a second
    #[arg(long, default_value_t = 10.0)]
    rate: f64,
    /// Students who write them in turn
    #[arg(long, default_value_t = 50)]
    writers: usize,
    /// How long the chat is measured, seconds
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// How long guests come and go, seconds; 0 is not at all
    #[arg(long, default_value_t = 15)]
    churn_seconds: u64,
    /// How many of them come, and go, a minute
    #[arg(long, default_value_t = 1000.0)]
    churn: f64,
    /// Connections under way at once
    #[arg(long, default_value_t = room::bench::AT_ONCE)]
    concurrency: usize,
    /// A server's process on this machine, to measure CPU time and memory; one for each
    #[arg(long)]
    server_pid: Vec<u32>,
    /// Redis' process on this machine
    #[arg(long)]
    redis_pid: Option<u32>,
    /// Measure the bare loop before and after
    #[arg(long)]
    floor: bool,
}

#[derive(Args)]
struct SchoolArgs {
    /// The servers' addresses, HOST:PORT; what happens at the first is heard at the last
    #[arg(long, required = true)]
    url: Vec<std::net::SocketAddr>,
    /// The folder of the key that access tokens are signed with
    #[arg(long)]
    keys: PathBuf,
    /// The servers' database, in which people and courses are made: one for tests alone
    #[arg(long)]
    database: String,
    /// The first server's process on this machine, to measure CPU time
    #[arg(long)]
    server_pid: Option<u32>,
    /// The last server's, to measure memory
    #[arg(long)]
    stream_server_pid: Option<u32>,
    /// The process of Postgres on this machine
    #[arg(long)]
    postgres_pid: Option<u32>,
    #[command(flatten)]
    size: SchoolSize,
}

#[derive(Args)]
struct SchoolSize {
    /// Students of the school
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(10..=200_000))]
    students: u32,
    /// Heartbeats of players a second; more than the bar, since the last are answered when the time is over
    #[arg(long, default_value_t = 5_300.0)]
    heartbeats: f64,
    /// Portfolio reads a second; as above
    #[arg(long, default_value_t = 10_100.0)]
    portfolios: f64,
    /// Quiz answers a second
    #[arg(long, default_value_t = 500.0)]
    answers: f64,
    /// Open event streams; 0 is none
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u16).range(0..=20_000))]
    streams: u16,
}

impl SchoolSize {
    fn plan(&self, window: Duration) -> SchoolPlan {
        SchoolPlan {
            students: self.students as usize,
            heartbeats_per_s: self.heartbeats,
            portfolios_per_s: self.portfolios,
            answers_per_s: self.answers,
            streams: usize::from(self.streams),
            window,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Peer {
    /// Lectern's rooms
    Lectern,
    /// Socket.IO, as in loadtest/peers/socketio
    Socketio,
    /// Fastify, as in loadtest/peers/fastify
    Fastify,
}

#[derive(Args)]
struct BenchArgs {
    /// Which
    #[arg(value_enum, default_value_t = Which::All)]
    which: Which,
    /// Viewers of each fan-out
    #[arg(long, value_delimiter = ',', default_values_t = [100, 500, 1000])]
    viewers: Vec<usize>,
    /// Viewers of each storm
    #[arg(long, value_delimiter = ',', default_values_t = [1000])]
    storm_viewers: Vec<usize>,
    /// The steady window of a fan-out, seconds
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// The program to start; `lectern` beside this one, if not given. `lectern-signalling` is beside it
    #[arg(long)]
    server: Option<PathBuf>,
    /// Participants in the room
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u16).range(2..=20_000))]
    sockets: u16,
    /// One node (`lectern dev`), two over Redis, or both
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2], value_parser = clap::value_parser!(u8).range(1..=2))]
    nodes: Vec<u8>,
    /// Measure this beside Lectern's room, or its school
    #[arg(long, value_enum)]
    peer: Option<Peer>,
    /// The folder of the peers
    #[arg(long, default_value = "loadtest/peers")]
    peers: PathBuf,
    #[command(flatten)]
    school: SchoolSize,
    /// Rooms that are recorded at once
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=200))]
    rooms: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// A steady audience
    Fanout,
    /// Everybody at once
    Storm,
    /// Both of these
    All,
    /// The room: chat, a vote, churn, everybody's reconnection
    Room,
    /// The school: heartbeats, portfolios, quiz answers, event streams
    School,
    /// The recorder: rooms with camera, screen and voice, and a kill
    Recorder,
}

/// Files for a viewer's socket each, and everything else.
const SPARE_FILES: u64 = 512;
/// How long each thing is measured at a school that runs already.
const SCHOOL_WINDOW: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let result = match command {
        Command::Floor(args) => run_floor(&args),
        Command::Fanout(args) => block_on(run_one("fanout", args)),
        Command::Storm(args) => block_on(run_one("storm", args)),
        Command::Room(args) => run_room(args),
        Command::School(args) => run_school(&args),
        Command::Bench(args) if args.which == Which::School => block_on(run_school_bench(args)),
        Command::Bench(args) if args.which == Which::Recorder => block_on(run_recorder_bench(args)),
        Command::Bench(args) if args.which == Which::Room => block_on(run_room_bench(args)),
        Command::Bench(args) => block_on(run_bench(args)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lectern-loadtest: {error}");
            ExitCode::FAILURE
        }
    }
}

/// HTTP needs one thread; media has its own.
fn block_on(work: impl Future<Output = Result<(), RunError>>) -> Result<(), RunError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

fn run_floor(args: &FloorArgs) -> Result<(), RunError> {
    open_files::raise(u64::from(args.receivers) + SPARE_FILES);
    let floor = floor::measure_all(usize::from(args.receivers), Duration::from_secs(u64::from(args.seconds)))?;
    let rows = [
        ("seal alone", floor.seal),
        ("sendto", floor.sendto),
        ("sendmmsg", floor.sendmmsg),
        ("gso", floor.gso),
        ("gso + sendmmsg", floor.gso_sendmmsg),
    ];
    eprintln!("CPU seconds per million packets, {} receivers", args.receivers);
    for (name, cost) in rows {
        eprintln!("  {name:<16}{cost:>6.2}");
    }
    println!(
        "{}",
        serde_json::json!({
            "bench": "floor",
            "receivers": args.receivers,
            "floor_cpu_s_per_mpkt": floor.gso_sendmmsg,
            "variants": { "seal": floor.seal, "sendto": floor.sendto, "sendmmsg": floor.sendmmsg, "gso": floor.gso,
                "gso+sendmmsg": floor.gso_sendmmsg },
            "receiver_drops": floor.receiver_drops,
            "unsent": floor.unsent,
        })
    );
    Ok(())
}

async fn run_one(bench: &'static str, args: RunArgs) -> Result<(), RunError> {
    let viewers = usize::from(args.viewers);
    open_files::raise(u64::from(args.viewers) * 2 + SPARE_FILES);
    let floor = if args.floor { Some(floor::measure_best(viewers, Duration::from_secs(4))?) } else { None };
    let movie = args.ivf.as_deref().map(Movie::open).transpose()?;
    let is_storm = bench == "storm";
    let makeup = Makeup {
        viewers,
        sampled: args.decrypt_sample.min(viewers),
        slots: if args.plain { (1, 1) } else { (2, 4) },
        concurrency: args.concurrency.unwrap_or(if is_storm { viewers } else { 32 }),
        threads: args.threads,
        nack: args.nack,
        stamped: movie.is_none(),
        patience: Duration::from_secs(args.patience),
    };
    let programme = Programme { codec: args.codec, simulcast: args.simulcast, movie };
    let window = Duration::from_secs(u64::from(args.seconds.unwrap_or(if is_storm { 0 } else { 20 })));
    let report = run(&target(args)?, &Plan { bench, makeup, programme, window, floor }).await?;
    report.print();
    Ok(())
}

fn target(args: RunArgs) -> Result<Target, RunError> {
    let below = |path: &str| {
        let room = args.url.as_deref().unwrap_or_default().trim_end_matches('/');
        format!("{room}{path}").parse::<Uri>()
    };
    Ok(Target {
        whip: args.whip.clone().map_or_else(|| below("/whip/camera"), Ok)?,
        whep: args.whep.clone().map_or_else(|| below("/whep"), Ok)?,
        publisher_token: args.publisher_token.or_else(|| std::env::var("LECTERN_PUBLISHER_TOKEN").ok()),
        viewer_token: args.viewer_token.or_else(|| std::env::var("LECTERN_VIEWER_TOKEN").ok()),
        pid: args.server_pid,
        metrics: args.metrics_url,
    })
}

fn run_room(args: RoomArgs) -> Result<(), RunError> {
    open_files_for(args.sockets)?;
    let plan = RoomPlan {
        dialect: match args.peer {
            Peer::Lectern => Dialect::Lectern,
            Peer::Socketio => Dialect::SocketIo,
            Peer::Fastify => return Err("Fastify has no rooms".into()),
        },
        servers: args.url,
        room: args.room,
        keys: args.keys,
        students: usize::from(args.sockets) - 1,
        messages_per_s: args.rate,
        writers: args.writers,
        window: Duration::from_secs(args.seconds),
        churn: Duration::from_secs(args.churn_seconds),
        churn_per_minute: args.churn,
        at_once: args.concurrency,
        patience: room::bench::PATIENCE,
        pids: args.server_pid,
        redis_pid: args.redis_pid,
        floor: args.floor,
    };
    room::run::run(&plan)?.print();
    Ok(())
}

async fn run_room_bench(args: BenchArgs) -> Result<(), RunError> {
    open_files_for(args.sockets)?;
    let program = args.server.map_or_else(std::env::current_exe, Ok)?;
    let mut contenders: Vec<_> =
        args.nodes.iter().map(|nodes| if *nodes == 1 { Contender::OneNode } else { Contender::TwoNodes }).collect();
    if args.peer == Some(Peer::Socketio) {
        contenders.push(Contender::SocketIo);
    }
    let plan = RoomBenchPlan {
        programs: program.with_file_name(""),
        peers: args.peers,
        contenders,
        sockets: usize::from(args.sockets),
        window: Duration::from_secs(args.seconds),
    };
    room::bench::bench(&plan).await?;
    Ok(())
}

fn run_school(args: &SchoolArgs) -> Result<(), RunError> {
    open_files_for(args.size.streams)?;
    let target = school::run::Target {
        servers: args.url.clone(),
        keys: args.keys.clone(),
        database: args.database.clone(),
        pid: args.server_pid,
        stream_pid: args.stream_server_pid,
        postgres_pid: args.postgres_pid,
    };
    school::run::run(&args.size.plan(SCHOOL_WINDOW), &target)?.print();
    Ok(())
}

async fn run_recorder_bench(args: BenchArgs) -> Result<(), RunError> {
    let program = args.server.map_or_else(std::env::current_exe, Ok)?;
    let plan = RecorderBenchPlan {
        programs: program.with_file_name(""),
        rooms: usize::from(args.rooms),
        window: Duration::from_secs(args.seconds),
    };
    recorder::bench::bench(&plan).await?;
    Ok(())
}

async fn run_school_bench(args: BenchArgs) -> Result<(), RunError> {
    open_files_for(args.school.streams)?;
    let program = args.server.map_or_else(std::env::current_exe, Ok)?;
    let plan = SchoolBenchPlan {
        programs: program.with_file_name(""),
        peers: args.peers,
        fastify: args.peer == Some(Peer::Fastify),
        school: args.school.plan(Duration::from_secs(args.seconds)),
    };
    school::bench::bench(&plan).await?;
    Ok(())
}

/// The bare loop has both ends of each connection in this process.
fn open_files_for(sockets: u16) -> Result<(), RunError> {
    let wanted = u64::from(sockets) * 2 + SPARE_FILES;
    let limit = open_files::raise(wanted);
    if limit < wanted {
        return Err(format!("{wanted} files have to be open at once, and the limit is {limit}: see `ulimit -n`").into());
    }
    Ok(())
}

async fn run_bench(args: BenchArgs) -> Result<(), RunError> {
    let (fanout, storm) = match args.which {
        Which::Fanout => (args.viewers, Vec::new()),
        Which::Storm => (Vec::new(), args.storm_viewers),
        Which::All => (args.viewers, args.storm_viewers),
        Which::Room | Which::School | Which::Recorder => (Vec::new(), Vec::new()),
    };
    let largest = fanout.iter().chain(&storm).max().copied().unwrap_or(0);
    open_files::raise(largest as u64 * 2 + SPARE_FILES);
    let program = match args.server {
        Some(program) => program,
        None => std::env::current_exe()?.with_file_name("lectern"),
    };
    let window = Duration::from_secs(args.seconds);
    bench::bench(&BenchPlan { program, fanout, storm, window }).await?;
    Ok(())
}
