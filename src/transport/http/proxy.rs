//! Proxies: which addresses can be used, and what the environment says.

use std::{ffi::OsString, fmt};

/// The variables that the HTTP client reads, in its order: for encrypted addresses, for plain ones, and for both where
/// the first two do not say.
const HTTPS: &[&str] = &["HTTPS_PROXY", "https_proxy"];
const HTTP: &[&str] = &["HTTP_PROXY", "http_proxy"];
const ALL: &[&str] = &["ALL_PROXY", "all_proxy"];

/// Reason why a proxy's address cannot be used. Never shows the address, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Address names another scheme than http and https.
    Scheme,
    /// Address cannot be parsed.
    Address,
    /// Process runs as a CGI program, in which the HTTP client ignores the proxies of the environment.
    Cgi,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "only http and https proxies are supported",
            Self::Address => "it is not the address of a proxy",
            Self::Cgi => "REQUEST_METHOD is set, so that proxies of the environment are ignored",
        })
    }
}

/// The address of a proxy with its scheme, which may be left out.
pub(super) fn checked(address: &str) -> Result<String, Unusable> {
    let with_scheme = match address.split_once("://") {
        Some((scheme, _)) if !is_scheme(scheme) => return Err(Unusable::Address),
        Some(_) => address.to_owned(),
        None => format!("http://{address}"),
    };
    let url = reqwest::Url::parse(&with_scheme).map_err(|_| Unusable::Address)?;
    match url.scheme() {
        // The HTTP client reads the address as the URL writes it, and passes by a proxy whose address it cannot read.
        "http" | "https" if names_a_proxy(url.as_str()) => Ok(with_scheme),
        "http" | "https" => Err(Unusable::Address),
        _ => Err(Unusable::Scheme),
    }
}

