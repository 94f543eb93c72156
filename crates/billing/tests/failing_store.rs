//! An object store that fails at any operation: a month is what it was before or what it is after an export, never half of
//! both, and the next export completes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::Path as FilePath,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use huaweicloud_partner::types::BillCycle;
use huaweicloud_partner_billing::{
    Error, MonthEnd, Outcome,
    export::{Format, Manifest, local_directory, remove_unfinished_files},
};
use huaweicloud_partner_sandbox::SandboxEvent;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult, UploadPart,
    memory::InMemory, path::Path,
};
use support::worlds::{self, World};

type Stored<T> = Result<T, object_store::Error>;

/// Fault of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The operation is not executed.
    NotExecuted,
    /// The operation is executed, and the response is lost.
    ResponseLost,
    /// The operation is not executed, nor is any later one.
    Down,
}

/// Decides which operation fails.
#[derive(Clone, Debug)]
struct Faults {
    kind: Fault,
    /// The number of the operation that fails, counted from 1.
    at: usize,
    count: Arc<AtomicUsize>,
}

impl Faults {
    fn hits(&self) -> bool {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        number == self.at || (self.kind == Fault::Down && number > self.at)
    }

    fn happened(&self) -> bool {
        self.count.load(Ordering::SeqCst) >= self.at
    }

    async fn run<T>(&self, what: &'static str, operation: impl Future<Output = Stored<T>>) -> Stored<T> {
        if !self.hits() {
            return operation.await;
        }
        if self.kind == Fault::ResponseLost {
            drop(operation.await);
        }
        Err(object_store::Error::Generic { store: "Failing", source: format!("injected: {what}").into() })
    }
}

#[derive(Debug)]
struct FailingStore {
    inner: InMemory,
    faults: Faults,
}

impl fmt::Display for FailingStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FailingStore")
    }
}

