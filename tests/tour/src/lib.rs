//! The tour that cargo run gives: every action of the mission against an embedded sandbox
