//! A diagnosis from its start to its result.

use std::time::Duration;

use super::Tickets;
use crate::{
    api::tickets::{Diagnosis, ShowDiagnosis, StartDiagnosis},
    error::{Error, ErrorKind},
    operation::Operation as _,
};

/// A handle for a diagnosis that was started.
#[derive(Clone, Debug)]
pub struct DiagnosisRun {
    tickets: Tickets,
    job: String,
}

impl Tickets {
    /// Starts a diagnosis.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn diagnose(&self, request: StartDiagnosis) -> Result<DiagnosisRun, Error> {
        let started = self.client().send(&request).await?.into_inner();
        Ok(self.diagnosis(started.job_id))
    }

    /// A handle for a diagnosis that was started earlier; nothing is sent.
    pub fn diagnosis(&self, job: impl Into<String>) -> DiagnosisRun {
        DiagnosisRun { tickets: self.clone(), job: job.into() }
    }
}

impl DiagnosisRun {
    /// The id of the job, to find the diagnosis again with [`Tickets::diagnosis`].
    pub fn job(&self) -> &str {
        &self.job
    }

    /// Reads the current state of the diagnosis.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn show(&self) -> Result<Diagnosis, Error> {
        let request = ShowDiagnosis::new().job_id(self.job.as_str());
        Ok(self.tickets.client().send(&request).await?.into_inner())
    }

    /// Waits until the diagnosis has ended, polling every two seconds at first and every fifteen seconds later. The
    /// returned status says whether it finished or failed.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`] where it has not ended within `limit`: it continues, and can be waited for again.
    /// Otherwise as for [`Client::send`](crate::Client::send).
    pub async fn wait(&self, limit: Duration) -> Result<Diagnosis, Error> {
        let clock = self.tickets.client().clock();
        let end = clock.elapsed().saturating_add(limit);
        let mut pause = Duration::from_secs(2);
        loop {
            let diagnosis = self.show().await?;
            if diagnosis.status.is_some_and(|status| status.is_over()) {
                return Ok(diagnosis);
            }
            if clock.elapsed() + pause > end {
                let message = format!("the diagnosis is not over yet, its status is {:?}", diagnosis.status);
                return Err(
                    Error::new(ErrorKind::TimedOut, ShowDiagnosis::META.name, message).with_retryable(true)
                );
            }
            clock.sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_secs(15));
        }
    }
}
