//! A listener on loopback addresses whose connections a fault can cut.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// Accepts connections, each with a switch that cuts it.
pub(crate) struct Loopback {
    listener: TcpListener,
    open: Arc<AtomicUsize>,
}

impl Loopback {
    /// `open` is how many connections there are.
    pub(crate) fn new(listener: TcpListener, open: Arc<AtomicUsize>) -> Self {
        Self { listener, open }
    }
}

impl Listener for Loopback {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, addr)) => {
                    // Without it Nagle's algorithm and delayed acknowledgements cost 40 ms per small answer.
                    stream.set_nodelay(true).ok();
                    self.open.fetch_add(1, Ordering::AcqRel);
                    return (Wire { stream, cut: Cut::default(), open: Arc::clone(&self.open) }, addr);
                }
                // Out of descriptors, for example: what helps is that other connections end.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Cuts a connection: nothing more is written to it, and it is reset.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    pub(crate) fn now(&self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Connected<IncomingStream<'_, Loopback>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().cut.clone()
    }
}

/// A connection.
pub(crate) struct Wire {
    stream: TcpStream,
    cut: Cut,
    open: Arc<AtomicUsize>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.cut.0.load(Ordering::Acquire) {
            // A reset (RST) in place of an orderly end; if it cannot be had, the end is orderly.
            self.stream.set_zero_linger().ok();
        }
        self.open.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        if self.cut.0.load(Ordering::Acquire) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
