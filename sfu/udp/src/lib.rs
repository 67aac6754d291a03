//! The system calls of the media path: recvmmsg with GRO, sendmmsg with GSO, epoll.
