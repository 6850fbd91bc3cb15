//! Processes that a test started: ending them, seeing their children and their memory.
//!
//! Signals go out through the shell's own `kill`, because the workspace forbids unsafe code; a process is
//! always named by the number of a child that we hold.

use std::process::{Child, Command};
use std::time::Duration;

use crate::wait;

/// Asks `child` to end and waits until it has; after `limit_s` it is killed and the test fails.
///
/// Returns its exit code, `None` if a signal ended it.
///
/// # Panics
/// When the process has to be killed.
pub fn terminate(child: &mut Child, limit_s: u64) -> Option<i32> {
    signal(child.id(), "TERM");
    for _ in 0..limit_s * 20 {
        if let Ok(Some(status)) = child.try_wait() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    kill(child);
    panic!("process did not end within {limit_s} s of being asked to");
}

/// Kills `child` at once, as a power cut would, and collects it.
pub fn kill(child: &mut Child) {
    // Both fail only for a child that is already gone, which is what we want.
    let _ = child.kill();
    let _ = child.wait();
}

/// Stops `child` where it stands.
pub fn pause(child: &Child) {
    signal(child.id(), "STOP");
}

/// Lets a paused `child` go on.
pub fn wake(child: &Child) {
    signal(child.id(), "CONT");
}

/// Kills the process `pid`, which must be a descendant of one that the caller started.
pub fn kill_descendant(pid: u32) {
    signal(pid, "KILL");
}

fn signal(pid: u32, name: &str) {
    let _ = Command::new("sh")
        .arg("-c")
        .arg(format!("kill -{name} {pid} 2>/dev/null"))
        .status();
}

/// The direct children of process `pid`, read from `/proc`; empty where there is none.
#[must_use]
pub fn children(pid: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|candidate| parent(*candidate) == Some(pid))
        .collect()
}

fn parent(pid: u32) -> Option<u32> {
    status_field(pid, "PPid:")?.parse().ok()
}

/// The largest resident size that process `pid` has had so far, in KiB.
#[must_use]
pub fn peak_memory_kib(pid: u32) -> Option<u64> {
    status_field(pid, "VmHWM:")?.parse().ok()
}

fn status_field(pid: u32, name: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    Some(line.split_whitespace().nth(1)?.to_owned())
}

/// Waits until `pid` is no longer there, a zombie included.
pub fn wait_gone(pid: u32, limit_s: u64) {
    wait::until("the end of a process", limit_s, || {
        match status_field(pid, "State:").as_deref() {
            None | Some("Z") => Some(()),
            Some(_) => None,
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_seen_and_asked_to_end() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(children(std::process::id()).contains(&child.id()));
        assert!(peak_memory_kib(child.id()).is_some());
        assert_eq!(terminate(&mut child, 5), None);
        wait_gone(child.id(), 5);
    }
}
