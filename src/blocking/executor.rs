//! Runs futures on the calling thread, with timers and connections on a thread in the background.

use std::{
    future::poll_fn,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use futures_util::task::AtomicWaker;
use tokio::runtime::{self, Handle};

/// A thread with a tokio runtime on it. It ends soon after this is dropped; the drop does not wait for that, so it is safe
/// in async code, where tokio forbids to drop a runtime.
#[derive(Debug)]
pub(super) struct Executor {
    handle: Handle,
    stop: Arc<Stop>,
}

#[derive(Debug, Default)]
struct Stop {
    stopped: AtomicBool,
    waker: AtomicWaker,
}

impl Executor {
    /// Starts the thread.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(super) fn start() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let stop = Arc::new(Stop::default());
        let stopping = Arc::clone(&stop);
        thread::Builder::new().name("huaweicloud-partner".into()).spawn(move || {
            runtime.block_on(poll_fn(|context| {
                stopping.waker.register(context.waker());
                if stopping.stopped.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
            }));
        })?;
        Ok(Self { handle, stop })
    }

    /// Polls a future on this thread until it ends.
    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        let _entered = self.handle.enter();
        let unpark = Arc::new(Unpark { thread: thread::current(), woken: AtomicBool::new(false) });
        let waker = Waker::from(Arc::clone(&unpark));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            while !unpark.woken.swap(false, Ordering::Acquire) {
                thread::park();
            }
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.stop.stopped.store(true, Ordering::Release);
        self.stop.waker.wake();
    }
}

struct Unpark {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}
