//! The client as a service of tower.

use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tower_service::Service;

use super::{Client, Response};
use crate::{error::Error, operation::Operation};

/// Sends operations, so that layers of tower can stand around the client. Needs the feature `tower`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use huaweicloud_partner::resellers::ListResellers;
/// use tower::{ServiceBuilder, ServiceExt as _};
///
/// # let client = huaweicloud_partner_sandbox::Sandbox::small_distributor().client("distributor")?;
/// let limited = ServiceBuilder::new().concurrency_limit(4).service(client);
/// let page = limited.oneshot(ListResellers::new()).await?;
/// println!("{:?} resellers", page.count);
/// # Ok(()) }
/// ```
impl<O> Service<O> for Client
where
    O: Operation + Send + Sync + 'static,
    O::Output: Send,
{
    type Response = Response<O::Output>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response, Error>>;

    /// Ready at once: limits are waited for in the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, operation: O) -> Self::Future {
        let client = self.clone();
        Box::pin(async move { client.send(&operation).await })
    }
}
