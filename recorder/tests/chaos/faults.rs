//! What goes wrong in a class, by chance.

use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::class::Class;

/// How often something goes wrong in one class.
const TIMES: u32 = 3;

/// One thing that goes wrong for a while. Those of a recorder are most often the holder's: of the other they mean little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    KillRecorder(usize),
    FreezeRecorder(usize),
    CutOffFromSchool(usize),
    StallSchool(usize),
    CutOffFromStore(usize),
    StallStore(usize),
    LoseStore(usize),
    CutOffFromRoom(usize),
    StallRoom(usize),
    KillServer,
    FreezeServer,
}

/// Lets things go wrong, one or two at once, with all being well in between.
pub(crate) async fn inject(class: &mut Class, random: &mut StdRng) {
    for _ in 0..TIMES {
        pass(class, random.random_range(300..4_000)).await;
        let mut faults = vec![draw(class, random)];
        if random.random_bool(0.5) {
            let another = draw(class, random);
            faults.extend(Some(another).filter(|another| *another != faults[0]));
        }
        let lasts = random.random_range(100..5_000);
        class.log.push(format!("{:.1} s: {faults:?} for {lasts} ms", class.now().as_secs_f64()));
        let begins = class.now();
        for fault in &faults {
            fault.begin(class);
        }
        pass(class, lasts).await;
        for fault in &faults {
            fault.end(class).await;
        }
        class.outages.push(begins..class.now());
    }
}

fn draw(class: &Class, random: &mut StdRng) -> Fault {
    let holder = class.holder();
    let node = if random.random_bool(0.8) { holder } else { 1 - holder };
    use Fault::*;
    let all = [
        KillRecorder(node),
        KillRecorder(node),
        FreezeRecorder(node),
        FreezeRecorder(node),
        CutOffFromSchool(node),
        StallSchool(node),
        CutOffFromStore(node),
        StallStore(node),
        LoseStore(node),
        CutOffFromRoom(node),
        StallRoom(node),
        KillServer,
        FreezeServer,
    ];
    all[random.random_range(0..all.len())]
}

/// Time passes, and it is looked what is listed.
async fn pass(class: &mut Class, ms: u64) {
    let until = class.now() + Duration::from_millis(ms);
    while class.now() < until {
        tokio::time::sleep(Duration::from_millis(100).min(until.saturating_sub(class.now()))).await;
        class.listed().await;
    }
}

impl Fault {
    fn begin(self, class: &mut Class) {
        match self {
            Self::KillRecorder(node) => class.nodes[node].kill(),
            Self::FreezeRecorder(node) => class.nodes[node].signal("STOP"),
            Self::CutOffFromSchool(node) => class.nodes[node].school.cut(),
            Self::StallSchool(node) => class.nodes[node].school.stall(),
            Self::CutOffFromStore(node) => class.nodes[node].store.cut(),
            Self::StallStore(node) => class.nodes[node].store.stall(),
            Self::LoseStore(node) => class.nodes[node].store.lose(),
            Self::CutOffFromRoom(node) => class.nodes[node].medium.cut(),
            Self::StallRoom(node) => class.nodes[node].medium.stall(),
            Self::KillServer => {
                class.stage.kill();
                class.leave();
            }
            Self::FreezeServer => class.stage.signal("STOP"),
        }
    }

    async fn end(self, class: &mut Class) {
        match self {
            Self::KillRecorder(node) => class.nodes[node].restart(),
            Self::FreezeRecorder(node) => class.nodes[node].signal("CONT"),
            Self::CutOffFromSchool(node) | Self::StallSchool(node) => class.nodes[node].school.heal(),
            Self::CutOffFromStore(node) | Self::StallStore(node) => class.nodes[node].store.heal(),
            Self::LoseStore(_) => {}
            Self::CutOffFromRoom(node) | Self::StallRoom(node) => class.nodes[node].medium.heal(),
            Self::KillServer => {
                class.stage.restart().await;
                class.publish().await;
            }
            Self::FreezeServer => class.stage.signal("CONT"),
        }
    }
}
