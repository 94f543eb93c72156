//! The assumptions of the protocol and its parameters.

use std::time::Duration;

/// Assumptions about the service and other writers, and the waiting times.
///
/// Each method states an assumption and what depends on it.
#[derive(Clone, Debug)]
#[must_use]
pub struct ResolveOptions {
    pub(crate) late_execution: Duration,
    pub(crate) late_record: Duration,
    pub(crate) signature_age: Duration,
    pub(crate) clock_margin: Duration,
    pub(crate) sole_writer: bool,
    pub(crate) sees_account: bool,
    pub(crate) longest_pause: Option<Duration>,
    pub(crate) look_every: Duration,
    pub(crate) wait: Option<Duration>,
}

impl Default for ResolveOptions {
    fn default() -> Self {
        Self {
            late_execution: Duration::from_secs(120),
            late_record: Duration::from_secs(120),
            signature_age: Duration::from_secs(15 * 60),
            clock_margin: Duration::from_secs(60),
            sole_writer: false,
            sees_account: false,
            longest_pause: None,
            look_every: Duration::from_secs(10),
            wait: None,
        }
    }
}

impl ResolveOptions {
    /// The documented defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the time after the end of a request within which it may still be executed (L); two minutes by
    /// default. `NotExecuted` depends on it.
    pub fn late_execution(mut self, within: Duration) -> Self {
        self.late_execution = within;
        self
    }

    /// Sets the time after its execution within which a write may be missing in the records (D); two minutes
    /// by default. `NotExecuted` depends on it.
    pub fn late_record(mut self, within: Duration) -> Self {
        self.late_record = within;
        self
    }

    /// Sets the age above which the gateway refuses a signature (V); 15 minutes by default. Decisions about
    /// the writes of a process that is not known to be dead depend on it.
    pub fn signature_age(mut self, age: Duration) -> Self {
        self.signature_age = age;
        self
    }

    /// Sets the maximum difference between the times of records and of the gateway (M); one minute by
    /// default.
    pub fn clock_margin(mut self, margin: Duration) -> Self {
        self.clock_margin = margin;
        self
    }

    /// Declares that nothing outside this journal makes writes of the same target and amount while attempts are open: no
    /// person in the console, and no other program. One fitting record then proves execution. Not declared by default.
    pub fn sole_writer(mut self, declared: bool) -> Self {
        self.sole_writer = declared;
        self
    }

    /// Declares that the record query sees the account, so that an empty list proves absence even before a record of a known
    /// success was found. Not declared by default.
    pub fn sees_account(mut self, declared: bool) -> Self {
        self.sees_account = declared;
        self
    }

    /// Sets the longest time for which a process may be paused between `begin` and sending. Needed to decide about processes
    /// on other hosts where signatures do not expire, as with tokens.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = Some(pause);
        self
    }

    /// Sets the wait between the first two look-ups, ten seconds by default. Later waits double, up to two minutes, and the
    /// last look-up comes when everything has settled.
    pub fn look_every(mut self, wait: Duration) -> Self {
        self.look_every = wait;
        self
    }

    /// Gives `Pending` after this wait instead of waiting until the outcome is settled.
    pub fn wait(mut self, at_most: Duration) -> Self {
        self.wait = Some(at_most);
        self
    }

    /// The settling time after the end of a request: L + D.
    pub(crate) fn settle(&self) -> Duration {
        self.late_execution.saturating_add(self.late_record)
    }

    /// Returns the time after its signing time within which the gateway may accept a request.
    pub(crate) fn fence(&self, fenced: bool) -> Duration {
        let age = match (fenced, self.longest_pause) {
            (false, Some(pause)) => pause,
            _ => self.signature_age,
        };
        age.saturating_add(self.clock_margin)
    }
}

/// Options of a client with a journal for sending and resolving.
#[derive(Clone, Debug)]
#[must_use]
pub struct JournalOptions {
    pub(crate) resolve: ResolveOptions,
    pub(crate) sends: u32,
    pub(crate) send_within: Duration,
    pub(crate) deadline: Duration,
    pub(crate) memo_token: bool,
    pub(crate) check_fence: bool,
    pub(crate) account: Option<String>,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self {
            resolve: ResolveOptions::default(),
            sends: 5,
            send_within: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            memo_token: true,
            check_fence: true,
            account: None,
        }
    }
}

impl JournalOptions {
    /// The documented defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the options for resolving outcomes.
    pub fn resolve(mut self, options: ResolveOptions) -> Self {
        self.resolve = options;
        self
    }

    /// Gives `Pending` after this wait instead of waiting until an outcome is settled: [`ResolveOptions::wait`] of the options
    /// set by [`JournalOptions::resolve`].
    pub fn wait(mut self, at_most: Duration) -> Self {
        self.resolve = self.resolve.wait(at_most);
        self
    }

    /// Returns the options for resolving outcomes.
    pub fn resolve_options(&self) -> &ResolveOptions {
        &self.resolve
    }

    /// Sets the number of times that one call may send an attempt, each time only where every earlier send is
    /// proven not to have been executed; five by default, at least one.
    pub fn sends(mut self, sends: u32) -> Self {
        self.sends = sends.max(1);
        self
    }

    /// Sets the time after `begin` within which a request may be handed to the transport; ten seconds by
    /// default.
    pub fn send_within(mut self, limit: Duration) -> Self {
        self.send_within = limit;
        self
    }

    /// Sets the time limit of one send; one minute by default. Should be below
    /// [`ResolveOptions::late_execution`].
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// Whether a short token of the request id is appended to memos, so that records tell equal writes apart. On by default.
    pub fn memo_token(mut self, append: bool) -> Self {
        self.memo_token = append;
        self
    }

    /// Whether the client checks once that the gateway refuses old signatures, with a read that is signed in the past. On by
    /// default. Without the check, writes of processes that are not proven dead end undecided.
    pub fn check_fence(mut self, check: bool) -> Self {
        self.check_fence = check;
        self
    }

    /// The account that books belong to. By default the account id of the credentials, or their access key id. Name
    /// it where several keys of one account share a journal and the credentials do not know the account id.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }
}
