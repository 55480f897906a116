//! Macros by example for what every generated type of a kind has in common, so that the code generator emits one line. `rt` is
//! `__private`, as generated modules have it.

/// An object with declared fields, each with its index in the shape, from 0 on; it implements `Default` itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($ty:ident, $shape:ident, $extra:ident, { $($index:literal $field:ident)* }) => {
        impl rt::Record for $ty {
            fn shape(&self) -> &'static rt::Shape {
                &$shape
            }

            fn slot(&mut self, index: rt::u16) -> rt::Option<&mut dyn rt::Slot> {
                let slot: &mut dyn rt::Slot = match index {
                    $($index => &mut self.$field,)*
                    _ => return rt::None,
                };
                rt::Some(slot)
            }

            fn value(&self, index: rt::u16) -> rt::Option<&dyn rt::Slot> {
                rt::nth([$(&self.$field),*], index)
            }

            fn extra_mut(&mut self) -> &mut rt::Extra {
                &mut self.$extra
            }

            fn extra(&self) -> &rt::Extra {
                &self.$extra
            }
        }

        impl rt::Declared for $ty {
            type Kind = rt::Objects;
        }

        impl rt::PartialEq for $ty {
            fn eq(&self, other: &Self) -> rt::bool {
                rt::same(self, other)
            }
        }

        impl rt::Debug for $ty {
            fn fmt(&self, f: &mut rt::Formatter<'_>) -> rt::FmtResult {
                rt::Debug::fmt(&rt::record_args(self), f)
            }
        }
    };
}

/// A newtype around the text of an id.
#[doc(hidden)]
#[macro_export]
macro_rules! __id {
    ($ty:ident) => {
        impl $ty {
            /// The id as it is written.
            #[must_use]
            pub fn as_str(&self) -> &rt::str {
                &self.0
            }
        }

        impl rt::Element for $ty {
            const EXPECTED: &'static rt::str = "an id";

            fn from_raw(raw: rt::Raw<'_>, _: &rt::Format) -> rt::Option<Self> {
                rt::id_text(raw).map($ty)
            }

            fn into_datum(self) -> rt::Option<rt::Datum> {
                rt::Some(rt::Datum::Text(self.0))
            }

            fn to_datum(&self) -> rt::Option<rt::Datum> {
                rt::Some(rt::Datum::Text(rt::Clone::clone(&self.0)))
            }
        }

        impl rt::Display for $ty {
            fn fmt(&self, f: &mut rt::Formatter<'_>) -> rt::FmtResult {
                f.write_str(&self.0)
            }
        }

        impl rt::AsRef<rt::str> for $ty {
            fn as_ref(&self) -> &rt::str {
                &self.0
            }
        }

        impl rt::From<&rt::str> for $ty {
            fn from(id: &rt::str) -> Self {
                $ty(rt::From::from(id))
            }
        }

        impl rt::From<rt::String> for $ty {
            fn from(id: rt::String) -> Self {
                $ty(id)
            }
        }

        impl rt::From<&$ty> for $ty {
            fn from(id: &$ty) -> Self {
                rt::Clone::clone(id)
            }
        }

        impl rt::From<rt::u64> for $ty {
            fn from(id: rt::u64) -> Self {
                $ty(rt::ToString::to_string(&id))
            }
        }
    };
}

/// What open and closed enums share; the type implements `Enumeration` itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __enum {
    (open $ty:ident) => {
        rt::enumeration!($ty);

        impl rt::From<&rt::str> for $ty {
            fn from(wire: &rt::str) -> Self {
                rt::open_enum(wire, $ty::Other)
            }
        }

        impl rt::From<rt::String> for $ty {
            fn from(wire: rt::String) -> Self {
                rt::From::from(wire.as_str())
            }
        }
    };
    (closed $ty:ident) => {
        rt::enumeration!($ty);

        impl rt::FromStr for $ty {
            type Err = rt::UnknownValue;

            fn from_str(wire: &rt::str) -> rt::Result<Self, rt::UnknownValue> {
                rt::closed_enum(wire)
            }
        }
    };
    ($ty:ident) => {
        impl rt::Declared for $ty {
            type Kind = rt::Enums;
        }

        impl rt::Display for $ty {
            fn fmt(&self, f: &mut rt::Formatter<'_>) -> rt::FmtResult {
                f.write_str(self.as_str())
            }
        }

        impl rt::From<&$ty> for $ty {
            fn from(value: &$ty) -> Self {
                rt::Clone::clone(value)
            }
        }
    };
}

