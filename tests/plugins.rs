//! Plugins from outside: what may run, who says so, what is refused, and what comes of a run.

use crate::support::{Bench, Ran};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "data-home/haggle/plugins";

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Compiles C into a shared library.
fn compile(bench: &Bench, to: &str, code: &str, flags: &[&str]) -> PathBuf {
    let source = bench.write(&format!("{to}.c"), code);
    let to = bench.path(to);
    let header = crate::support::repository().join("crates/plugin-api/include");
    let mut cc = Command::new("cc");
    cc.args(["-std=c99", "-Wall", "-Wextra", "-shared", "-fPIC", "-O1"]).arg("-I").arg(header);
    let done = cc.arg("-o").arg(&to).arg(source).args(flags).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    mode(&to, 0o644);
    to
}

/// A library that is a plugin to look at; nobody runs it.
fn looks(version: &str, permissions: &str) -> String {
    let manifest = format!(
        "{{\"manifest\":1,\"name\":\"sample\",\"version\":\"{version}\",\"abi\":\"1.0\",\
         \"summary\":\"Sample prices\",\"license\":\"MIT\",\"permissions\":{permissions}}}"
    );
    let quoted = manifest.replace('"', "\\\"");
    format!(
        "extern const char haggle_manifest_v1[];\nconst char haggle_manifest_v1[] = \"{quoted}\";\n\
         int haggle_plugin_init_v1(const void *h, void *p, void *e);\n\
         int haggle_plugin_init_v1(const void *h, void *p, void *e) {{ return h == p && p == e; }}\n"
    )
}

const ASKS: &str =
    "{\"inputs\":[\"https://data.example/\",\"file\"],\"secrets\":[\"KEY@data.example\"]}";

fn folder(bench: &Bench) -> PathBuf {
    let folder = bench.path(FOLDER);
    fs::create_dir_all(&folder).unwrap();
    mode(&folder, 0o755);
    folder
}

fn hash_in(text: &str) -> String {
    let word = |w: &&str| w.len() == 64 && w.bytes().all(|b| b.is_ascii_hexdigit());
    text.split_whitespace().find(word).unwrap().to_owned()
}

