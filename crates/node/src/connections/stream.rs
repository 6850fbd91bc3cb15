//! The bytes of a connection: who lets whom wait.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::entry::{Entry, Phase};
use super::registry::Registry;

/// A stream that tells its entry what it waits for; dropped with its connection.
pub struct Watched<T> {
    stream: T,
    /// The connection as the registry knows it.
    pub entry: Arc<Entry>,
    /// Where the connection is known.
    pub registry: Arc<Registry>,
}

impl<T> Watched<T> {
    /// Watches a stream that was just accepted.
    pub fn new(stream: T, entry: Arc<Entry>, registry: Arc<Registry>) -> Self {
        Self {
            stream,
            entry,
            registry,
        }
    }

    /// A writer is blocked from the first byte that finds no room until another one does.
    fn wrote<V>(&self, polled: Poll<V>) -> Poll<V> {
        match polled {
            Poll::Pending => self.entry.blocked(self.registry.now_ms()),
            Poll::Ready(_) => self.entry.taken(),
        }
        polled
    }
}

impl<T> Drop for Watched<T> {
    fn drop(&mut self) {
        self.registry.leave(&self.entry);
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        // The deadline of a head runs from its first byte: one byte now and then does not put it off.
        if buf.filled().len() > before && self.entry.state().0 == Phase::Idle {
            self.entry.enter(Phase::Head, self.registry.now_ms());
        }
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(polled)
    }

    /// The HTTP library flushes only what it has written to its end.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        if polled.is_ready() && self.entry.state().0 == Phase::Leaving {
            self.entry.enter(Phase::Idle, self.registry.now_ms());
            self.registry.answered(&self.entry);
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
