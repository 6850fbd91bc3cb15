//! What the end of a request for entries means for the machine.

use rustine_domain::log::Header;

use super::super::branch::{self, Look};
use super::super::fetch::host_of;
use super::super::machine::{Event, Halt, Head, SourceIndex, Standing};
use super::super::pull::End;
use super::report::why;
use super::{CopyTask, Removed};

impl CopyTask {
    /// What the end of a request means for the machine.
    pub(super) async fn ended(
        &mut self,
        source: SourceIndex,
        end: End,
        local: Option<Head>,
        progressed: bool,
    ) -> Result<Event, Removed> {
        Ok(match end {
            End::Complete => match local {
                Some(local) => {
                    self.own_fault = None;
                    let announced = self.machine.sources()[source].announced();
                    let more = announced.is_some_and(|head| head.seq > local.seq);
                    // What came may be a part of what it named; the same number with another hash never is.
                    let lies = |head: &Head| !progressed || head.seq == local.seq;
                    if let Some(head) = announced.filter(lies) {
                        self.lies_about_head(source, head, local);
                    }
                    Event::Applied { local, more }
                }
                None => {
                    let host = host_of(&self.log_of(source));
                    self.fault(source, format!("{host} sends no entries"));
                    Event::Unreachable
                }
            },
            // What broke off is asked for again, from where it broke off, as long as something comes.
            End::Silent(_) if progressed => match local {
                Some(local) => Event::Applied { local, more: true },
                None => Event::Unreachable,
            },
            End::Silent(why) => {
                self.fault(source, why);
                Event::Unreachable
            }
            End::Bad(why) => {
                tracing::warn!(
                    dataset = self.dataset,
                    "A source is not asked for a while: {why}"
                );
                self.fault(source, why);
                Event::Bad
            }
            End::WrongState(header) => self.wrong_state(source, &header),
            End::UnknownOperation(header) => self.unknown_operation(source, &header),
            End::Diverged(header) => self.diverged(source, &header).await?,
            End::Halted(halt) => {
                tracing::warn!(dataset = self.dataset, "A copy stands still: {}", why(halt));
                Event::Halted(halt)
            }
            End::Ours(why) => {
                tracing::error!(dataset = self.dataset, "A copy cannot go on: {why}");
                self.own_fault = Some(why);
                Event::Unreachable
            }
            End::Displaced => self.begin_anew(),
            End::Removed => return Err(Removed),
        })
    }

    /// It named a head that it does not send, or another hash for an entry that is the same as ours.
    fn lies_about_head(&mut self, source: SourceIndex, head: Head, local: Head) {
        let host = host_of(&self.log_of(source));
        let why = if head.seq > local.seq {
            format!(
                "{host} names entry {} as its last one, and does not send it",
                head.seq
            )
        } else if head.seq == local.seq && head.entry != local.entry {
            format!(
                "{host} names another hash for entry {} than it serves",
                head.seq
            )
        } else {
            return;
        };
        tracing::warn!(dataset = self.dataset, "{why}: nothing here has changed");
        self.fault(source, why);
    }

    /// One source may be wrong about a state; two that agree mean that we are (`protocol.md` §3.6).
    fn wrong_state(&mut self, source: SourceIndex, header: &Header) -> Event {
        let (seq, host) = (header.seq, host_of(&self.log_of(source)));
        if self.doubt(source, header) < 2 {
            self.fault(
                source,
                format!("{host} serves an entry {seq} that does not lead to the state it names"),
            );
            return Event::Bad;
        }
        let why = format!(
            "two sources serve the same entry {seq}, and here it leads to another state than it names: \
             this program is at fault; nothing more is applied"
        );
        tracing::error!(dataset = self.dataset, "{why}");
        self.own_fault = Some(why);
        Event::Halted(Halt::UpgradeNeeded)
    }

    fn unknown_operation(&mut self, source: SourceIndex, header: &Header) -> Event {
        let witnesses = self.doubt(source, header);
        if witnesses >= 2 || self.standing_of(source) == Standing::Origin {
            return Event::Halted(Halt::UpgradeNeeded);
        }
        let host = host_of(&self.log_of(source));
        self.fault(
            source,
            format!(
                "{host} serves an entry {} with an operation that this version does not know",
                header.seq
            ),
        );
        Event::Bad
    }

    /// Remembers who served a doubtful entry; how many did.
    fn doubt(&mut self, source: SourceIndex, header: &Header) -> usize {
        let witnesses = self.doubted.entry(header.hash()).or_default();
        witnesses.insert(source);
        witnesses.len()
    }

    async fn diverged(&mut self, source: SourceIndex, header: &Header) -> Result<Event, Removed> {
        let log = self.log_of(source);
        let shared = self.shared.clone();
        let look = branch::judge(&shared.remote, &shared.app, self.dataset, &log, header).await;
        self.looked(source, look)
    }

    /// What comes of a head before ours that is not the entry which we hold there: the logs part, although ours is the
    /// longer one. `None` where its source is just behind.
    pub(super) async fn parted_before(
        &mut self,
        source: SourceIndex,
        head: Head,
    ) -> Result<Option<Event>, Removed> {
        if self
            .machine
            .local()
            .is_none_or(|local| head.seq >= local.seq)
        {
            return Ok(None);
        }
        let (log, shared) = (self.log_of(source), self.shared.clone());
        let look = branch::judge_head(&shared.remote, &shared.app, self.dataset, &log, head).await;
        match look {
            None => {
                if self.standing_of(source) == Standing::Origin {
                    self.follow_again().await;
                }
                Ok(None)
            }
            Some(look) => self.looked(source, look).map(Some),
        }
    }

    pub(super) fn looked(&mut self, source: SourceIndex, look: Look) -> Result<Event, Removed> {
        Ok(match look {
            Look::Nothing => Event::Unreachable,
            Look::Resumed => Event::Resumed,
            Look::Displaced => self.begin_anew(),
            Look::Ended(End::Silent(why)) => {
                self.fault(source, why);
                Event::Unreachable
            }
            Look::Ended(End::Bad(why)) => {
                self.fault(source, why);
                Event::Bad
            }
            Look::Ended(End::Halted(halt)) => Event::Halted(halt),
            Look::Ended(End::Removed) => return Err(Removed),
            Look::Ended(End::Ours(why)) => {
                self.own_fault = Some(why);
                Event::Unreachable
            }
            Look::Ended(_) => Event::Unreachable,
        })
    }

    /// The copy is empty: a new machine begins with what is known of the sources.
    fn begin_anew(&mut self) -> Event {
        let why = "a rotation of the key has displaced what this copy held: it shows no rows until it has been read \
                   again";
        tracing::warn!(dataset = self.dataset, "{why}");
        self.own_fault = Some(why.to_owned());
        self.looked_ahead = 0;
        self.was_whole = false;
        self.machine.begin_anew(self.now());
        Event::Tick
    }
}
