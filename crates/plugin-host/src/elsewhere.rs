//! In the place of a run on systems that nobody confined a plugin on: it is refused.

use crate::broker::Broker;
use crate::fault::{Fault, FaultKind};
use crate::order::{Probe, Run, Seen};
use haggle_evidence::Sink;

/// Refuses to run a plugin.
pub(crate) fn see(
    run: &Run<'_>,
    _probe: Option<Probe>,
    _broker: &mut dyn Broker,
    _sink: &mut dyn Sink,
) -> Seen {
    let (name, here) = (run.plugin.name(), std::env::consts::OS);
    let message = format!(
        "plugin `{name}`: found the system `{here}`, expected `linux`: nothing confines it elsewhere"
    );
    let help = "run it on Linux; what is pinned and stored is read here with `--locked --offline`";
    Seen { result: Err(Fault::new(FaultKind::Host, message, help)), probed: None, deaf: false }
}