/// Whether the HTTP client finds a proxy in an address, as it is.
fn names_a_proxy(address: &str) -> bool {
    let uri = address.parse::<http::Uri>().ok();
    uri.is_some_and(|uri| uri.authority().is_some() && uri.host().is_some_and(|host| !host.is_empty()))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Checks the proxies of the environment. What the HTTP client cannot use it would pass by.
pub(super) fn check_environment(
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<(), (&'static str, Unusable)> {
    let first = |names: &[&'static str]| {
        let (name, value) = names.iter().find_map(|name| Some((*name, variable(name)?)))?;
        let blank = value.to_str().is_some_and(|value| value.trim().is_empty());
        (!blank).then_some((name, value))
    };
    let (https, http) = (first(HTTPS), first(HTTP));
    // It counts only where one of the others leaves something open.
    let all = if https.is_some() && http.is_some() { None } else { first(ALL) };
    // A request of the CGI program's own client can set HTTP_PROXY, which is rightly ignored.
    if variable("REQUEST_METHOD").is_some() {
        let named = [https, all].into_iter().flatten().next();
        return named.map_or(Ok(()), |(name, _)| Err((name, Unusable::Cgi)));
    }
    for (name, value) in [https, http, all].into_iter().flatten() {
        let value = value.to_str().ok_or((name, Unusable::Address))?;
        checked(value.trim()).map_err(|why| (name, why))?;
        // It is read as it stands: blanks around it or a path without a scheme are not cut off.
        if !names_a_proxy(value) {
            return Err((name, Unusable::Address));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_and_https_proxies_can_be_used() {
        for good in [
            "http://proxy.example:3128",
            "HTTPS://proxy.example",
            "http://user:pw@proxy.example:3128/",
            "proxy.example:3128",
            "127.0.0.1:3128",
            "user:pw@proxy.example:1",
            "http://[::1]:3128",
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for wrong in [
            "socks://127.0.0.1:1080",
            "socks4://127.0.0.1:1080",
            "socks4a://127.0.0.1:1080",
            "socks5://127.0.0.1:1080",
            "socks5h://127.0.0.1:1080",
            "SOCKS5://127.0.0.1:1080",
            "ftp://proxy.example",
            "htp://proxy.example",
            "ws://proxy.example",
            "wss://proxy.example",
            "file:///etc/proxy",
            "unix:///run/proxy",
        ] {
            assert_eq!(checked(wrong), Err(Unusable::Scheme), "{wrong}");
        }
        for wrong in
            ["", "http://", "http://user:marker@", "://proxy", "1http://proxy", "http://a b", "socks5:proxy"]
        {
            assert_eq!(checked(wrong), Err(Unusable::Address), "{wrong}");
        }
    }

    #[test]
    fn the_environment_is_read_as_the_http_client_reads_it() {
        let check = |variables: &[(&str, &str)]| {
            check_environment(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            })
            .map_err(|(name, _)| name)
        };
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", "*")]), Ok(()));
        assert_eq!(check(&[("ALL_PROXY", "socks://127.0.0.1:9")]), Err("ALL_PROXY"));
        assert_eq!(
            check(&[("all_proxy", "socks5://127.0.0.1:9"), ("https_proxy", "http://p")]),
            Err("all_proxy")
        );
        assert_eq!(check(&[("http_proxy", "htp://127.0.0.1:9")]), Err("http_proxy"));
        assert_eq!(check(&[("HTTPS_PROXY", "")]), Ok(()));
        // The variable in capitals decides, also where it is empty.
        assert_eq!(check(&[("HTTPS_PROXY", ""), ("https_proxy", "socks5://p")]), Ok(()));
        let both = [("HTTPS_PROXY", "http://p"), ("HTTP_PROXY", "p:1"), ("ALL_PROXY", "socks5://p")];
        assert_eq!(check(&both), Ok(()));
    }

    #[test]
    fn what_the_http_client_cannot_read_is_refused_and_not_passed_by() {
        for value in [
            " http://proxy.example:3128",
            "http://proxy.example:3128 ",
            "http://proxy.example:3128\n",
            "proxy.example:3128/",
            "//proxy.example:3128",
            "http://m\u{fc}nchen.example:3128",
            "http://user:a b@proxy.example:3128",
            "http://user:p\u{e4}ss@proxy.example:3128",
            "http://proxy.example:3128,http://other.example",
            "http:///",
            "http:proxy.example",
            "proxy",
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
                let result = check_environment(|asked| (asked == name).then(|| OsString::from(value)));
                let found = value.parse::<http::Uri>().ok().and_then(|uri| uri.authority().cloned());
                assert!(result.is_err() || found.is_some(), "{name}={value:?}");
            }
        }
        for good in ["http://proxy.example:3128/", "proxy.example:3128", "HTTP://user:a%20b@proxy.example"] {
            assert_eq!(
                check_environment(|name| (name == "ALL_PROXY").then(|| good.into())),
                Ok(()),
                "{good}"
            );
        }
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            let bytes = || OsString::from_vec(b"http://proxy\xff:1".to_vec());
            let result = check_environment(|name| (name == "https_proxy").then(bytes));
            assert_eq!(result, Err(("https_proxy", Unusable::Address)));
        }
    }

    #[test]
    fn a_proxy_that_a_cgi_program_would_pass_by_is_refused() {
        for (name, right) in [
            ("HTTPS_PROXY", Err(("HTTPS_PROXY", Unusable::Cgi))),
            ("all_proxy", Err(("all_proxy", Unusable::Cgi))),
            ("HTTP_PROXY", Ok(())),
            ("NO_PROXY", Ok(())),
        ] {
            let result = check_environment(|asked| {
                [name, "REQUEST_METHOD"].contains(&asked).then(|| OsString::from("http://proxy.example:1"))
            });
            assert_eq!(result, right, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_taken_for_a_proxy_is_one_of_http(text in "(?s)(.{0,40}|[a-z0-9+]{0,8}:/{0,3}.{0,24}|https?://.{0,24})") {
            if let Ok(address) = checked(&text) {
                let url = reqwest::Url::parse(&address).unwrap();
                assert!(["http", "https"].contains(&url.scheme()) && url.host().is_some(), "{text:?}");
                assert!(reqwest::Proxy::all(&address).is_ok(), "{text:?}");
            }
            for name in ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"] {
                let variable = |asked: &str| (asked == name).then(|| OsString::from(&text));
                if check_environment(variable).is_ok() && !text.trim().is_empty() {
                    assert!(checked(text.trim()).is_ok(), "{text:?}");
                }
            }
        }
    }
}
