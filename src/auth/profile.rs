//! Access keys from the credentials file of the official SDKs.

use std::{borrow::Cow, collections::HashMap, fmt, io, path::PathBuf, sync::Arc};

use async_trait::async_trait;

use super::{
    Credentials, CredentialsError, Env, OsEnv, ProvideCredentials, env::variable, read_once::ReadOnce,
};

const PATH_VARIABLE: &str = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";
const HOME_VARIABLES: [&str; 2] =
    if cfg!(windows) { ["USERPROFILE", "HOME"] } else { ["HOME", "USERPROFILE"] };
const DEFAULT_SECTIONS: [&str; 2] = ["global", "basic"];

/// Access keys from the credentials file that the official SDKs read.
///
/// The file is the one that `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names, else `.huaweicloud/credentials` in the home
/// directory. It has sections with lines `ak = …`, `sk = …`, and where they apply `security_token` and `domain_id`;
/// lines that begin with `#` or `;`, and what follows such a sign after white space, are comments. The section is
/// `[global]`, which the official SDKs use for services without regions, else `[basic]`, unless one is named. The file is
/// read at the first call, and again after the service refused what was read.
///
/// A section with `idp_id` and `id_token_file`, and where it applies `iam_endpoint`, is read by
/// [`IdentityProviderKeys::from_profile`](super::IdentityProviderKeys::from_profile).
pub struct ProfileFile {
    env: Arc<dyn Env>,
    path: Option<PathBuf>,
    section: Option<String>,
    kept: ReadOnce,
}

impl ProfileFile {
    /// Keys from the file in its usual place.
    pub fn new() -> Self {
        Self::with_env(Arc::new(OsEnv))
    }

    /// Keys from the file of another environment, for instance of a test.
    pub fn with_env(env: Arc<dyn Env>) -> Self {
        Self { env, path: None, section: None, kept: ReadOnce::default() }
    }

    /// Reads this file instead.
    #[must_use]
    pub fn at(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Reads this section and no other, so that one file can hold several identities.
    #[must_use]
    pub fn section(mut self, name: impl Into<String>) -> Self {
        self.section = Some(name.into());
        self
    }

    fn path(&self) -> Result<PathBuf, CredentialsError> {
        let variable = |name| variable(&*self.env, name).map(PathBuf::from);
        let in_home =
            || Some(HOME_VARIABLES.into_iter().find_map(variable)?.join(".huaweicloud").join("credentials"));
        self.path.clone().or_else(|| variable(PATH_VARIABLE)).or_else(in_home).ok_or_else(|| {
            CredentialsError::new(format!(
                "there is no home directory to look in, and {PATH_VARIABLE} is not set"
            ))
        })
    }

    /// Reads the chosen section and makes something of its name, its entries and the reason to give for a refusal.
    fn read<T>(
        &self,
        make: impl FnOnce(
            &str,
            HashMap<String, &str>,
            &dyn Fn(String) -> CredentialsError,
        ) -> Result<T, CredentialsError>,
    ) -> Result<T, CredentialsError> {
        let path = self.path()?;
        let fail = |what: String| CredentialsError::new(format!("{} {what}", path.display()));
        let bytes = self.env.file(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => fail("does not exist".into()),
            _ => fail("cannot be read".into()).caused_by(error),
        })?;
        let text = text_of(&bytes);
        let mut sections = sections(&text);
        let wanted: Vec<&str> = match &self.section {
            Some(name) => vec![name],
            None => DEFAULT_SECTIONS.into(),
        };
        let Some((name, section)) = wanted.iter().find_map(|name| Some((name, sections.remove(*name)?)))
        else {
            let wanted: Vec<_> = wanted.iter().map(|name| format!("[{name}]")).collect();
            return Err(fail(format!("has no section {}", wanted.join(" or "))));
        };
        make(name, section, &fail)
    }

