//! What a process has used, by its own account; Linux tells it in `/proc`.

use std::fs::{read_dir, read_to_string};
use std::str::FromStr;
use std::time::Instant;

use crate::Failure;

/// What a job has used when it ends.
#[derive(Debug)]
pub(crate) struct Usage {
    /// User and kernel time of all threads, in milliseconds.
    pub(crate) cpu_ms: f64,
    /// From the start of `main`, in milliseconds.
    pub(crate) wall_ms: f64,
    /// Peak of resident memory, in MiB.
    pub(crate) peak_mib: f64,
}

impl Usage {
    /// Of this process, so far.
    pub(crate) fn so_far(started: Instant) -> Result<Self, Failure> {
        let mut nanos = 0.0;
        for task in read_dir("/proc/self/task")? {
            // Time on the CPU in nanoseconds, time waiting for it, slices: see proc(5), schedstat.
            let text = read_to_string(task?.path().join("schedstat"))?;
            nanos += text.split(' ').next().unwrap_or_default().parse::<f64>()?;
        }
        let status = read_to_string("/proc/self/status")?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        let kib: f64 = peak.trim().trim_end_matches(" kB").parse()?;
        Ok(Self {
            cpu_ms: nanos / 1e6,
            wall_ms: started.elapsed().as_secs_f64() * 1e3,
            peak_mib: kib / 1024.0,
        })
    }
}

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.cpu_ms, self.wall_ms, self.peak_mib)
    }
}

impl FromStr for Usage {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let figures: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        match figures[..] {
            [cpu_ms, wall_ms, peak_mib] => Ok(Self { cpu_ms, wall_ms, peak_mib }),
            _ => Err(format!("no figures: {text}").into()),
        }
    }
}
