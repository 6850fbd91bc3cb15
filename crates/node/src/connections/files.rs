//! Open files: each connection is one, and a system that lends us few would stop us from answering anybody.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are no connections of the server: the database, the log, connections to others.
const RESERVED: usize = 512;
/// With fewer connections a node is of no use.
const FEWEST: usize = 16;

/// Asks the system for as many files as so many connections need; how many connections there may be.
pub fn for_connections(wanted: usize) -> usize {
    let files = u64::try_from(wanted.saturating_add(RESERVED)).unwrap_or(u64::MAX);
    let limit = getrlimit(Resource::Nofile);
    // `None` is no limit at all.
    if limit.current.is_some_and(|current| current < files) {
        let raised = Rlimit {
            current: Some(limit.maximum.map_or(files, |maximum| maximum.min(files))),
            maximum: limit.maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::debug!(%error, "The limit of open files cannot be raised: {error}");
        }
    }
    let granted = getrlimit(Resource::Nofile).current;
    let most = connections(wanted, granted);
    if most < wanted {
        tracing::warn!(
            "The system lets this process open {} files only, so it takes {most} connections at once instead of \
             {wanted} (server.connections). Give it {files}: LimitNOFILE={files} in the systemd unit, or `ulimit -n \
             {files}` before the start.",
            granted.unwrap_or(u64::MAX)
        );
    }
    most
}

/// How many of `granted` files may be connections.
fn connections(wanted: usize, granted: Option<u64>) -> usize {
    let Some(granted) = granted.and_then(|files| usize::try_from(files).ok()) else {
        return wanted;
    };
    // Of few files a half stays reserved.
    let reserved = RESERVED.min(granted / 2);
    wanted.min((granted - reserved).max(FEWEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_never_connections() {
        assert_eq!(connections(8192, None), 8192);
        assert_eq!(connections(8192, Some(65_536)), 8192);
        assert_eq!(connections(8192, Some(4096)), 4096 - RESERVED);
        assert_eq!(connections(8192, Some(256)), 128);
        assert_eq!(connections(8192, Some(4)), FEWEST);
    }
}
