//! The command line of the load generator.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use lectern_loadtest::floor;

/// Publishers and viewers in thousands against any WHIP/WHEP server.
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

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let result = match command {
        Command::Floor(args) => run_floor(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lectern-loadtest: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_floor(args: &FloorArgs) -> Result<(), Box<dyn std::error::Error>> {
    lectern_udp::raise_open_files(u64::from(args.receivers) + 256)?;
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
