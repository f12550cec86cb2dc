//! Where plugins and the user's consents to them lie: the environment is read here and handed on.

use crate::context::{Context, user_folder};
use crate::failure::Failure;
use haggle_plugin_host::find::{Place, Whose};
use haggle_plugin_host::grants::{self, Grants, GrantsError};
use std::path::{Path, PathBuf};

/// More folders to search, absolute, separated as in `PATH`.
const VARIABLE: &str = "HAGGLE_PLUGIN_PATH";

/// The folders to search, in order; `project` is the folder of a deal. Neither the working folder
/// nor what the system's loader would search is among them.
pub(super) fn places(project: Option<&Path>, context: &Context) -> Vec<Place> {
    let named = context.plugin_dirs.iter().cloned().chain(of_variable());
    let project = project.map(inside);
    let place = |whose| move |folder| Place { folder, whose };
    let all = named.map(place(Whose::Named)).chain(project.map(place(Whose::Project)));
    let all = all.chain(users().map(place(Whose::User)));
    all.chain(systems().into_iter().map(place(Whose::System))).collect()
}

/// The folder of plugins in a project.
pub(super) fn inside(project: &Path) -> PathBuf {
    project.join(".haggle").join("plugins")
}

/// What is not absolute would depend on where one stands.
fn of_variable() -> Vec<PathBuf> {
    let value = std::env::var_os(VARIABLE).unwrap_or_default();
    std::env::split_paths(&value).filter(|p| p.is_absolute()).collect()
}

/// The user's own folder of plugins.
pub(super) fn users() -> Option<PathBuf> {
    let inside = if cfg!(target_os = "macos") {
        "Library/Application Support"
    } else if cfg!(windows) {
        "AppData/Local"
    } else {
        ".local/share"
    };
    user_folder("XDG_DATA_HOME", inside).map(|folder| folder.join("haggle").join("plugins"))
}

fn systems() -> Vec<PathBuf> {
    let unix: &[&str] = if cfg!(target_os = "macos") {
        &["/Library/Application Support/haggle/plugins"]
    } else if cfg!(unix) {
        &["/usr/local/lib/haggle/plugins", "/usr/lib/haggle/plugins"]
    } else {
        &[]
    };
    let windows = std::env::var_os("ProgramData").filter(|_| cfg!(windows));
    let windows = windows.map(|p| PathBuf::from(p).join("haggle").join("plugins"));
    unix.iter().map(PathBuf::from).chain(windows).collect()
}

/// The file of the user's consents. It never lies in a project.
pub(super) fn grants_path() -> Result<PathBuf, Failure> {
    let folder = user_folder("XDG_STATE_HOME", ".local/state").ok_or_else(|| {
        Failure::new("there is no folder for your consents to plugins")
            .help("set XDG_STATE_HOME, or HOME")
    })?;
    Ok(folder.join("haggle").join(grants::FILE))
}

/// The user's consents.
pub(super) fn grants() -> Result<Grants, Failure> {
    Grants::read(&grants_path()?).map_err(|e| of_grants(&e))
}

pub(super) fn of_grants(error: &GrantsError) -> Failure {
    Failure::new(error.to_string())
        .help("`chmod 600` it; or delete it and allow each plugin again with `haggle plugin add`")
}

/// How many plugins the user allows, and where that stands.
pub(crate) fn consents() -> Result<String, Failure> {
    let path = grants_path()?;
    let count = grants()?.iter().count();
    Ok(format!("{count} added, {}", path.display()))
}
