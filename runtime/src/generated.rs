//! Macros by example for what every generated type of a kind has in common, so that the code generator emits one line.

/// An object with declared fields, each with its index in the shape; it implements `Default` itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($ty:ident, $shape:ident, $extra:ident, { $($index:literal $field:ident)* }) => {
        #[allow(deprecated)]
        impl $crate::__private::Record for $ty {
            fn shape(&self) -> &'static $crate::__private::Shape {
                &$shape
            }

            fn slot(
                &mut self,
                index: $crate::__private::u16,
            ) -> $crate::__private::Option<&mut dyn $crate::__private::Slot> {
                let slot: &mut dyn $crate::__private::Slot = match index {
                    $($index => &mut self.$field,)*
                    _ => return $crate::__private::None,
                };
                $crate::__private::Some(slot)
            }

            fn value(
                &self,
                index: $crate::__private::u16,
            ) -> $crate::__private::Option<&dyn $crate::__private::Slot> {
                let slot: &dyn $crate::__private::Slot = match index {
                    $($index => &self.$field,)*
                    _ => return $crate::__private::None,
                };
                $crate::__private::Some(slot)
            }

            fn extra_mut(&mut self) -> &mut $crate::__private::Extra {
                &mut self.$extra
            }

            fn extra(&self) -> &$crate::__private::Extra {
                &self.$extra
            }
        }

        impl $crate::__private::Element for $ty {
            const EXPECTED: &'static $crate::__private::str = "an object";

            fn from_raw(
                _: $crate::__private::Raw<'_>,
                _: &$crate::__private::Format,
            ) -> $crate::__private::Option<Self> {
                $crate::__private::None
            }

            fn into_datum(self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Element::to_datum(&self)
            }

            fn to_datum(&self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Some($crate::__private::Datum::Object($crate::__private::record_args(
                    self,
                )))
            }

            fn vacant() -> $crate::__private::Option<Self> {
                $crate::__private::Some($crate::__private::Default::default())
            }

            fn record(&mut self) -> $crate::__private::Option<&mut dyn $crate::__private::Record> {
                $crate::__private::Some(self)
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Debug for $ty {
            fn fmt(&self, f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                $crate::__private::Debug::fmt(&$crate::__private::record_args(self), f)
            }
        }
    };
}

