//! A diagnosis from its start to its end.

use std::time::Duration;

use super::TicketDesk;
use crate::{
    error::{Error, ErrorKind},
    operation::Operation as _,
    tickets::{Diagnosis, ShowDiagnosis, StartDiagnosis},
};

/// A diagnosis that was started.
#[derive(Clone, Debug)]
pub struct DiagnosisRun {
    desk: TicketDesk,
    job: String,
}

impl TicketDesk {
    /// Starts a diagnosis.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn diagnose(&self, request: StartDiagnosis) -> Result<DiagnosisRun, Error> {
        let started = self.client().send(&request).await?.into_inner();
        Ok(self.diagnosis(started.job_id))
    }

    /// A diagnosis that runs already.
    pub fn diagnosis(&self, job: impl Into<String>) -> DiagnosisRun {
        DiagnosisRun { desk: self.clone(), job: job.into() }
    }
}

impl DiagnosisRun {
    /// The job, to find the diagnosis again with [`TicketDesk::diagnosis`].
    pub fn job(&self) -> &str {
        &self.job
    }

    /// How it stands.
    ///
    /// # Errors
    /// As for [`Client::send`](crate::Client::send).
    pub async fn show(&self) -> Result<Diagnosis, Error> {
        let request = ShowDiagnosis::new().job_id(self.job.as_str());
        Ok(self.desk.client().send(&request).await?.into_inner())
    }

    /// Waits until it is over, asking every two seconds at first and every fifteen later. Its status tells whether it
    /// finished or failed.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`] where it is not over within `limit`: it goes on, and can be waited for again. Else as for
    /// [`Client::send`](crate::Client::send).
    pub async fn wait(&self, limit: Duration) -> Result<Diagnosis, Error> {
        let clock = self.desk.client().clock();
        let end = clock.elapsed().saturating_add(limit);
        let mut pause = Duration::from_secs(2);
        loop {
            let diagnosis = self.show().await?;
            if diagnosis.status.is_over() {
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
