//! `rustine block …`

use std::path::Path;

use rustine_store::BlockRecord;
use serde_json::json;

use crate::cli::Block;
use crate::output::Answer;

/// Blocks, unblocks and lists domains; a block covers the subdomains.
pub fn run(data: &Path, command: &Block) -> anyhow::Result<Answer> {
    let app = super::open(data)?;
    match command {
        Block::Add { domain, reason } => {
            let block = BlockRecord {
                domain: domain.to_string(),
                reason: reason.clone(),
                created: app.clock.now(),
            };
            app.db.write(|tx| tx.put_block(&block))?;
            Ok(Answer::done(
                json!({"domain": domain}),
                format!("{domain} and its subdomains are blocked."),
            ))
        }
        Block::Remove { domain } => {
            let removed = app.db.write(|tx| tx.delete_block(domain.as_str()))?;
            let text = if removed {
                format!("{domain} is not blocked any more.")
            } else {
                format!("{domain} was not blocked.")
            };
            Ok(Answer {
                json: json!({"domain": domain, "removed": removed}),
                text,
                done: removed,
            })
        }
        Block::List => {
            let blocks = app.db.read(|tx| tx.list_blocks())?;
            let lines: Vec<String> = blocks
                .iter()
                .map(|block| format!("{:<32} {}", block.domain, block.reason))
                .collect();
            let json: Vec<_> = blocks
                .iter()
                .map(|block| json!({"domain": block.domain, "reason": block.reason, "created": block.created}))
                .collect();
            Ok(Answer::done(json!({"blocks": json}), lines.join("\n")))
        }
    }
}