/// A newtype around `Args`: what can be written.
#[doc(hidden)]
#[macro_export]
macro_rules! __args {
    ($ty:ident) => {
        impl rt::Clone for $ty {
            fn clone(&self) -> Self {
                Self(rt::Clone::clone(&self.0))
            }
        }

        impl rt::PartialEq for $ty {
            fn eq(&self, other: &Self) -> rt::bool {
                self.0 == other.0
            }
        }

        impl rt::Debug for $ty {
            fn fmt(&self, f: &mut rt::Formatter<'_>) -> rt::FmtResult {
                rt::Debug::fmt(&self.0, f)
            }
        }
    };
}

/// An action: a newtype around `Args`, with its output and its table.
#[doc(hidden)]
#[macro_export]
macro_rules! __action {
    ($ty:ident, $output:ty, $meta:ident) => {
        rt::args!($ty);

        impl rt::Action for $ty {
            type Output = $output;
            const META: &'static rt::ActionMeta = &$meta;

            fn into_args(self) -> rt::Args {
                self.0
            }
        }
    };
}

/// An object that is only written.
#[doc(hidden)]
#[macro_export]
macro_rules! __input {
    ($ty:ident) => {
        rt::args!($ty);

        impl rt::Declared for $ty {
            type Kind = rt::Inputs;
        }

        impl rt::Input for $ty {
            fn args(&self) -> &rt::Args {
                &self.0
            }

            fn into_args(self) -> rt::Args {
                self.0
            }
        }
    };
}

/// An object that is one of several: an enum with a boxed object in each variant, and `Other`.
#[doc(hidden)]
#[macro_export]
macro_rules! __union {
    ($ty:ident, $tag:expr, { $($index:literal $variant:ident $inner:path, $shape:path, $key:literal;)* }, { $($single:ident $from:path;)* }, { $($id:ident $id_ty:path;)? }) => {
        impl rt::Union for $ty {
            const TAG: rt::Option<&'static rt::str> = $tag;
            const VARIANTS: &'static [(&'static rt::str, &'static rt::Shape)] =
                &[$(($key, &$shape)),*];

            fn vacant(index: rt::usize) -> rt::Option<Self> {
                match index {
                    $($index => rt::Some(Self::$variant(rt::Box::new(rt::Default::default()))),)*
                    _ => rt::None,
                }
            }

            fn object(
                &self,
            ) -> rt::Result<
                (rt::usize, &dyn rt::Record),
                rt::Option<rt::Datum>,
            > {
                match self {
                    $(Self::$variant(object) => rt::Result::Ok(($index, &**object)),)*
                    $(Self::$id(id) => rt::Result::Err(
                        rt::Element::into_datum(rt::Clone::clone(id)),
                    ),)?
                    Self::Other(json) => rt::Result::Err(
                        rt::Element::into_datum(rt::Clone::clone(json)),
                    ),
                }
            }

            fn object_mut(&mut self) -> rt::Option<&mut dyn rt::Record> {
                match self {
                    $(Self::$variant(object) => rt::Some(&mut **object),)*
                    _ => rt::None,
                }
            }

            fn other(json: rt::Value) -> Self {
                Self::Other(json)
            }

            $(
                fn of_id(id: rt::String) -> rt::Option<Self> {
                    let id: $id_ty = rt::From::from(id);
                    rt::Some(Self::$id(id))
                }
            )?
        }

        impl rt::Declared for $ty {
            type Kind = rt::Unions;
        }

        impl rt::Default for $ty {
            fn default() -> Self {
                Self::Other(rt::Value::Null)
            }
        }

        $(
            impl rt::From<$from> for $ty {
                fn from(object: $from) -> Self {
                    Self::$single(rt::Box::new(object))
                }
            }
        )*

        $(
            impl rt::From<$id_ty> for $ty {
                fn from(id: $id_ty) -> Self {
                    Self::$id(id)
                }
            }
        )?
    };
}