    fn keys(&self) -> Result<Credentials, CredentialsError> {
        self.read(|name, mut section, fail| match (section.remove("ak"), section.remove("sk")) {
            (Some(id), Some(secret)) => Ok(Credentials::of_keys(
                id,
                secret,
                section.remove("security_token").map(Into::into),
                section.remove("domain_id").map(str::to_owned),
            )),
            _ if section.contains_key("idp_id") => Err(fail(format!(
                "has an identity provider in [{name}] instead of ak and sk: use IdentityProviderKeys"
            ))),
            (None, None) => Err(fail(format!("has neither ak nor sk in [{name}]"))),
            (None, _) => Err(fail(format!("has no ak in [{name}]"))),
            (_, None) => Err(fail(format!("has no sk in [{name}]"))),
        })
    }

    /// The identity provider's id, the token file and the address of IAM of the section.
    pub(super) fn identity_provider(&self) -> Result<(String, PathBuf, Option<String>), CredentialsError> {
        self.read(|name, section, fail| match (section.get("idp_id"), section.get("id_token_file")) {
            (Some(id), Some(file)) => {
                let endpoint = section.get("iam_endpoint").map(|endpoint| (*endpoint).to_owned());
                Ok(((*id).to_owned(), PathBuf::from(*file), endpoint))
            }
            _ => Err(fail(format!("does not have both idp_id and id_token_file in [{name}]"))),
        })
    }

    /// Returns the environment in which the file is searched.
    pub(super) fn env(&self) -> Arc<dyn Env> {
        Arc::clone(&self.env)
    }
}

impl Default for ProfileFile {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl ProvideCredentials for ProfileFile {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.kept.or_read(|| self.keys())
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.kept.invalidate(credentials);
    }
}

impl fmt::Debug for ProfileFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileFile")
            .field("path", &self.path)
            .field("section", &self.section)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

/// The text of a file: UTF-8, or UTF-16 with a byte order mark, which editors of Windows write. What is neither stands in
/// comments, as a rule, and does no harm.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?)));
        String::from_utf16_lossy(&units.collect::<Vec<_>>()).into()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

/// The sections of the file with their values that are not empty. Keys are in lower case; of a key that stands twice the
/// last value counts; lines that are neither sections nor values are skipped.
fn sections(text: &str) -> HashMap<&str, HashMap<String, &str>> {
    let mut sections: HashMap<&str, HashMap<String, &str>> = HashMap::new();
    let mut current = None;
    for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']).map(without_comment) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.entry(name.trim()).or_default();
            current = Some(name.trim());
        } else if let (Some(section), Some((key, value))) =
            (current.and_then(|name| sections.get_mut(name)), line.split_once(['=', ':']))
            && !value.trim().is_empty()
        {
            section.insert(key.trim().to_ascii_lowercase(), value.trim());
        }
    }
    sections
}

