//! How an answer becomes what a caller gets.

use crate::error::DecodeError;
use crate::pipeline::Answer;

/// By the function of generated code, or by what a spec says that was loaded at run time.
pub(crate) enum Reader<T> {
    Typed(fn(&Answer) -> Result<T, DecodeError>),
    #[cfg(feature = "dynamic")]
    Dynamic(fn(&Answer, crate::dynamic::Action) -> Result<T, DecodeError>, crate::dynamic::Action),
    /// Of a call that cannot be made: there is no answer.
    #[cfg(feature = "dynamic")]
    Unread,
}

impl<T> Reader<T> {
    pub(crate) fn read(self, answer: &Answer) -> Result<T, DecodeError> {
        match self {
            Self::Typed(read) => read(answer),
            #[cfg(feature = "dynamic")]
            Self::Dynamic(read, action) => read(answer, action),
            #[cfg(feature = "dynamic")]
            Self::Unread => Err(answer.unfit("nobody asked for it")),
        }
    }
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reader<T> {}