/// A newtype around the text of an id.
#[doc(hidden)]
#[macro_export]
macro_rules! __id {
    ($ty:ident) => {
        #[allow(deprecated)]
        impl $ty {
            /// The id as it is written.
            #[must_use]
            pub fn as_str(&self) -> &$crate::__private::str {
                &self.0
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Element for $ty {
            const EXPECTED: &'static $crate::__private::str = "an id";

            fn from_raw(
                raw: $crate::__private::Raw<'_>,
                _: &$crate::__private::Format,
            ) -> $crate::__private::Option<Self> {
                $crate::__private::id_text(raw).map($ty)
            }

            fn into_datum(self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Some($crate::__private::Datum::Text(self.0))
            }

            fn to_datum(&self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Some($crate::__private::Datum::Text($crate::__private::Clone::clone(
                    &self.0,
                )))
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Display for $ty {
            fn fmt(&self, f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                f.write_str(&self.0)
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::AsRef<$crate::__private::str> for $ty {
            fn as_ref(&self) -> &$crate::__private::str {
                &self.0
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::From<&$crate::__private::str> for $ty {
            fn from(id: &$crate::__private::str) -> Self {
                $ty($crate::__private::From::from(id))
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::From<$crate::__private::String> for $ty {
            fn from(id: $crate::__private::String) -> Self {
                $ty(id)
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::From<&$ty> for $ty {
            fn from(id: &$ty) -> Self {
                $crate::__private::Clone::clone(id)
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::From<$crate::__private::u64> for $ty {
            fn from(id: $crate::__private::u64) -> Self {
                $ty($crate::__private::ToString::to_string(&id))
            }
        }
    };
}

/// What open and closed enums share; the type implements `Enumeration` itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __enum {
    (open $ty:ident) => {
        $crate::__enum!($ty);

        #[allow(deprecated)]
        impl $crate::__private::From<&$crate::__private::str> for $ty {
            fn from(wire: &$crate::__private::str) -> Self {
                $crate::__private::open_enum(wire, $ty::Other)
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::From<$crate::__private::String> for $ty {
            fn from(wire: $crate::__private::String) -> Self {
                $crate::__private::From::from(wire.as_str())
            }
        }
    };
    (closed $ty:ident) => {
        $crate::__enum!($ty);

        #[allow(deprecated)]
        impl $crate::__private::FromStr for $ty {
            type Err = $crate::UnknownValue;

            fn from_str(
                wire: &$crate::__private::str,
            ) -> $crate::__private::Result<Self, $crate::UnknownValue> {
                $crate::__private::closed_enum(wire)
            }
        }
    };
    ($ty:ident) => {
        #[allow(deprecated)]
        impl $crate::__private::Element for $ty {
            const EXPECTED: &'static $crate::__private::str = "a known value";

            fn from_raw(
                raw: $crate::__private::Raw<'_>,
                _: &$crate::__private::Format,
            ) -> $crate::__private::Option<Self> {
                $crate::__private::read_enum(raw)
            }

            fn into_datum(self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Element::to_datum(&self)
            }

            fn to_datum(&self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Some($crate::__private::enum_datum(self))
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Display for $ty {
            fn fmt(&self, f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                f.write_str(self.as_str())
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::From<&$ty> for $ty {
            fn from(value: &$ty) -> Self {
                $crate::__private::Clone::clone(value)
            }
        }
    };
}

/// An action: a newtype around `Args`, with its output and its table.
#[doc(hidden)]
#[macro_export]
macro_rules! __action {
    ($ty:ident, $output:ty, $meta:ident) => {
        impl $crate::__private::Debug for $ty {
            fn fmt(&self, f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                $crate::__private::Debug::fmt(&self.args, f)
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Action for $ty {
            type Output = $output;
            const META: &'static $crate::__private::ActionMeta = &$meta;

            fn args_mut(&mut self) -> &mut $crate::__private::Args {
                &mut self.args
            }
        }
    };
}

/// What can be written: a newtype around `Args`.
#[doc(hidden)]
#[macro_export]
macro_rules! __input {
    ($ty:ident) => {
        #[allow(deprecated)]
        impl $crate::__private::Debug for $ty {
            fn fmt(&self, f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                $crate::__private::Debug::fmt(&self.args, f)
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Element for $ty {
            const EXPECTED: &'static $crate::__private::str = "an object";

            fn from_raw(
                _: $crate::__private::Raw<'_>,
                _: &$crate::__private::Format,
            ) -> $crate::__private::Option<Self> {
                $crate::__private::None
            }

            fn into_datum(self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Element::into_datum(self.args)
            }

            fn to_datum(&self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Element::to_datum(&self.args)
            }
        }
    };
}

/// An object that is one of several: an enum with a boxed object in each variant, and `Other`.
#[doc(hidden)]
#[macro_export]
macro_rules! __union {
    ($ty:ident, $tag:expr, { $($index:literal $variant:ident $inner:path, $shape:path, $key:literal;)* }, { $($single:ident $from:path;)* }, { $($id:ident $id_ty:path;)? }) => {
        #[allow(deprecated)]
        impl $crate::__private::Union for $ty {
            const TAG: $crate::__private::Option<&'static $crate::__private::str> = $tag;
            const VARIANTS: &'static [(&'static $crate::__private::str, &'static $crate::__private::Shape)] =
                &[$(($key, &$shape)),*];

            fn vacant(index: $crate::__private::usize) -> $crate::__private::Option<Self> {
                match index {
                    $($index => $crate::__private::Some(Self::$variant($crate::__private::Default::default())),)*
                    _ => $crate::__private::None,
                }
            }

            fn object(
                &self,
            ) -> $crate::__private::Result<
                ($crate::__private::usize, &dyn $crate::__private::Record),
                $crate::__private::Option<$crate::__private::Datum>,
            > {
                match self {
                    $(Self::$variant(object) => $crate::__private::Result::Ok(($index, &**object)),)*
                    $(Self::$id(id) => $crate::__private::Result::Err(
                        $crate::__private::Element::into_datum($crate::__private::Clone::clone(id)),
                    ),)?
                    Self::Other(json) => $crate::__private::Result::Err(
                        $crate::__private::Element::into_datum($crate::__private::Clone::clone(json)),
                    ),
                }
            }

            fn object_mut(&mut self) -> $crate::__private::Option<&mut dyn $crate::__private::Record> {
                match self {
                    $(Self::$variant(object) => $crate::__private::Some(&mut **object),)*
                    _ => $crate::__private::None,
                }
            }

            fn json_mut(&mut self) -> $crate::__private::Option<&mut $crate::__private::Value> {
                match self {
                    Self::Other(json) => $crate::__private::Some(json),
                    _ => $crate::__private::None,
                }
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Element for $ty {
            const EXPECTED: &'static $crate::__private::str = "an object";

            fn from_raw(
                raw: $crate::__private::Raw<'_>,
                _: &$crate::__private::Format,
            ) -> $crate::__private::Option<Self> {
                $(
                    if let $crate::__private::Some(id) = $crate::__private::id_text(raw) {
                        let id: $id_ty = $crate::__private::From::from(id);
                        return $crate::__private::Some(Self::$id(id));
                    }
                )?
                $crate::__private::Element::from_raw(raw, &$crate::__private::Format::PLAIN).map(Self::Other)
            }

            fn into_datum(self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::Element::to_datum(&self)
            }

            fn to_datum(&self) -> $crate::__private::Option<$crate::__private::Datum> {
                $crate::__private::union_datum(self)
            }

            fn vacant() -> $crate::__private::Option<Self> {
                $crate::__private::Some($crate::__private::Default::default())
            }

            fn json(&mut self) -> $crate::__private::Option<&mut $crate::__private::Value> {
                *self = $crate::__private::Default::default();
                $crate::__private::Union::json_mut(self)
            }

            fn settle(&mut self) {
                $crate::__private::settle_union(self);
            }
        }

        #[allow(deprecated)]
        impl $crate::__private::Default for $ty {
            fn default() -> Self {
                Self::Other($crate::__private::Value::Null)
            }
        }

        $(
            #[allow(deprecated)]
            impl $crate::__private::From<$from> for $ty {
                fn from(object: $from) -> Self {
                    Self::$single($crate::__private::Box::new(object))
                }
            }
        )*

        $(
            #[allow(deprecated)]
            impl $crate::__private::From<$id_ty> for $ty {
                fn from(id: $id_ty) -> Self {
                    Self::$id(id)
                }
            }
        )?
    };
}
