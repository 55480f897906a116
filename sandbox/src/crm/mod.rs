//! The CRM: objects, search, batches, associations, properties, pipelines.
//!
//! - [`kinds`], [`definitions`]: the object types and their properties, as tables
//! - [`values`]: what comes in, checked and in HubSpot's form; [`computed`] (with [`decimal`]): what follows from it
//! - [`answer`]: what goes out
//! - [`write`]: create and update, shared by [`single`] and [`batch`]
//! - [`search`] (with [`tokenize`]), [`associations`] (with [`link_types`]), [`properties`], [`pipelines`]

pub(crate) mod answer;
pub(crate) mod associations;
pub(crate) mod batch;
pub(crate) mod computed;
pub(crate) mod decimal;
pub(crate) mod definitions;
pub(crate) mod kinds;
pub(crate) mod link_types;
pub(crate) mod pipelines;
pub(crate) mod properties;
pub(crate) mod search;
pub(crate) mod single;
pub(crate) mod tokenize;
pub(crate) mod values;
pub(crate) mod write;
