//! A HubSpot-compatible server for this machine, for tests and trials
