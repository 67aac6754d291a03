//! Threads: cores, CPU time.

use std::io;
use std::time::Duration;

use crate::check;

/// Keeps the calling thread on one core (counted from 0).
///
/// # Errors
/// `InvalidInput` when there is no such core or the process may not use it.
pub fn pin_thread(cpu: usize) -> io::Result<()> {
    if cpu >= libc::CPU_SETSIZE as usize {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // SAFETY: a set of zeros is a valid, empty one.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: `cpu` is within the set, as checked above.
    unsafe { libc::CPU_SET(cpu, &mut set) };
    // SAFETY: thread 0 is the caller; the kernel reads `sizeof(cpu_set_t)` bytes of `set`.
    check(unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) }).map(drop)
}

/// CPU time that the calling thread has used since it started.
#[must_use]
pub fn thread_cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec`, which lives through the call. The clock exists on every Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_passes_with_work() {
        let before = thread_cpu_time();
        let mut sum = 0u64;
        while thread_cpu_time() == before {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(thread_cpu_time() > before);
    }

    #[test]
    fn a_thread_can_be_pinned_to_a_core_that_exists() {
        std::thread::spawn(|| {
            assert!(pin_thread(usize::MAX).is_err());
            assert!(pin_thread(1_023).is_err() || std::thread::available_parallelism().unwrap().get() > 1_000);
        })
        .join()
        .unwrap();
    }
}
