//! Where materials are kept: a folder, or a bucket with its key.

use super::{ConfigError, Values, wrong};
use backend::files::{Bucket, StorePlace};
use secrecy::SecretString;
use std::path::Path;
use url::Url;

/// Reads where materials are kept.
pub fn find(values: &Values, data: &Path) -> Result<StorePlace, ConfigError> {
    let Some(text) = values.find("BEIAN_STORE_URL") else { return Ok(StorePlace::Folder(data.join("files"))) };
    // Who writes a key into it all the same does not find it in a log.
    let like = "set it to a folder or a bucket, such as file:///srv/beian/files or s3://bucket/folder, or leave it out.";
    let Ok(url) = Url::parse(text) else { return wrong(format!("BEIAN_STORE_URL is not an address: {like}")) };
    match (url.scheme(), url.to_file_path()) {
        ("file", Ok(path)) => Ok(StorePlace::Folder(path)),
        ("s3", _) => Ok(StorePlace::Bucket(find_bucket(values, &url)?)),
        _ => wrong(format!("BEIAN_STORE_URL is neither a file:// of this machine nor an s3://: {like}")),
    }
}

fn find_bucket(values: &Values, url: &Url) -> Result<Bucket, ConfigError> {
    let name = url.host_str().unwrap_or_default();
    let is_bare = url.username().is_empty() && url.password().is_none() && url.port().is_none() && url.query().is_none();
    if name.is_empty() || !is_bare || url.fragment().is_some() {
        return wrong(
            "BEIAN_STORE_URL is more or less than s3://bucket/folder: the store's address goes into BEIAN_S3_ENDPOINT, the key into BEIAN_S3_KEY_ID and BEIAN_S3_SECRET.",
        );
    }
    let endpoint = match values.find("BEIAN_S3_ENDPOINT") {
        Some(text) if Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some()) => {
            Some(text.trim_end_matches('/').to_owned())
        }
        Some(_) => {
            return wrong(
                "BEIAN_S3_ENDPOINT is not an address: set it to the store's, such as https://s3.example.org, or leave it out for Amazon's.",
            );
        }
        None => None,
    };
    let needed = |setting| match values.find(setting) {
        Some(text) => Ok(text.to_owned()),
        None => wrong(format!("{setting} is not set, but BEIAN_STORE_URL is a bucket: set it to what the store gave you.")),
    };
    Ok(Bucket {
        name: name.to_owned(),
        folder: url.path().trim_matches('/').to_owned(),
        endpoint,
        region: values.find("BEIAN_S3_REGION").unwrap_or("us-east-1").to_owned(),
        key_id: needed("BEIAN_S3_KEY_ID")?,
        secret: SecretString::from(needed("BEIAN_S3_SECRET")?),
    })
}
