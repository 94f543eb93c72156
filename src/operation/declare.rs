//! The macro that declares an operation.

/// Declares an operation in one block: its path, its facts, its response, and its parameters with their constraints.
///
/// ```
/// use huaweicloud_partner::{operation, operation::Operation as _};
/// use serde::{Deserialize, Serialize};
///
/// operation! {
///     /// Lists the widgets of a partner.
///     POST "/v2/partners/widgets/query" as bss "ListPartnerWidgets" -> WidgetPage {
///         read, sites(CHINA, INTERNATIONAL), caller(Partner), permissions("BPC_ITEM_1"),
///         rows(100, widgets: Widget, total: count), source("https://example.com/widgets"),
///     }
///     pub struct ListWidgets {
///         optional {
///             /// Only widgets whose name contains this text.
///             name: String where len(0..=64),
///             /// Rows to skip.
///             offset: u32 where range(0..=40_000_000),
///             /// Rows per page.
///             limit: u32 where range(1..=100) default(10),
///         }
///     }
/// }
///
/// /// One page of widgets.
/// #[derive(Serialize, Deserialize)]
/// pub struct WidgetPage {
///     pub count: Option<u64>,
///     pub widgets: Vec<Widget>,
/// }
///
/// /// A widget of a partner.
/// #[derive(Serialize, Deserialize)]
/// pub struct Widget {
///     pub name: String,
/// }
///
/// let request = ListWidgets::new().name("x").limit(1_000);
/// assert_eq!(request.validate().unwrap_err().to_string(), "limit must be 1 to 100");
/// assert_eq!(ListWidgets::META.name, "bss.ListPartnerWidgets");
/// ```
///
/// The macro generates the request struct with `new` and setters, [`Operation`](crate::operation::Operation) with `META`,
/// `validate` and (with the feature `dynamic`) `PARAMETERS`, [`Paged`](crate::operation::Paged) for a list, and in the
/// documentation a section "Facts" and a sentence for each constraint.
///
/// # Address
/// `METHOD "path" as service "OfficialId" -> Response`. Parameters in the path are in braces and are fields of the
/// struct. The id is left out where the struct has the same name; the compiler refuses a `doc(alias)` that says the name
/// again. The service is `bss` for business support and `osm`
/// for tickets; it selects the endpoint.
///
/// # Facts
/// Facts can be given in any order. Facts that are not given have the defaults of
/// [`OperationMeta`](crate::operation::OperationMeta); other facts are methods of it.
///
/// | Fact | Meaning |
/// |---|---|
/// | `read`, `idempotent`, `keyed("…")` | effect of a repeat; without one of these a write is executed again |
/// | `sites(CHINA, …)` | the sites that offer it |
/// | `caller(Distributor)` | accounts that may call it |
/// | `permissions("…", …)` | permission items of which an operator account needs one |
/// | `rate(5)` | calls per second |
/// | `query("…", …)`, `body(Multipart)` | parameters that leave the body, and the kind of body |
/// | `rows(100, list: Row, total: count)` | a list by row offset: `offset` and `limit`, or `at: (skip, take)`; `key: id` behind the total names the field by which a row that comes again is known |
/// | `pages(100, list: Row, total: count)` | a list by page number from 1 |
/// | `marker(50, list: Row, next: …)` | a list by marker, with a function from the page to the next marker |
/// | `success(field "…")`, `success(any "…", "…")`, `success(failures "…")`, `success(empty)`, `success(acknowledged)`, `success(list "…")`, `success(lists "…", "…")` | what proves the success of a write, or of a read that responds with lists without pages: [`SuccessProof`](crate::operation::SuccessProof) |
/// | `outcome_ids(&["…", …])` | ids that every row of the list that proves a success has |
/// | `records("…")`, `state("…")` | the query that resolves an unknown outcome: [`OutcomeProof`](crate::operation::OutcomeProof) |
/// | `alternative("…")` | operation to call on sites that do not offer this one |
/// | `source("…")` | the page of the documentation |
///
/// # Fields
/// Fields in `required` become arguments of `new`, those in `optional` setters; those in `preset` are always sent and
/// start with the value after `=`. After its documentation a field may have `#[header("X-Language")]` where it travels
/// as a header, or `#[name("…")]` where the wire calls it otherwise. Constraints follow the type after `where`:
/// `len(1..=64)` and `form(test, "must …")` for text, `filled`, `one_of(&["a", "b"])`, `known` for codes,
/// `range(1..=100)` for numbers, `money` for amounts that move, `count(1..=10)` and `each(1..=64)` for lists,
/// `default(10)` for the service's default.
///
/// Rules between fields come at the end: `check |it, check| check.rule("kind", it.limit.is_some(), "must …")`.
///
/// # Types
/// The type of a parameter implements `Clone`, `Debug`, `PartialEq`, `Serialize` and `Deserialize`; it is one of
/// [`types`](crate::types), one of the program, or a list of them. The response and the rows of a list implement
/// `Serialize` and `Deserialize`, because a mock writes what the client reads. `serde` with its derive macros must be a
/// dependency of the program. A derived response refuses a body that lacks a field, unless the field is an `Option` or has
/// `#[serde(default)]`.
///
/// # Sending
/// A declared operation is sent, listed and mocked like those of the crate:
///
/// ```
/// use futures_util::TryStreamExt as _;
/// use huaweicloud_partner::{Client, operation, testing::MockTransport, types::Amount};
/// use serde::{Deserialize, Serialize};
///
/// operation! {
///     /// Creates a widget.
///     POST "/v2/partners/widgets" as bss "CreatePartnerWidget" -> Widget {
///         sites(CHINA), caller(Partner), success(field "widget_id"),
///     }
///     pub struct CreateWidget {
///         required {
///             /// Name of the widget.
///             name: String where len(1..=64),
///             /// Parts that it is made of.
///             parts: Vec<Part> where count(1..=10),
///         }
///     }
/// }
///
/// /// Part of a widget.
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// pub struct Part {
///     pub sku: String,
///     pub price: Amount,
/// }
///
/// operation! {
///     /// Lists the widgets of a partner.
///     POST "/v2/partners/widgets/query" as bss "ListPartnerWidgets" -> WidgetPage {
///         read, sites(CHINA), caller(Partner), rows(100, widgets: Widget, total: count),
///     }
///     pub struct ListWidgets {
///         optional {
///             /// Rows to skip.
///             offset: u32,
///             /// Rows per page.
///             limit: u32 where range(1..=100),
///         }
///     }
/// }
///
/// /// A widget of a partner.
/// #[derive(Serialize, Deserialize)]
/// pub struct Widget {
///     pub widget_id: String,
/// }
///
/// /// One page of widgets.
/// #[derive(Serialize, Deserialize)]
/// pub struct WidgetPage {
///     pub count: Option<u64>,
///     pub widgets: Vec<Widget>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = MockTransport::new();
/// let create = mock.on_any::<CreateWidget>().respond(Widget { widget_id: "w1".to_owned() });
/// mock.on_any::<ListWidgets>().respond_with(|list| {
///     let first = list.offset.unwrap_or(0);
///     let widgets = (first..(first + 2).min(3)).map(|id| Widget { widget_id: id.to_string() });
///     WidgetPage { count: Some(3), widgets: widgets.collect() }
/// });
///
/// let client = Client::for_test(mock.clone());
/// let part = Part { sku: "bolt".to_owned(), price: "1.50".parse()? };
/// assert_eq!(client.send(&CreateWidget::new("x", [part.clone()])).await?.widget_id, "w1");
/// assert_eq!(create.requests()[0].parts, [part]);
///
/// let refused = client.send(&CreateWidget::new("", Vec::<Part>::new())).await.err().unwrap();
/// assert_eq!(
///     refused.to_string(),
///     "bss.CreatePartnerWidget: name must have 1 to 64 characters; parts must have 1 to 10 entries"
/// );
/// let widgets: Vec<Widget> = client.items(ListWidgets::new().limit(2)).try_collect().await?;
/// assert_eq!(widgets.len(), 3);
/// mock.verify();
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! operation {
    (
        $(#[doc = $doc:expr])*
        $method:ident $path:literal as $service:ident $($id:literal)? -> $output:ty {
            $($fact:ident $(($($arg:tt)*))?),* $(,)?
        }
        pub struct $name:ident {
            $(required { $(
                $(#[doc = $rdoc:expr])* $(#[header($rheader:literal)])? $(#[name($rname:literal)])? $(#[with($rcodec:ty)])?
                $required:ident: $($rtype:ident)::+ $(<$($rinner:ty),+>)?
                $(where $($rrule:ident $(($($rarg:tt)*))?)+)?,
            )* })?
            $(optional { $(
                $(#[doc = $odoc:expr])* $(#[header($oheader:literal)])? $(#[name($oname:literal)])? $(#[with($ocodec:ty)])?
                $optional:ident: $($otype:ident)::+ $(<$($oinner:ty),+>)?
                $(where $($orule:ident $(($($oarg:tt)*))?)+)?,
            )* })?
            $(preset { $(
                $(#[doc = $pdoc:expr])* $(#[header($pheader:literal)])? $(#[name($pname:literal)])? $(#[with($pcodec:ty)])?
                $preset:ident: $($ptype:ident)::+ $(<$($pinner:ty),+>)?
                $(where $($prule:ident $(($($parg:tt)*))?)+)? = $value:expr,
            )* })?
            $(check |$it:ident, $check:ident| $checks:expr)?
        }
    ) => {
        $crate::__request! {
            $(#[doc = $doc])*
            #[doc = $crate::__facts!($method $path $service $name $($id)?; $output; $($fact $(($($arg)*))?,)*)]
            $(#[doc(alias = $id)])?
            pub struct $name {
                $(required { $(
                    $(#[doc = $rdoc])*
                    $(#[doc = concat!($($crate::__constraint_words!($rrule $(($($rarg)*))?)),+)])?
                    $(#[name($rheader)])? $(#[name($rname)])? $(#[with($rcodec)])?
                    $required: $($rtype)::+ $(<$($rinner),+>)?,
                )* })?
                $(optional { $(
                    $(#[doc = $odoc])*
                    $(#[doc = concat!($($crate::__constraint_words!($orule $(($($oarg)*))?)),+)])?
                    $(#[name($oheader)])? $(#[name($oname)])? $(#[with($ocodec)])?
                    $optional: $($otype)::+ $(<$($oinner),+>)?,
                )* })?
                $(preset { $(
                    $(#[doc = $pdoc])*
                    $(#[doc = concat!($($crate::__constraint_words!($prule $(($($parg)*))?)),+)])?
                    $(#[name($pheader)])? $(#[name($pname)])? $(#[with($pcodec)])?
                    $preset: $($ptype)::+ $(<$($pinner),+>)? = $value,
                )* })?
            }
        }

        impl $crate::operation::Operation for $name {
            type Output = $output;

            const META: &'static $crate::operation::OperationMeta = &{
                let meta = $crate::__method!($method)($crate::__id!($service $name $($id)?), $path)
                    .headers(&[
                        $($($($rheader,)?)*)? $($($($oheader,)?)*)? $($($($pheader,)?)*)?
                    ]);
                $(let meta = $crate::__fact!(meta, $fact $(($($arg)*))?);)*
                meta
            };

            $crate::__parameters! {
                $output; $($doc),*;
                $($({
                    $required $($rheader)? $($rname)?; true; $($rtype)::+ $(<$($rinner),+>)?;
                    $($($rrule $(($($rarg)*))?)+)?; $($rdoc)*
                })*)?
                $($({
                    $optional $($oheader)? $($oname)?; false; $($otype)::+ $(<$($oinner),+>)?;
                    $($($orule $(($($oarg)*))?)+)?; $($odoc)*
                })*)?
                $($({
                    $preset $($pheader)? $($pname)?; false; $($ptype)::+ $(<$($pinner),+>)?;
                    $($($prule $(($($parg)*))?)+)?; $($pdoc)*
                })*)?
            }

            #[inline]
            #[allow(unused_variables)] // fields without constraints
            fn validate(&self) -> Result<(), $crate::error::ValidationError> {
                let check = $crate::operation::Check::new();
                $($(
                    let name = $crate::__wire_name!($required $($rheader)? $($rname)?);
                    $($(let check = check.$rrule(name, &self.$required $(, $($rarg)*)?);)+)?
                )*)?
                $($(
                    let name = $crate::__wire_name!($optional $($oheader)? $($oname)?);
                    $($(let check = check.$orule(name, &self.$optional $(, $($oarg)*)?);)+)?
                )*)?
                $($(
                    let name = $crate::__wire_name!($preset $($pheader)? $($pname)?);
                    $($(let check = check.$prule(name, &self.$preset $(, $($parg)*)?);)+)?
                )*)?
                $(let check = {
                    let ($it, $check) = (self, check);
                    $checks
                };)?
                check.finish_in(<Self as $crate::types::fields::Fields>::FIELDS)
            }
        }

        $($crate::__paged!($name $fact $(($($arg)*))?);)*
    };
}

/// `PARAMETERS`, only with the feature `dynamic`: a thousand constants that most programs never read.
#[cfg(feature = "dynamic")]
#[doc(hidden)]
#[macro_export]
macro_rules! __parameters {
    ($output:ty; $($about:expr),*; $({
        $field:ident $($name:literal)?; $required:literal; $($type:ident)::+ $(<$($inner:ty),+>)?;
        $($rule:ident $(($($arg:tt)*))?)*; $($doc:expr)*
    })*) => {
        const DOC: &'static str = concat!("", $($about, "\n"),*);

        fn request_schema(
            definitions: &mut $crate::types::schema::Definitions,
        ) -> $crate::serde_json::Value {
            <Self as $crate::types::schema::Described>::schema(definitions)
        }

        fn response_schema(
            definitions: &mut $crate::types::schema::Definitions,
        ) -> $crate::serde_json::Value {
            $crate::__schema_of!($output, definitions)
        }

        const PARAMETERS: &'static [$crate::operation::Parameter] = &[$(
            $crate::operation::Parameter::new(
                [
                    $crate::__wire_name!($field $($name)?),
                    stringify!($field),
                    stringify!($($type)::+ $(<$($inner),+>)?),
                    concat!($($doc, "\n"),*),
                ],
                $required,
                &[$($crate::operation::Constraint::$rule($($($arg)*)?)),*],
            ),
        )*];
    };
}

/// Without the feature `dynamic` there is nothing to say.
#[cfg(not(feature = "dynamic"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __parameters {
    ($($parameters:tt)*) => {};
}

/// The qualified name of an operation. Other services than `bss` and `osm` have no address.
///
/// ```compile_fail
/// huaweicloud_partner::operation! {
///     /// Lists what no service has.
///     GET "/v2/nothing" as obs -> serde_json::Value { read }
///     pub struct ListNothing {}
/// }
/// ```
/// ```
/// huaweicloud_partner::operation! {
///     /// Lists what a service has.
///     GET "/v2/something" as bss -> serde_json::Value { read }
///     pub struct ListSomething {}
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __id {
    (bss $name:ident $($id:literal)?) => {
        $crate::__id!(in "bss." $name $($id)?)
    };
    (osm $name:ident $($id:literal)?) => {
        $crate::__id!(in "osm." $name $($id)?)
    };
    (in $service:literal $name:ident) => {
        concat!($service, stringify!($name))
    };
    (in $service:literal $name:ident $id:literal) => {
        concat!($service, $id)
    };
    ($service:ident $($rest:tt)*) => {
        compile_error!("the service of an operation is `bss` or `osm`")
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __method {
    (GET) => {
        $crate::operation::OperationMeta::get
    };
    (POST) => {
        $crate::operation::OperationMeta::post
    };
    (PUT) => {
        $crate::operation::OperationMeta::put
    };
    (DELETE) => {
        $crate::operation::OperationMeta::delete
    };
    ($method:ident) => {
        compile_error!("the method of an operation is GET, POST, PUT or DELETE")
    };
}

/// One fact, added to META.
#[doc(hidden)]
#[macro_export]
macro_rules! __fact {
    ($meta:ident, idempotent) => { $meta.idempotency($crate::operation::Idempotency::Idempotent) };
    ($meta:ident, keyed($field:literal)) => { $meta.keyed($field) };
    ($meta:ident, sites($first:ident $(, $more:ident)*)) => {
        $meta.sites($crate::operation::Sites::$first $(.and($crate::operation::Sites::$more))*)
    };
    ($meta:ident, caller($caller:ident)) => { $meta.caller($crate::operation::Caller::$caller) };
    ($meta:ident, permissions($($item:literal),+ $(,)?)) => { $meta.permissions(&[$($item),+]) };
    ($meta:ident, query($($name:literal),+ $(,)?)) => { $meta.query(&[$($name),+]) };
    ($meta:ident, body($kind:ident)) => { $meta.body($crate::operation::BodyKind::$kind) };
    ($meta:ident, rate($calls:literal)) => { $meta.rate_limit($crate::operation::RateLimit::per_second($calls)) };
    ($meta:ident, success(field $name:literal)) => { $meta.success_field($name) };
    ($meta:ident, success(any $($name:literal),+)) => { $meta.success_any(&[$($name),+]) };
    ($meta:ident, success(failures $name:literal)) => { $meta.success_failures($name) };
    ($meta:ident, success(list $name:literal)) => { $meta.success_list($name) };
    ($meta:ident, success(lists $one:literal, $other:literal)) => { $meta.success_lists($one, $other) };
    ($meta:ident, success(empty)) => { $meta.success_empty() };
    ($meta:ident, success(acknowledged)) => { $meta.success_acknowledged() };
    ($meta:ident, rows($largest:expr, $($of:tt)*)) => {
        $meta.paging($crate::operation::Paging::rows($largest, $crate::__list!($($of)*)))
    };
    ($meta:ident, pages($largest:expr, $($of:tt)*)) => {
        $meta.paging($crate::operation::Paging::pages($largest, $crate::__list!($($of)*)))
    };
    ($meta:ident, marker($largest:expr, $($of:tt)*)) => {
        $meta.paging($crate::operation::Paging::marker($largest, $crate::__list!($($of)*)))
    };
    ($meta:ident, source($address:literal)) => { $meta.doc($address) };
    ($meta:ident, $method:ident $(($($arg:tt)*))?) => { $meta.$method($($($arg)*)?) };
}

/// The wire name of the list of a paged response.
#[doc(hidden)]
#[macro_export]
macro_rules! __list {
    ($items:ident as $wire:literal: $($rest:tt)*) => {
        $wire
    };
    ($items:ident: $($rest:tt)*) => {
        stringify!($items)
    };
}

/// `Paged`, where a fact says how the list is read.
#[doc(hidden)]
#[macro_export]
macro_rules! __paged {
    ($name:ident rows($largest:expr, $($of:tt)*)) => { $crate::__paged_by!($name $($of)*); };
    ($name:ident pages($largest:expr, $($of:tt)*)) => { $crate::__paged_by!($name $($of)*); };
    ($name:ident marker($largest:expr, $items:ident $(as $wire:literal)?: $item:ty, next: $next:expr)) => {
        $crate::__paged_impl!(marker $name => $items: $item, next $next);
    };
    ($name:ident $($other:tt)*) => {};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __paged_by {
    ($name:ident $items:ident $(as $wire:literal)?: $item:ty, total: $total:ident $(, key: $key:ident)?) => {
        $crate::__paged_impl!($name => $items: $item, total $total, offset, limit $(, key $key)?);
    };
    (
        $name:ident $items:ident $(as $wire:literal)?: $item:ty, total: $total:ident $(, key: $key:ident)?,
        at: ($offset:ident, $limit:ident)
    ) => {
        $crate::__paged_impl!($name => $items: $item, total $total, $offset, $limit $(, key $key)?);
    };
}

/// The section "Facts". It begins with what META begins with; the facts are gone through one by one, and what they say
/// replaces what was there.
#[doc(hidden)]
#[macro_export]
macro_rules! __facts {
    ($method:ident $path:literal $service:ident $name:ident $($id:literal)?; $output:ty; $($facts:tt)*) => {
        concat!(
            "\n\n# Facts\n\n- **Request:** `", stringify!($method), " ", $path, "`, official name `",
            $crate::__id!($service $name $($id)?), "`\n- **Response:** `", stringify!($output), "`\n",
            $crate::__facts!(@ [CHINA] [Partner] [$method] [10] [] ; $($facts)*)
        )
    };
    (@ [$($s:tt)*] [$c:ident] [$e:ident] [$q:literal] [$($more:tt)*] ; sites($($sites:tt)*), $($rest:tt)*) => {
        $crate::__facts!(@ [$($sites)*] [$c] [$e] [$q] [$($more)*] ; $($rest)*)
    };
    (@ [$($s:tt)*] [$c:ident] [$e:ident] [$q:literal] [$($more:tt)*] ; caller($caller:ident), $($rest:tt)*) => {
        $crate::__facts!(@ [$($s)*] [$caller] [$e] [$q] [$($more)*] ; $($rest)*)
    };
    (@ [$($s:tt)*] [$c:ident] [$e:ident] [$q:literal] [$($more:tt)*] ; rate($rate:literal), $($rest:tt)*) => {
        $crate::__facts!(@ [$($s)*] [$c] [$e] [$rate] [$($more)*] ; $($rest)*)
    };
    (@ [$($s:tt)*] [$c:ident] [$e:ident] [$q:literal] [$($more:tt)*] ; no_body, $($rest:tt)*) => {
        $crate::__facts!(@ [$($s)*] [$c] [$e] [$q] [$($more)*] ; $($rest)*)
    };
    (@ [$($s:tt)*] [$c:ident] [$e:ident] [$q:literal] [$($more:tt)*] ; keyed($field:literal), $($rest:tt)*) => {
        $crate::__facts!(@ [$($s)*] [$c] [keyed] [$q] [$($more)*] ; $($rest)*)
    };
    (@ [$($s:tt)*] [$c:ident] [$e:ident] [$q:literal] [$($more:tt)*] ; $effect:ident, $($rest:tt)*) => {
        $crate::__facts!(@ [$($s)*] [$c] [$effect] [$q] [$($more)*] ; $($rest)*)
    };
    (@ [$($s:tt)*] [$c:ident] [$e:ident] [$q:literal] [$($more:tt)*] ; $fact:ident ($($arg:tt)*), $($rest:tt)*) => {
        $crate::__facts!(@ [$($s)*] [$c] [$e] [$q] [$($more)* $fact ($($arg)*)] ; $($rest)*)
    };
    (@ [$first:ident $(, $site:ident)*] [$c:ident] [$e:ident] [$q:literal] [$($fact:ident $arg:tt)*] ;) => {
        concat!(
            "- **Sites:** ", $crate::__words!(site $first) $(, ", ", $crate::__words!(site $site))*, "\n",
            "- **Caller:** ", $crate::__words!(caller $c), "\n",
            "- **Idempotency:** ", $crate::__words!(effect $e), "\n",
            "- **Rate limit:** ", $q, " calls per second\n",
            $($crate::__words!($fact $arg),)*
        )
    };
}

/// The facts in words.
#[doc(hidden)]
#[macro_export]
macro_rules! __words {
    (site CHINA) => { "China" };
    (site INTERNATIONAL) => { "international" };
    (site EUROPE) => { "Europe" };
    (site ALL) => { "China, international, Europe" };
    (site OUTSIDE_CHINA) => { "international, Europe" };
    (caller Partner) => { "a solution provider or distributor" };
    (caller Distributor) => { "a distributor" };
    (caller Customer) => { "the customer itself" };
    (caller EnterpriseMaster) => { "the master account of an enterprise" };
    (caller Either) => { "a partner or a customer" };
    (effect GET) => { $crate::__words!(effect read) };
    (effect read) => { "reads only; the client retries it" };
    (effect idempotent) => { "a repeat ends in the same state; the client retries it" };
    (effect keyed) => { "the service refuses a repeat with the same key; the client retries it with that key" };
    (effect $once:ident) => {
        "a repeat is executed again; the client retries it only if the first was not executed"
    };
    (permissions($first:literal $(, $item:literal)* $(,)?)) => {
        concat!("- **Permission of an operator account:** `", $first, "`" $(, " or `", $item, "`")*, "\n")
    };
    (rows($largest:literal, $($of:tt)*)) => {
        concat!("- **Paging:** by row offset, at most ", stringify!($largest), " rows per page\n")
    };
    (pages($largest:literal, $($of:tt)*)) => {
        concat!("- **Paging:** by page number from 1, at most ", stringify!($largest), " rows per page\n")
    };
    (marker($largest:literal, $($of:tt)*)) => {
        concat!("- **Paging:** by marker, at most ", stringify!($largest), " rows per page\n")
    };
    (success(field $name:literal)) => { concat!("- **Success:** the response has `", $name, "`\n") };
    (success(any $first:literal $(, $name:literal)*)) => {
        concat!("- **Success:** the response has `", $first, "`" $(, " or `", $name, "`")*, "\n")
    };
    (success(failures $name:literal)) => {
        concat!("- **Success:** the response is empty or lists the failures in `", $name, "`\n")
    };
    (success(list $name:literal)) => { concat!("- **Success:** the response has the list `", $name, "`\n") };
    (success(lists $one:literal, $other:literal)) => {
        concat!("- **Success:** the response has the list `", $one, "` or `", $other, "`\n")
    };
    (success(empty)) => { "- **Success:** the response is empty\n" };
    (success(acknowledged)) => { "- **Success:** the response is empty or has only a code of success\n" };
    (records($query:literal)) => {
        concat!("- **Unknown outcome:** resolved by the records of `", $query, "`\n")
    };
    (state($query:literal)) => {
        concat!("- **Unknown outcome:** resolved by the state in `", $query, "`\n")
    };
    (alternative($query:literal)) => { concat!("- **On other sites:** `", $query, "`\n") };
    (source($address:literal)) => { concat!("- **Source:** <", $address, ">\n") };
    ($fact:ident $arg:tt) => { "" };
}

/// A constraint in words.
#[doc(hidden)]
#[macro_export]
macro_rules! __constraint_words {
    (len(0..=$most:literal)) => { concat!(" Up to ", stringify!($most), " characters.") };
    (len($least:literal..=$most:literal)) => {
        concat!(" ", stringify!($least), " to ", stringify!($most), " characters.")
    };
    (range(0..=$most:literal)) => { concat!(" Up to ", stringify!($most), ".") };
    (range($least:literal..=$most:literal)) => {
        concat!(" ", stringify!($least), " to ", stringify!($most), ".")
    };
    (count(0..=$most:literal)) => { concat!(" Up to ", stringify!($most), " entries.") };
    (count($least:literal..=$most:literal)) => {
        concat!(" ", stringify!($least), " to ", stringify!($most), " entries.")
    };
    (each($least:literal..=$most:literal)) => {
        concat!(" Each has ", stringify!($least), " to ", stringify!($most), " characters.")
    };
    (money) => { " Above zero, with at most two decimals." };
    (filled) => { " Not empty." };
    (known) => { " Only documented codes." };
    (default($value:literal)) => { concat!(" The service takes ", stringify!($value), " by default.") };
    (one_of(&[$first:literal $(, $text:literal)*])) => {
        concat!(" One of `", $first, "`" $(, ", `", $text, "`")*, ".")
    };
    ($($other:tt)*) => { "" };
}
