//! The system calls of the media path: recvmmsg with GRO, sendmmsg with GSO, epoll.
//!
//! Linux only, and the one crate of the workspace with `unsafe` code. Everything public is safe: buffers belong to the
//! batches, what the kernel needs beside them (headers, addresses, control messages) is built on the stack of the call
//! that uses it, so that no pointer outlives a system call.
//!
//! Nothing here allocates after construction, and nothing blocks but [`Epoll::wait`] and, for 2 ms at most,
//! [`SendBatch::flush`].
#![allow(unsafe_code)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod epoll;
mod process;
mod recv;
mod send;
mod sockaddr;
mod socket;

pub use epoll::{Epoll, Event, EventFd, Events, Interest};
pub use process::{pin_thread, thread_cpu_time};
pub use recv::{RecvBatch, RecvStats};
pub use send::{SendBatch, SendStats, TRAIN_BYTES_MAX, TRAIN_SEGMENTS_MAX, TRAINS_MAX};
pub use socket::{SocketOptions, UdpSocket};

use std::io;
use std::os::fd::RawFd;

/// Turns a system call's `-1` into the error it stands for.
fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Sets a socket option that is an `int`.
fn set_option(fd: RawFd, level: libc::c_int, name: libc::c_int, value: libc::c_int) -> io::Result<()> {
    // SAFETY: the kernel reads `sizeof(int)` bytes of `value`, which lives through the call.
    check(unsafe { libc::setsockopt(fd, level, name, (&raw const value).cast(), size_of::<libc::c_int>() as u32) })
        .map(drop)
}

/// Reads a socket option that is an `int`.
fn option(fd: RawFd, level: libc::c_int, name: libc::c_int) -> io::Result<libc::c_int> {
    let mut value: libc::c_int = 0;
    let mut len = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `len` bytes, the size of `value`; both live through the call.
    check(unsafe { libc::getsockopt(fd, level, name, (&raw mut value).cast(), &raw mut len) })?;
    Ok(value)
}
