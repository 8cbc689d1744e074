//! A bucket of an object store that speaks S3.

use crate::{Error, Result};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Where a bucket is, and whose it is.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The folder in it that is ours; empty: all of it.
    pub folder: String,
    /// The address of the store, such as `https://s3.example.org`. None: Amazon's own.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// The name of the key that requests are signed with.
    pub key_id: String,
    /// That key.
    pub secret: SecretString,
}

impl Bucket {
    /// A client of the bucket; it connects at the first request, not before.
    pub(super) fn open(&self) -> Result<PrefixStore<AmazonS3>> {
        crate::settings::choose_ciphers();
        // Whoever looks waits for twenty seconds at most: the last that is tried again has its answer within that.
        let patience = RetryConfig {
            backoff: BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(2), base: 2.0 },
            max_retries: 4,
            retry_timeout: Duration::from_secs(6),
        };
        let plain = self.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let client = ClientOptions::new()
            .with_connect_timeout(Duration::from_secs(3))
            .with_timeout(Duration::from_secs(12))
            .with_allow_http(plain);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_region(&self.region)
            .with_access_key_id(&self.key_id)
            .with_secret_access_key(self.secret.expose_secret())
            .with_retry(patience)
            .with_client_options(client);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        Ok(PrefixStore::new(builder.build().map_err(Error::from)?, self.folder.as_str()))
    }
}
