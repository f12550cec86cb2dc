//! Looks at a script without running it: its interpreter, and the manifest in its comments.

use crate::inspect::{InspectError, Inspection, hash};
use crate::manifest::{ABI, MOST_BYTES, Manifest, shown};
use crate::plugin::Kind;
use std::path::Path;

/// The platform of what no processor decides.
pub const ANY_PLATFORM: &str = "any";

/// How a script begins.
const MARK: &[u8] = b"#!";
/// The line above the manifest.
const OPEN: &str = "# /// haggle";
/// The line below it.
const CLOSE: &str = "# ///";
/// Bytes of the first line at most: what the oldest kernels read of it.
const FIRST_LINE: usize = 127;
/// Folders of programs that a confined script can run.
pub(crate) const PROGRAMS: [&str; 3] = ["/bin", "/usr/bin", "/usr/local/bin"];

/// Whether these bytes are a script.
pub(crate) fn is_script(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK)
}

/// Looks at the bytes of a script.
pub(crate) fn inspect(bytes: &[u8]) -> Result<Inspection, InspectError> {
    let manifest = manifest(bytes)?;
    let interpreter = interpreter(bytes)?;
    let problems = problems(&interpreter, &manifest);
    Ok(Inspection {
        kind: Kind::Script,
        interpreter: Some(interpreter),
        sha256: hash(bytes),
        size: bytes.len() as u64,
        platform: ANY_PLATFORM.to_owned(),
        manifest,
        libraries: Vec::new(),
        exports: Vec::new(),
        glibc: None,
        problems,
    })
}

/// What stands behind `#!`: a program and at most one argument.
fn interpreter(bytes: &[u8]) -> Result<String, InspectError> {
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    let line = String::from_utf8_lossy(&bytes[MARK.len()..end]);
    if end > FIRST_LINE || line.contains(|c: char| c.is_control() && c != '\t') {
        return Err(InspectError(format!(
            "line 1: found `#!{}`, expected a program on a line of at most {FIRST_LINE} bytes that ends with a line feed alone",
            shown(&line)
        )));
    }
    Ok(shown(line.trim()))
}

fn problems(interpreter: &str, manifest: &Manifest) -> Vec<String> {
    let program = interpreter.split_whitespace().next().unwrap_or("");
    let within = PROGRAMS.iter().any(|folder| Path::new(program).starts_with(folder));
    let outside = !within || program.contains("..");
    let outside = outside.then(|| {
        let folders = PROGRAMS.join(", ");
        format!("is run by `{program}`, expected a program in {folders}: it can read no others")
    });
    let abi = manifest.abi();
    let abi = (!abi.runs_on(ABI))
        .then(|| format!("made for interface {abi}, expected {ABI} or an older 1.x"));
    let secrets = !manifest.permissions.secrets.is_empty();
    let secrets = secrets.then(|| {
        "asks for secrets, expected none: a script sends no headers, a library can".to_owned()
    });
    outside.into_iter().chain(abi).chain(secrets).collect()
}

/// The manifest between its marks, each line of it a comment.
fn manifest(bytes: &[u8]) -> Result<Manifest, InspectError> {
    let wrong = |why: String| InspectError(why);
    let bytes = &bytes[..bytes.len().min(2 * MOST_BYTES)];
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| *line != OPEN);
    let missing =
        || wrong(format!("no `{OPEN}` at the beginning of a line: a script without a manifest"));
    let (first, _) = lines.next().ok_or_else(missing)?;
    // A line stands where it stands in the file, so that what is wrong is found there.
    let mut manifest = "\n".repeat(first + 1);
    for (number, line) in lines {
        if line == CLOSE {
            return Manifest::of_toml(&manifest).map_err(|e| wrong(e.to_string()));
        }
        let inner = line.strip_prefix("# ").or_else(|| (line == "#").then_some(""));
        manifest.push_str(inner.ok_or_else(|| {
            let found = shown(line);
            let at = number + 1;
            wrong(format!(
                "line {at}: found `{found}`, expected `# ` and a line of its manifest, or `{CLOSE}`"
            ))
        })?);
        manifest.push('\n');
    }
    Err(wrong(format!("no `{CLOSE}` below `{OPEN}`, expected one within {MOST_BYTES} bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "#!/bin/sh\n# Prices.\n# /// haggle\n# manifest = 1\n# name = \"x\"\n# version = \"1\"\n# abi = \"1.0\"\n# summary = \"s\"\n#\n# [permissions]\n# inputs = [\"stdin\"]\n# ///\necho\n";

    #[test]
    fn a_script_is_told_without_running_it() {
        let found = inspect(HEAD.as_bytes()).unwrap();
        assert_eq!((found.kind, found.interpreter.as_deref()), (Kind::Script, Some("/bin/sh")));
        assert_eq!((found.manifest.name.as_str(), found.platform.as_str()), ("x", "any"));
        assert_eq!(found.manifest.permissions.inputs, ["stdin"]);
        assert_eq!((found.problems, found.sha256), (Vec::new(), hash(HEAD.as_bytes())));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (from, to, part) in [
            ("/bin/sh", "/bin/sh\r", "line 1: found `#!/bin/sh?`"),
            ("/bin/sh", &"x".repeat(130), "at most 127 bytes"),
            ("# /// haggle", "# // haggle", "a script without a manifest"),
            ("# ///\n", "# //\n", "line 13: found `echo`"),
            ("# ///\n", "", "line 12: found `echo`"),
            ("# ///\necho\n", "", "no `# ///` below"),
            ("#\n", "\n", "line 9: found ``"),
            ("# name", "# nam", "unknown field `nam`"),
            ("\"x\"", "\"X\"", "`name` is `X`"),
            ("# name = \"x\"\n", "", "missing field `name`"),
        ] {
            assert!(HEAD.contains(from), "{from}");
            let error = inspect(HEAD.replacen(from, to, 1).as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{to}: {error}");
        }
        for (from, to, part) in [
            ("/bin/sh", "sh", "is run by `sh`"),
            ("/bin/sh", "/opt/x/python3 -u", "is run by `/opt/x/python3`"),
            ("/bin/sh", "/bin/../opt/sh", "is run by"),
            ("/bin/sh", "", "is run by ``"),
            ("abi = \"1.0\"", "abi = \"2.0\"", "made for interface 2.0"),
            ("[\"stdin\"]", "[\"https://a.example/\"]\n# secrets = [\"KEY\"]", "asks for secrets"),
        ] {
            let found = inspect(HEAD.replacen(from, to, 1).as_bytes()).unwrap();
            assert!(found.problems.concat().contains(part), "{to}: {:?}", found.problems);
        }
    }
}