#[async_trait]
impl ObjectStore for FailingStore {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Stored<PutResult> {
        self.faults.run("put", self.inner.put_opts(path, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Stored<Box<dyn MultipartUpload>> {
        let upload = self.faults.run("begin", self.inner.put_multipart_opts(path, options)).await?;
        Ok(Box::new(FailingUpload { inner: upload, faults: self.faults.clone() }))
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Stored<GetResult> {
        self.faults.run("get", self.inner.get_opts(path, options)).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Stored<Path>>) -> BoxStream<'static, Stored<Path>> {
        let (inner, faults) = (self.inner.clone(), self.faults.clone());
        let deleted = paths.and_then(move |path| {
            let (inner, faults) = (inner.clone(), faults.clone());
            async move {
                faults.run("delete", inner.delete(&path)).await?;
                Ok(path)
            }
        });
        deleted.boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Stored<ObjectMeta>> {
        if self.faults.hits() {
            let source = "injected: list".into();
            let error = object_store::Error::Generic { store: "Failing", source };
            return futures_util::stream::once(async { Err(error) }).boxed();
        }
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Stored<ListResult> {
        self.faults.run("list", self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Stored<()> {
        self.faults.run("copy", self.inner.copy_opts(from, to, options)).await
    }
}

#[derive(Debug)]
struct FailingUpload {
    inner: Box<dyn MultipartUpload>,
    faults: Faults,
}

#[async_trait]
impl MultipartUpload for FailingUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (part, faults) = (self.inner.put_part(data), self.faults.clone());
        Box::pin(async move { faults.run("part", part).await })
    }

    async fn complete(&mut self) -> Stored<PutResult> {
        self.faults.clone().run("complete", self.inner.complete()).await
    }

    async fn abort(&mut self) -> Stored<()> {
        self.faults.clone().run("abort", self.inner.abort()).await
    }
}

const FORMATS: [Format; 3] = [Format::FocusParquet, Format::Csv, Format::Html];

async fn close(world: &World) -> Outcome {
    let partner = world.sandbox.client(world.partner).unwrap();
    MonthEnd::new(&partner, world.cycle).bytes_per_part(24 << 10).close().await.unwrap()
}

/// All paths of a store.
async fn paths(store: &dyn ObjectStore) -> BTreeSet<String> {
    store.list(None).map_ok(|file| file.location.to_string()).try_collect().await.unwrap()
}

/// The manifest of a month, of which every file is there as the manifest describes it.
async fn whole(store: &InMemory, cycle: BillCycle, with_report: bool) -> Manifest {
    use sha2::Digest as _;
    let shared: Arc<dyn ObjectStore> = Arc::new(store.clone());
    let manifest = Manifest::read(&shared, &cycle.to_string()).await.unwrap().unwrap();
    for file in manifest.files.iter().filter(|file| with_report || file.format != Format::Html) {
        let bytes = store.get(&Path::from(file.path.as_str())).await.unwrap().bytes().await.unwrap();
        let hash: String = sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((bytes.len() as u64, &hash), (file.bytes, &file.sha256), "{}", file.path);
    }
    manifest
}

/// Returns the complete contents of a store: the manifest and the files it names.
fn named(manifest: &Manifest) -> BTreeSet<String> {
    let files = manifest.files.iter().map(|file| file.path.clone());
    files.chain([Manifest::path(&manifest.cycle)]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_whole_whichever_operation_of_the_store_fails() {
    let world = worlds::china("2026-04".parse().unwrap(), 0).await;
    let base = InMemory::new();
    let shared: Arc<dyn ObjectStore> = Arc::new(base.clone());
    close(&world).await.export(FORMATS, &shared).await.unwrap();
    let first = whole(&base, world.cycle, true).await;
    world.sandbox.clock().advance(Duration::from_secs(60));
    world.sandbox.apply(SandboxEvent::FillMonth { cycle: world.cycle, rows: 80 }).unwrap();
    let later = close(&world).await;

    for kind in [Fault::NotExecuted, Fault::ResponseLost, Fault::Down] {
        let (mut at, mut kept, mut replaced) = (0, 0, 0);
        loop {
            at += 1;
            let inner = base.fork();
            let faults = Faults { kind, at, count: Arc::default() };
            let store: Arc<dyn ObjectStore> =
                Arc::new(FailingStore { inner: inner.clone(), faults: faults.clone() });
            let result = later.export(FORMATS, &store).await;
            if !faults.happened() {
                result.unwrap();
                break;
            }
            // The report cannot be put back into a store that is down.
            let now = whole(&inner, world.cycle, kind != Fault::Down).await;
            let found = paths(&inner).await;
            assert!(found.is_superset(&named(&now)));
            match &result {
                Ok(manifest) => assert_eq!(*manifest, now, "{kind:?} at {at}"),
                Err(Error::Store(error)) => {
                    assert!(error.to_string().contains("injected"), "the store's own words: {error}");
                }
                Err(other) => panic!("{kind:?} at {at}: {other}"),
            }
            if now == first {
                kept += 1;
                assert!(result.is_err());
                // Only a store that is down keeps what could not be deleted.
                if kind != Fault::Down {
                    assert_eq!(found, named(&first), "{kind:?} at {at}");
                }
            } else {
                replaced += 1;
                assert_eq!(now.rows, later.total().rows);
            }
            // The next export completes the month, whatever is left.
            let healthy: Arc<dyn ObjectStore> = Arc::new(inner.clone());
            let manifest = later.export(FORMATS, &healthy).await.unwrap();
            assert_eq!(manifest, whole(&inner, world.cycle, true).await);
            assert_eq!(paths(&inner).await, named(&manifest), "{kind:?} at {at}");
            assert_eq!((manifest.rows, manifest.billed), (later.total().rows, later.total().billed));
        }
        // Before the manifest: a read, two files in parts, the report; after it: lists and deletions.
        assert!(kept >= 8 && replaced >= 3, "{kind:?}: {kept} kept, {replaced} replaced");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_repeated_changes_nothing() {
    let world = worlds::china("2026-04".parse().unwrap(), 0).await;
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let first = close(&world).await.export(FORMATS, &store).await.unwrap();
    world.sandbox.clock().advance(Duration::from_secs(60));
    let again = close(&world).await.export(FORMATS, &store).await.unwrap();
    assert_ne!(first.closed_at, again.closed_at);
    let tables = |manifest: &Manifest| -> Vec<_> {
        manifest.files.iter().filter(|file| file.format != Format::Html).cloned().collect()
    };
    assert_eq!(tables(&first), tables(&again));
    // What changes the month has other names, and the change after that the first ones again.
    let mut names = Vec::new();
    for _ in 0..2 {
        world.sandbox.apply(SandboxEvent::FillMonth { cycle: world.cycle, rows: 40 }).unwrap();
        let manifest = close(&world).await.export(FORMATS, &store).await.unwrap();
        assert_eq!(paths(store.as_ref()).await, named(&manifest));
        names.push(manifest.files.into_iter().map(|file| file.path).collect::<Vec<_>>());
    }
    assert!(names[0].iter().any(|name| name.ends_with("part-00001-2.parquet")), "{names:?}");
    assert_eq!(names[1], first.files.iter().map(|file| file.path.clone()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_export_that_fails_leaves_no_month() {
    let world = worlds::china("2026-04".parse().unwrap(), 0).await;
    let outcome = close(&world).await;
    for at in 1..11 {
        let inner = InMemory::new();
        let faults = Faults { kind: Fault::NotExecuted, at, count: Arc::default() };
        let store: Arc<dyn ObjectStore> = Arc::new(FailingStore { inner: inner.clone(), faults });
        outcome.export(FORMATS, &store).await.unwrap_err();
        assert_eq!(paths(&inner).await, BTreeSet::new(), "operation {at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_cannot_be_read_is_never_replaced() {
    let world = worlds::china("2026-04".parse().unwrap(), 0).await;
    let outcome = close(&world).await;
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let place = Path::from(Manifest::path("2026-04"));
    store.put(&place, "{\"manifest_version\":9}".into()).await.unwrap();
    let error = outcome.export(Format::Csv, &store).await.unwrap_err();
    assert!(error.to_string().contains("the manifest of 2026-04 cannot be read"), "{error}");
    assert_eq!(paths(store.as_ref()).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_export_left_in_a_directory_is_removed() {
    let world = worlds::china("2026-04".parse().unwrap(), 0).await;
    let outcome = close(&world).await;
    let out = tempfile::tempdir().unwrap();
    let store = local_directory(out.path()).unwrap();
    let manifest = outcome.export(FORMATS, &store).await.unwrap();
    // A file that was being written, one that was whole, and files of others.
    let folder = out.path().join(&manifest.files[0].path).parent().unwrap().to_owned();
    let of_others =
        ["focus-parquet/month=2026-03/account=x/part-00001.parquet#1", "notes/a#1", "manifests/x#a"];
    for path in [
        folder.join("part-00002.csv#1").to_str().unwrap(),
        folder.join("part-00009.csv").to_str().unwrap(),
        "reports/2026-04.html#12",
        "manifests/2026-04.json#3",
    ]
    .into_iter()
    .chain(of_others)
    {
        let path = out.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "half").unwrap();
    }
    remove_unfinished_files(out.path(), world.cycle).unwrap();
    outcome.export(FORMATS, &store).await.unwrap();
    let mut found = BTreeSet::new();
    walk(out.path(), out.path(), &mut found);
    let manifest = Manifest::read(&store, "2026-04").await.unwrap().unwrap();
    let expected: BTreeSet<String> =
        named(&manifest).into_iter().chain(of_others.map(str::to_owned)).collect();
    assert_eq!(found, expected);
}

fn walk(root: &FilePath, folder: &FilePath, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}