fn without_comment(line: &str) -> &str {
    let is_sign = |character: char| matches!(character, '#' | ';');
    let mut before = ' ';
    let start = line.char_indices().find_map(|(index, character)| {
        let begins = is_sign(character) && before.is_whitespace();
        before = character;
        begins.then_some(index)
    });
    start.and_then(|start| line.get(..start)).unwrap_or(line).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::{FakeEnv, now};
    use proptest::prelude::*;

    const USUAL: &str = "/home/me/.huaweicloud/credentials";

    fn file(content: &str) -> ProfileFile {
        let variables = [(if cfg!(windows) { "USERPROFILE" } else { "HOME" }, "/home/me")];
        ProfileFile::with_env(Arc::new(FakeEnv::with(
            &variables,
            &[(USUAL, content), ("/other", "[basic]\nak=o\nsk=o")],
        )))
    }

    fn message(file: ProfileFile) -> String {
        now(file.credentials()).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_however_it_is_laid_out() {
        for content in [
            "[basic]\nak=b\nsk=b\n[global]\nak = id\nsk = secret\nsecurity_token=t\ndomain_id=d",
            "\u{feff}# mine\r\n[ global ]\r\n  AK : id  \r\n\tsk=secret ; old one\r\nsecurity_token=t\r\ndomain_id=d # x\r\n",
            "stray\nak=stray\n[global]\n;ak=x\nak=first\nak=id\nsk=secret\nsecurity_token=t\nnonsense\ndomain_id=d\n[basic]\nak=b",
        ] {
            let found = now(file(content).credentials()).unwrap();
            assert!(found.proves_the_same(&Credentials::temporary_keys("id", "secret", "t")), "{content}");
            assert_eq!(found.domain_id(), Some("d"));
        }
        // Old line ends, no line end at the end, spaces that are not ASCII, and the two forms of UTF-16.
        let laid_out =
            "[global]\rak=\u{a0}id\u{3000}\r\r\n sk \t=\u{2003}secret\n\n\nsecurity_token : t\rdomain_id=d";
        let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            format!("\u{feff}{laid_out}").encode_utf16().flat_map(unit).collect()
        };
        for bytes in [laid_out.as_bytes().to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            let env = FakeEnv::with(&[(PATH_VARIABLE, "/f")], &[]);
            env.write_bytes("/f", bytes);
            let found = now(ProfileFile::with_env(Arc::new(env)).credentials()).unwrap();
            assert!(found.proves_the_same(&Credentials::temporary_keys("id", "secret", "t")));
        }
        // A comment in another encoding does no harm.
        let env = FakeEnv::with(&[(PATH_VARIABLE, "/f")], &[]);
        env.write_bytes("/f", b"# \xb9\xfe\xb0\xb2\r\n[global]\r\nak=id\r\nsk=secret".to_vec());
        assert_eq!(now(ProfileFile::with_env(Arc::new(env)).credentials()).unwrap().name(), "id");
        let found = now(file("[global]\nak=a#b\nsk=s;=t").credentials()).unwrap();
        assert!(found.proves_the_same(&Credentials::keys("a#b", "s;=t")));
    }

    #[test]
    fn the_section_and_the_place_can_be_chosen() {
        const BOTH: &str = "[basic]\nak=b\nsk=b\n[global]\nak=g\nsk=g\n[reseller]\nak=r\nsk=r";
        assert_eq!(now(file(BOTH).credentials()).unwrap().name(), "g");
        assert_eq!(now(file(BOTH).section("reseller").credentials()).unwrap().name(), "r");
        assert_eq!(now(file("[basic]\nak=b\nsk=b").credentials()).unwrap().name(), "b");
        assert_eq!(now(file(BOTH).at("/other").credentials()).unwrap().name(), "o");
        let named = FakeEnv::with(&[(PATH_VARIABLE, "/other")], &[("/other", "[basic]\nak=o\nsk=o")]);
        assert_eq!(now(ProfileFile::with_env(Arc::new(named)).credentials()).unwrap().name(), "o");
    }

    #[test]
    fn what_is_missing_is_named_with_the_file() {
        assert_eq!(message(file("")), format!("{USUAL} has no section [global] or [basic]"));
        assert_eq!(message(file("[x]").section("y")), format!("{USUAL} has no section [y]"));
        assert_eq!(message(file("[global]\nsk=s")), format!("{USUAL} has no ak in [global]"));
        assert_eq!(message(file("[global]\nak=a\nsk=")), format!("{USUAL} has no sk in [global]"));
        assert_eq!(message(file("[global]")), format!("{USUAL} has neither ak nor sk in [global]"));
        assert!(message(file("[global]\nidp_id=i")).contains("identity provider"));
        assert_eq!(message(file("").at("/none")), "/none does not exist");
        let nowhere = ProfileFile::with_env(Arc::new(FakeEnv::with(&[], &[])));
        assert!(message(nowhere).starts_with("there is no home directory"));
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(content in "([\\[\\]=:;# \n\r\u{feff}é]|ak|sk|global|[a-z]){0,40}") {
            let _ = now(file(&content).credentials());
        }
    }
}
