//! Who else can read a file that holds a walk-away: a warning for places that are public.
//!
//! The usual file mode lets every account of a machine read a file, so the mode alone says nothing.
//! A warning is worth its line in two cases: a folder on the way is named as one that is published,
//! or a folder on the way is one that everybody may write to, such as `/tmp`, and no folder or mode
//! between keeps others out.

use crate::context::Context;
use std::path::Path;

/// Folders that are published, by name.
const PUBLISHED: [&str; 5] = ["public", "public_html", "htdocs", "wwwroot", "www"];

/// Says so if a file lies where others can read it.
pub(crate) fn warn(file: &Path, context: &Context) {
    // What cannot be looked at is told by whoever opens it.
    let Ok(file) = std::fs::canonicalize(file) else { return };
    let why = match published(&file) {
        Some(folder) => format!("it lies in a folder named `{folder}`"),
        None if shared(&file) => "everybody on this machine can read it there".to_owned(),
        None => return,
    };
    let name = file.file_name().unwrap_or_default().display();
    context.talk(&format!(
        "warning: {name}: {why}, and it holds what the other side must not know\n  \
         help: move it to a folder of your own, or allow only yourself to read it\n"
    ));
}

fn published(file: &Path) -> Option<&'static str> {
    let folders = file.parent()?.components().filter_map(|part| part.as_os_str().to_str());
    let named = |folder: &str| PUBLISHED.into_iter().find(|it| folder.eq_ignore_ascii_case(it));
    folders.rev().find_map(named)
}

/// Whether others may read it and come to it from a folder that they may write to.
#[cfg(unix)]
fn shared(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let may = |path: &Path, bit: u32| {
        std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & bit != 0)
    };
    let (read, write, enter) = (0o004, 0o002, 0o001);
    let reachable = file.ancestors().skip(1).take_while(|folder| may(folder, enter));
    may(file, read) && reachable.into_iter().any(|folder| may(folder, write))
}

/// Elsewhere than on Unix a mode says nothing of others.
#[cfg(not(unix))]
fn shared(_: &Path) -> bool {
    false
}