fn says(run: &Ran, code: i32, parts: &[&str]) {
    let all = format!("{}{}", run.out, run.err);
    assert_eq!(run.code, code, "{all}");
    for part in parts {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn a_file_is_shown_and_allowed_and_nothing_of_it_runs() {
    let bench = Bench::new();
    // Whatever ran here would leave a trace.
    let constructor = format!(
        "#include <stdio.h>\n__attribute__((constructor)) static void run(void) \
         {{ FILE *f = fopen(\"{}\", \"w\"); if (f) fclose(f); }}\n{}",
        bench.path("trace").display(),
        looks("1.2.0", ASKS)
    );
    compile(&bench, "mine.so", &constructor, &[]);
    let shown = bench.run("plugin inspect ./mine.so");
    says(&shown, 0, &["plugin sample 1.2.0", "Sample prices; MIT", "libc.so.6", "linux_"]);
    says(&shown, 0, &["https://data.example/, file", "KEY@data.example", "`full`"]);
    let json = bench.json("plugin inspect ./mine.so --json");
    assert_eq!(json["manifest"]["permissions"]["secrets"][0], "KEY@data.example");
    assert_eq!(json["problems"], serde_json::json!([]));
    assert_eq!(json["sha256"], hash_in(&shown.out));
    // Nobody can be asked here.
    says(&bench.run("plugin add ./mine.so"), 2, &["--yes", "sample 1.2.0"]);
    assert!(!bench.path("state").exists());
    says(&bench.run("plugin add ./mine.so --yes"), 0, &["added `sample`", "copied to"]);
    says(&bench.run("plugin list"), 0, &["sample", "ready", "1.2.0"]);
    assert_eq!(bench.run("plugin verify").code, 0);
    let grants = bench.path("state/haggle/grants.toml");
    assert_eq!(fs::metadata(&grants).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(bench.read("state/haggle/grants.toml").contains(&hash_in(&shown.out)));
    says(&bench.run("plugin remove sample"), 0, &["may no longer run"]);
    says(&bench.run("plugin list"), 0, &["found, not added"]);
    says(&bench.run("plugin remove sample"), 1, &["no plugin `sample` was added"]);
    assert!(!bench.path("trace").exists(), "something of it ran");
}

#[test]
fn less_is_allowed_than_is_asked_for_and_never_more() {
    let bench = Bench::new();
    compile(&bench, "mine.so", &looks("1.0", ASKS), &[]);
    bench.write("prices.csv", "a");
    let add = "plugin add ./mine.so --yes";
    let granted = |arguments: &str| {
        says(&bench.run(&format!("{add} {arguments}")), 0, &[]);
        bench.read("state/haggle/grants.toml")
    };
    let grant = granted("--input https://data.example/daily/");
    assert!(grant.contains("[\"https://data.example/daily/\"]"), "{grant}");
    assert!(grant.contains("KEY@data.example"), "{grant}");
    let grant = granted("--no-input");
    assert!(grant.contains("inputs = []") && grant.contains("secrets = []"), "{grant}");
    let grant = granted("--no-secret --cap memory_mb=64 --allow-level reduced");
    assert!(grant.contains("secrets = []") && grant.contains("memory_mb = 64"), "{grant}");
    assert!(grant.contains("level = \"reduced\""), "{grant}");
    let grant = granted("--file prices.csv");
    assert!(grant.contains(&format!("{}\"]", bench.path("prices.csv").display())), "{grant}");
    let before = bench.read("state/haggle/grants.toml");
    for wider in [
        "--input https://other.example/",
        "--input https://data.example",
        "--secret OTHER",
        "--input https://data.example/ --file prices.csv",
        "--cap memory=1",
        "--cap rows=0",
        "--allow-level none",
    ] {
        says(&bench.run(&format!("{add} {wider}")), 2, &[]);
    }
    assert_eq!(bench.read("state/haggle/grants.toml"), before);
}

#[test]
fn a_changed_file_is_refused_with_both_hashes_and_the_way_out() {
    let bench = Bench::new();
    let file = folder(&bench).join("libhaggle_sample.so");
    compile(&bench, "v1.so", &looks("1.0", ASKS), &[]);
    compile(&bench, "v2.so", &looks("2.0", ASKS), &[]);
    fs::copy(bench.path("v1.so"), &file).unwrap();
    let import = "import --plugin sample";
    says(&bench.run(import), 1, &["not added", "haggle plugin add sample"]);
    let old = hash_in(&bench.run("plugin add sample --yes").out);
    fs::copy(bench.path("v2.so"), &file).unwrap();
    let new = hash_in(&bench.run("plugin inspect sample").out);
    assert_ne!(old, new);
    says(&bench.run(import), 1, &[&old, &new, "haggle plugin add sample"]);
    says(&bench.run("plugin list"), 0, &["changed", &old[..12], &new[..12]]);
    says(&bench.run("plugin verify"), 1, &["changed"]);
    says(&bench.run("plugin add sample --yes"), 0, &["it takes the place of 1.0"]);
    assert!(!bench.read("state/haggle/grants.toml").contains(&old), "the old one is forgotten");
    fs::remove_file(&file).unwrap();
    says(&bench.run("plugin verify"), 1, &["gone"]);
}

#[test]
fn what_others_may_write_is_refused() {
    let bench = Bench::new();
    let folder = folder(&bench);
    let file = folder.join("libhaggle_sample.so");
    compile(&bench, "v1.so", &looks("1.0", ASKS), &[]);
    fs::copy(bench.path("v1.so"), &file).unwrap();
    assert_eq!(bench.run("plugin add sample --yes").code, 0);
    for (path, bad, good) in
        [(&folder, 0o777, 0o755), (&folder, 0o775, 0o755), (&file, 0o666, 0o644)]
    {
        mode(path, bad);
        for verb in ["import --plugin sample", "plugin inspect sample", "plugin add sample --yes"] {
            says(&bench.run(verb), 1, &["others may write this", "chmod go-w"]);
        }
        says(&bench.run("plugin list"), 0, &["refused"]);
        mode(path, good);
    }
    mode(&bench.path("state/haggle/grants.toml"), 0o644);
    says(&bench.run("import --plugin sample"), 1, &["others can read or write it", "chmod 600"]);
}

/// Neither the loader's folders nor the place where one stands are searched.
#[test]
fn only_plugin_folders_are_searched() {
    let bench = Bench::new();
    compile(&bench, "libhaggle_sample.so", &looks("1.0", ASKS), &[]);
    let ask = |variable: &str, value: &Path| {
        let mut command = bench.command();
        command.args(["plugin", "inspect", "sample"]).env(variable, value);
        crate::support::ran(command.output().unwrap())
    };
    mode(&bench.path(""), 0o700);
    for variable in ["LD_LIBRARY_PATH", "PATH"] {
        says(&ask(variable, &bench.path("")), 1, &["no file of that name"]);
    }
    says(&ask("HAGGLE_PLUGIN_PATH", Path::new(".")), 1, &["no file of that name"]);
    says(&ask("HAGGLE_PLUGIN_PATH", &bench.path("")), 0, &["sample 1.0"]);
    says(&bench.run("--plugin-dir . plugin inspect sample"), 0, &["sample 1.0"]);
}

#[test]
fn a_file_that_could_not_run_says_why() {
    let bench = Bench::new();
    compile(&bench, "libother.so", "int other(void);\nint other(void) { return 1; }\n", &[]);
    let other = bench.path("libother.so").display().to_string();
    let uses = format!(
        "int other(void);\nint call(void);\nint call(void) {{ return other(); }}\n{}",
        looks("1", ASKS)
    );
    for (name, code, flags, part) in [
        ("a.so", uses.as_str(), vec![other.as_str()], "needs the library `"),
        ("b.so", &looks("1", ASKS), vec!["-Wl,-rpath,/opt/x"], "a search path of its own"),
        ("c.so", &looks("1", ASKS), vec!["-z", "execstack"], "an executable stack"),
        (
            "d.so",
            &looks("1", ASKS).replace("init_v1", "start"),
            vec![],
            "no function `haggle_plugin_init_v1`",
        ),
        (
            "e.so",
            &looks("1", ASKS).replace("manifest_v1", "manifest"),
            vec![],
            "not a plugin of haggle",
        ),
        ("f.so", &looks("1", ASKS).replace("1.0\\\"", "2.0\\\""), vec![], "made for interface 2.0"),
        ("g.so", &looks("1", "{\"inputs\":[\"/etc\"]}"), vec![], "manifest: "),
    ] {
        compile(&bench, name, code, &flags);
        says(&bench.run(&format!("plugin add ./{name} --yes")), 1, &[part]);
    }
    bench.write("h.so", "#!/bin/sh\n");
    mode(&bench.path("h.so"), 0o644);
    says(&bench.run("plugin add ./h.so --yes"), 1, &["no shared library"]);
    assert!(!bench.path("state").exists());
}
