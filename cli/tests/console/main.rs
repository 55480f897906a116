//! `connector console`: who is let in, the whole story over HTTP, and the same in a real browser.

mod bench;
mod browser;
#[path = "../../../tests/tests/browser/chromium.rs"]
mod chromium;
mod flow;
mod forms;
mod guards;
mod marks;
#[path = "../shared/port.rs"]
mod port;
mod ways;
