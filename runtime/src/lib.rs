//! Typed API connectors generated from small JSON action specs
