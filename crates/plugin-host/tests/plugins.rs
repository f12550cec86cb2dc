//! Plugins that work and plugins that do not, run as the program runs them: as children.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)]

mod support;

use arrow_ipc::writer::StreamWriter;
use haggle_evidence::{BatchBuilder, Observation};
use haggle_plugin_host::inspect::{Inspection, inspect};
use haggle_plugin_host::{FaultKind, Grant, Level, Limits, Plugin, Status};
use std::time::{Duration, Instant};
use support::{Bench, hostile, library, plain, rows_in_rust, script};

const ONE: i128 = 1_000_000_000_000;

#[test]
fn a_plain_c_plugin_works() {
    let outcome = Bench::new(plain()).run().unwrap();
    assert_eq!(outcome.level, support::best());
    assert_eq!((outcome.rows, outcome.log.as_str()), (3, ""));
    let rows = &outcome.observations;
    let amounts: Vec<i128> = rows.iter().map(|row| row.amount).collect();
    assert_eq!(amounts, [199 * ONE / 10, 20 * ONE, -ONE / 2]);
    let said: Vec<_> = rows.iter().map(|row| (row.title.as_deref(), row.weight)).collect();
    assert_eq!(said, [(Some("paper"), Some(1.0)), (Some("ink"), None), (Some("paper"), Some(2.5))]);
    let words: Vec<_> =
        rows.iter().map(|row| (row.row, row.currency.as_str(), row.bound)).collect();
    use haggle_evidence::Bound::{AtLeast, Exact};
    assert_eq!(words, [(1, "EUR", Exact), (2, "EUR", Exact), (3, "USD", AtLeast)]);
}

#[test]
fn a_rust_plugin_works() {
    for rows in [0, 1, 65_536, 65_537, 131_073] {
        let outcome =
            Bench::new(rows_in_rust()).config(&format!(r#""rows":{rows}"#)).run().unwrap();
        assert_eq!((outcome.level, outcome.rows), (support::best(), rows));
        let sum: i128 = outcome.observations.iter().map(|row| row.amount / ONE).sum();
        assert_eq!(sum, i128::from(rows) * (i128::from(rows) - 1).max(0) / 2);
    }
}

#[test]
fn panics_of_a_rust_plugin_are_told() {
    for place in ["validate", "open", "read"] {
        let bench = Bench::new(rows_in_rust());
        let mode = format!(r#""rows":70000,"mode":"panic in {place}""#);
        let fault = bench.config(&mode).run().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Reported(Status::Panic), "{fault}");
        assert!(fault.is_misbehaviour());
        let expected = format!("plugin `rows`: the plugin panicked: a panic in {place}");
        assert_eq!(fault.message, expected);
        assert!(fault.log.contains("panicked at"), "{}", fault.log);
    }
    let bench = Bench::new(rows_in_rust()).config(r#""rows":5,"mode":"panic in drop""#);
    let outcome = bench.run().unwrap();
    assert_eq!(outcome.rows, 5);
    assert!(outcome.log.contains("a panic in drop"), "{}", outcome.log);
}

#[test]
fn crashes_and_exits_are_told_with_their_cause() {
    use FaultKind::{Exit, Signal, Unfinished};
    let places =
        ["validate", "open", "schema", "next", "array", "end", "release stream", "release"];
    for place in places {
        for (what, kind, says) in [
            ("null", Signal(libc::SIGSEGV), "it was ended by signal 11 (it used memory"),
            ("overflow", Signal(libc::SIGSEGV), "it was ended by signal 11"),
            ("abort", Signal(libc::SIGABRT), "it was ended by signal 6 (it gave up"),
            ("exit0", Unfinished, "before the end of its data"),
            ("exit3", Exit(3), "it ended with exit code 3, without a word"),
        ] {
            let mode = format!("{what}@{place}");
            let fault = Bench::new(hostile()).mode(&mode).run().unwrap_err();
            let after = what == "exit0" && matches!(place, "array" | "release" | "release stream");
            let says = if after { "it ended without saying that it was done" } else { says };
            assert_eq!(fault.kind, kind, "{mode}: {fault}");
            assert!(fault.message.contains(says), "{mode}: {fault}");
            assert!(fault.is_misbehaviour() && !fault.help.is_empty());
        }
    }
    for what in ["null", "exit0"] {
        let fault = Bench::new(hostile()).mode(&format!("{what}@error")).run().unwrap_err();
        assert!(matches!(fault.kind, Signal(libc::SIGSEGV) | Unfinished), "{fault}");
    }
}

#[test]
fn what_happens_while_it_is_loaded_is_told() {
    use FaultKind::{Load, Reported, Signal, Unfinished};
    for (define, kind) in [
        ("-DLOADED=\"null\"", Signal(libc::SIGSEGV)),
        ("-DLOADED=\"abort\"", Signal(libc::SIGABRT)),
        ("-DLOADED=\"exit0\"", Unfinished),
        ("-DINIT=\"null\"", Signal(libc::SIGSEGV)),
        ("-DINIT=\"exit0\"", Unfinished),
        ("-DOTHER_ABI", Reported(Status::Abi)),
        ("-Dhaggle_plugin_init_v1=haggle_plugin_init_v2", Load),
        ("-Dopen_stream=nobody_has_this", Load),
    ] {
        let bytes = if define.contains("nobody") {
            b"no library at all".to_vec()
        } else {
            library("hostile.c", &[define])
        };
        let fault = Bench::new(support::plugin("hostile", bytes)).run().unwrap_err();
        assert_eq!(fault.kind, kind, "{define}: {fault}");
    }
}

#[test]
fn nothing_forbidden_works_while_it_is_loaded_or_later() {
    support::pass_on();
    let parent = format!("-DPARENT={}", std::process::id());
    let while_loaded = ["-DLOADED=\"probe\"", &parent];
    for define in [Some(while_loaded), None] {
        let bytes = library("hostile.c", define.as_ref().map_or(&[], |defines| &defines[..]));
        let bench = Bench::new(support::plugin("hostile", bytes));
        let mode = if define.is_some() { "" } else { "probe@next" };
        let outcome = bench.mode(mode).run().unwrap();
        assert_eq!((outcome.level, outcome.rows), (support::best(), 3));
        let got: Vec<&str> = outcome.log.lines().filter(|line| line.starts_with("GOT")).collect();
        assert!(got.is_empty(), "{define:?}: {got:?}");
        assert!(outcome.log.contains("fine: threads\nprobed\n"), "{}", outcome.log);
    }
}

/// Without Landlock the filter alone keeps it from every file, from its first instruction on.
#[test]
fn the_filter_alone_keeps_it_from_files() {
    let grant = Grant { level: Level::Reduced, ..Grant::default() };
    for define in [Some(["-DLOADED=\"probe\""]), None] {
        let bytes = library("hostile.c", define.as_ref().map_or(&[], |defines| &defines[..]));
        let bench = Bench::new(support::plugin("hostile", bytes)).mode("probe@next");
        let run = || bench.grant(grant.clone()).run().unwrap();
        let outcome = support::without(libc::SYS_landlock_create_ruleset, run);
        assert_eq!((outcome.level, outcome.rows), (Level::Reduced, 3));
        assert!(!outcome.log.contains("GOT"), "{define:?}: {}", outcome.log);
    }
}

/// What is recorded as `full` is so whatever a constructor did before.
#[test]
fn a_constructor_cannot_undo_its_confinement() {
    let blind = support::plugin("hostile", library("hostile.c", &["-DLOADED=\"blind\""]));
    let outcome = Bench::new(blind).mode("probe@next").run().unwrap();
    assert_eq!((outcome.level, outcome.rows), (support::best(), 3));
    assert!(!outcome.log.contains("GOT") && outcome.log.contains("probed"), "{}", outcome.log);
}

#[test]
fn threads_are_counted() {
    for define in ["-DLOADED=\"crowd\"", "-DINIT=\"crowd\"", "-DOTHER"] {
        let crowd = support::plugin("hostile", library("hostile.c", &[define]));
        let fault = Bench::new(crowd).mode("crowd@next").run().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Threads, "{define}: {fault}");
        assert!(fault.message.ends_with("threads of it, expected at most 128"), "{fault}");
        assert!(fault.is_misbehaviour());
    }
}

/// Once it is loaded it says nothing in the host's name.
#[test]
fn a_plugin_does_not_speak_for_the_host() {
    let fault = Bench::new(hostile()).mode("forge@next").run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Reported(Status::Internal), "{fault}");
    assert!(fault.is_misbehaviour());
    let expected = "plugin `hostile`: it cannot be begun: no room\u{fffd}help: run it as root";
    assert_eq!(fault.message, expected);
}

#[test]
fn wrong_data_are_refused_with_what_is_wrong() {
    use FaultKind::{Data, Signal};
    let mut wrong = Vec::new();
    for (mode, says, kind) in [
        ("offset beyond", "signal 11", Signal(libc::SIGSEGV)),
        ("offset negative", "out of bounds", Data),
        ("dictionary offset", "ffset", Data),
        ("utf8", "Invalid UTF8 sequence at string index 0", Data),
        ("plain utf8", "Invalid UTF8 sequence at string index 0", Data),
        ("key", "1000000", Data),
        ("key negative", "-1", Data),
        ("nan", "column `weight`, row 1 of a batch: found NaN, expected a finite number", Data),
        ("word", "column `kind`: `Price` is not one of wage, price", Data),
        ("currency", "column `currency`: found `eUR`, expected a currency such as `EUR`", Data),
        ("digits", "column `amount`, row 1 of a batch: found 170", Data),
        ("more digits", "expected at most 16 digits before the point", Data),
        ("no row", "column `row`, row 1 of a batch: found 0, expected 1 or more", Data),
        ("no column", "column `column`, row 1 of a batch: found 0, expected 1 or more", Data),
        ("negative weight", "column `weight`, row 3 of a batch: found -2.5", Data),
        ("null rows", "found rows that are null", Data),
        ("long text", "column `title`: found a text of 65537 bytes, expected at most 65536", Data),
        ("null in amount", "amount", Data),
        ("null buffer", "column `row`: buffer 1 is null", Data),
        ("fewer buffers", "column `row`: found 1 buffers, expected 2", Data),
        ("other length", "column `row`: found 2 rows of 3", Data),
        ("too many rows", "found a batch of 1073741824 rows, expected at most 65536", Data),
        ("negative length", "found an array of length -1", Data),
        ("missing column", "column `row` is missing", Data),
        ("other column", "column `tittle` is no column of an observation", Data),
        ("other type", "column `row`: found format `l`, expected `L`", Data),
        ("twice", "column `kind` is there twice", Data),
        ("nothing", "the stream has no `get_schema`", Data),
        ("length@next", "found a description of 2147483640 bytes", Data),
        ("negative@next", "found a description of 4294967288 bytes", Data),
        ("garbage@next", "where a message begins, expected ff ff ff ff", Data),
        ("end@next", "something follows the end of its data", Data),
        ("end@end", "something follows the end of its data", Data),
        ("ask@next", "found a message of 4294967295 bytes", Data),
    ] {
        let fault = Bench::new(hostile()).mode(mode).run();
        wrong.extend(match fault {
            Err(fault) if fault.kind == kind && fault.message.contains(says) => None,
            other => Some(format!("{mode}: {other:?}")),
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn its_own_errors_keep_their_status() {
    let fault = Bench::new(hostile()).mode("error").run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Reported(Status::Data));
    assert_eq!(fault.message, "plugin `hostile`: unexpected data: the list has no end");
    let fault = Bench::new(hostile()).mode("colours").run().unwrap_err();
    assert_eq!(fault.message, "plugin `hostile`: unexpected data: \u{fffd}[31mred");
    let fault = Bench::new(hostile()).mode("refuse").run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Reported(Status::Config));
    assert!(!fault.is_misbehaviour());
    assert_eq!(
        fault.message,
        "plugin `hostile`: its configuration cannot be used: no mode `refuse`"
    );
}

#[test]
fn what_it_prints_is_kept_line_by_line_and_up_to_a_limit() {
    let outcome = Bench::new(hostile()).mode("say:a\u{202e}b\u{200b}\u{7f}c@open").run().unwrap();
    assert_eq!(outcome.log, "note: a\u{fffd}b\u{fffd}\u{fffd}c\n");
    let outcome = Bench::new(hostile()).mode("flood@next").run().unwrap();
    assert_eq!(outcome.rows, 3);
    assert!(outcome.log.starts_with("xxxx") && outcome.log.len() < 70_000);
    assert!(outcome.log.ends_with("bytes were not kept)\n"), "{}", &outcome.log[65_000..]);
}

#[test]
fn time_has_limits() {
    for mode in ["loop@next", "sleep@next", "loop@open", "loop@end", "loop@release"] {
        let started = Instant::now();
        let bench = Bench::new(hostile()).mode(mode).limits(|limits| limits.idle_seconds = 1);
        let fault = bench.run().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Idle, "{fault}");
        assert!(fault.message.ends_with("it did nothing for 1 seconds"), "{fault}");
        assert!(fault.help.contains("`idle_s`"));
        assert!(started.elapsed() < Duration::from_secs(30));
    }
    let bench = Bench::new(hostile()).mode("many").limits(|limits| limits.wall_seconds = 1);
    let fault = bench.run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Wall);
    assert!(fault.message.ends_with("it was still running after 1 seconds"), "{fault}");
    assert!(fault.help.contains("`wall_s`"));
}

#[test]
fn memory_has_a_limit() {
    let fault = Bench::new(hostile()).mode("allocate@next").run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Signal(libc::SIGSEGV));
    assert!(fault.help.contains("it may use 512 MB"), "{}", fault.help);
    let bench = Bench::new(hostile()).mode("pieces@next");
    let fault = bench.limits(|limits| limits.memory_mb = 1_536).run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Signal(libc::SIGABRT));
    assert_eq!(fault.log, "refused piece 1\n");
}

#[test]
fn rows_and_output_have_limits() {
    let bench = Bench::new(hostile()).mode("many").limits(|limits| limits.rows = 1_000);
    let fault = bench.run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rows);
    assert_eq!(fault.message, "plugin `hostile`: it states more than 1000 rows");
    let bench = Bench::new(hostile()).mode("many").limits(|limits| limits.output_mb = 1);
    let fault = bench.run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Output);
    assert_eq!(fault.message, "plugin `hostile`: it sends more than 1 MB");
}

/// What this process holds does not grow with what a plugin sends.
#[test]
fn texts_without_end_are_cut_off() {
    let memory = || {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    };
    let before = memory();
    let bench = Bench::new(hostile()).mode("texts").limits(|limits| limits.output_mb = 64);
    let fault = bench.run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Output, "{fault}");
    assert_eq!(fault.message, "plugin `hostile`: it sends more than 32 MB of new texts");
    assert!(fault.help.contains("output_mb"), "{}", fault.help);
    // The bench keeps the titles that it was given, 32 MB at most; others are tests beside.
    assert!(memory().saturating_sub(before) < 600 << 20, "{} MB", memory() >> 20);
}

#[test]
fn a_run_can_be_cancelled() {
    for (mode, says) in
        [("sleep@next", "told to stop"), ("loop@next", "told to stop"), ("many", "")]
    {
        let started = Instant::now();
        let fault = Bench::new(hostile()).mode(mode).cancel_after(300).run().unwrap_err();
        assert!(fault.is_cancelled() && !fault.is_misbehaviour(), "{mode}: {fault}");
        assert!(fault.log.contains(says), "{mode}: {}", fault.log);
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn a_sink_that_refuses_ends_the_run() {
    let fault = Bench::new(plain()).refusing().run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Sink);
    assert!(!fault.is_misbehaviour());
}

#[test]
fn inputs_are_handed_out_and_recorded() {
    let bench = Bench::new(hostile()).mode("open:test:/big@open").input("test:/big", 1_000_000);
    let outcome = bench.run().unwrap();
    assert_eq!(outcome.log, "note: read 1000000 of 1000000 as text/plain, status 200, end 0 \n");
    let [record] = &outcome.inputs[..] else { panic!("{:?}", outcome.inputs) };
    assert_eq!(
        (record.uri.as_str(), record.bytes, record.complete),
        ("test:/big", 1_000_000, true)
    );
    assert_eq!(record.sha256, support::sha256(&support::bytes(1_000_000)));

    let bench = Bench::new(rows_in_rust()).config(r#""rows":1,"uri":"test:/big""#);
    let outcome = bench.input("test:/big", 3_000_000).run().unwrap();
    assert_eq!(outcome.log, "note: read 3000000 bytes\n");
    assert_eq!(outcome.inputs[0].sha256, support::sha256(&support::bytes(3_000_000)));
}

#[test]
fn waiting_for_an_input_is_not_idle() {
    let bench = Bench::new(hostile()).mode("open:test:/slow@open").input("test:/big", 1);
    let outcome = bench.limits(|limits| limits.idle_seconds = 2).run().unwrap();
    assert_eq!(outcome.rows, 3);
    assert!(outcome.inputs[0].complete && outcome.inputs[0].bytes == 0);
}

#[test]
fn options_arrive_and_secrets_are_names() {
    let bench = || {
        let members = r#""rows":1,"mode":"options","uri":"test:/echo""#;
        Bench::new(rows_in_rust()).config(members).input("test:/big", 1)
    };
    let fault = bench().run().unwrap_err();
    assert_eq!(fault.message, "plugin `rows`: not granted: secret `TOKEN` was not granted");
    let outcome = bench().secret("TOKEN").run().unwrap();
    let expected =
        r#"{"method":"GET","headers":{"Authorization":"Bearer {secret:TOKEN}"},"range":[1,5]}"#;
    assert_eq!(outcome.log, format!("note: {expected}\n"));
}

#[test]
fn inputs_that_fail_are_told_to_the_plugin() {
    let cases = [
        ("open:file:///etc/passwd", "not opened (4): `file:///etc/passwd` is not among the inputs"),
        ("open:test:/missing", "not opened (2): no such input"),
        ("open:test:/broken", "end -5 the line went dead"),
    ];
    for (mode, says) in cases {
        let bench = Bench::new(hostile()).mode(&format!("{mode}@open")).input("test:/big", 10);
        let outcome = bench.run().unwrap();
        assert!(outcome.log.contains(says), "{mode}: {}", outcome.log);
        assert!(outcome.inputs.iter().all(|record| !record.complete));
    }
    let bench = Bench::new(rows_in_rust()).config(r#""rows":1,"uri":"test:/broken""#);
    let fault = bench.input("test:/big", 10).run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Reported(Status::Io), "{fault}");
    let bench = Bench::new(rows_in_rust()).config(r#""rows":1,"uri":"test:/big""#);
    let bench = bench.input("test:/big", 3 << 20).limits(|limits| limits.input_mb = 2);
    let fault = bench.run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Reported(Status::Denied), "{fault}");
}

#[test]
fn what_is_checked_is_what_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("libhaggle_plain.so");
    std::fs::write(&file, plain().bytes()).unwrap();
    let checked = support::plugin("plain", std::fs::read(&file).unwrap());
    std::fs::write(&file, hostile().bytes()).unwrap();
    assert_eq!(checked.bytes(), plain().bytes());
    let outcome = Bench::new(checked).mode("abort@open").run().unwrap();
    assert_eq!(outcome.rows, 3);
}

/// Of the system's libraries those are there that it names, and no others.
#[test]
fn what_it_links_to_is_there() {
    let bytes = library("plain.c", &["-Wl,--no-as-needed", "-lstdc++"]);
    let named = inspect(&bytes).unwrap();
    assert!(named.libraries.contains(&"libstdc++.so.6".to_owned()), "{:?}", named.libraries);
    let run = |seen: &Inspection| Bench::new(Plugin::of(seen, bytes.clone())).run();
    assert_eq!(run(&named).unwrap().rows, 3);
    let unnamed = Inspection { libraries: Vec::new(), ..named };
    let fault = run(&unnamed).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Load, "{fault}");
    assert!(fault.message.contains("libstdc++.so.6"), "{fault}");
}

#[test]
fn where_confinement_is_missing_it_is_not_loaded_unless_that_was_granted() {
    let grant = |level| Grant { level, ..Grant::default() };
    for (call, found) in
        [(libc::SYS_landlock_create_ruleset, Level::Reduced), (libc::SYS_seccomp, Level::Process)]
    {
        for required in [Level::Full, Level::Reduced, Level::Process] {
            // A constructor that crashes shows that nothing was loaded.
            let crash = library("hostile.c", &["-DLOADED=\"abort\""]);
            let crash = support::plugin("hostile", crash);
            let fault = support::without(call, || {
                Bench::new(crash).grant(grant(required)).run().unwrap_err()
            });
            let result =
                support::without(call, || Bench::new(plain()).grant(grant(required)).run());
            if required.allows(found) {
                assert_eq!(fault.kind, FaultKind::Signal(libc::SIGABRT));
                assert_eq!(result.unwrap().level, found);
            } else {
                assert_eq!(fault.kind, FaultKind::Confinement { found, required });
                assert!(!fault.is_misbehaviour());
                assert!(result.unwrap_err().message.contains("found confinement"));
            }
        }
    }
}

#[test]
fn what_is_forbidden_works_where_nothing_confines() {
    let grant = Grant { level: Level::Process, ..Grant::default() };
    let outcome = support::without(libc::SYS_landlock_create_ruleset, || {
        support::without(libc::SYS_seccomp, || {
            Bench::new(hostile()).mode("peek@open").grant(grant).run().unwrap()
        })
    });
    assert_eq!((outcome.level, outcome.rows), (Level::Process, 3));
    for what in ["GOT read /etc/passwd", "GOT socket inet", "GOT memfd", "GOT fork"] {
        assert!(outcome.log.contains(what), "{what}: {}", outcome.log);
    }
    // What this process holds is closed to it all the same.
    assert!(!outcome.log.contains("GOT read /proc/"), "{}", outcome.log);
}

#[test]
fn what_it_leaves_behind_is_ended() {
    let grant = Grant { level: Level::Process, ..Grant::default() };
    let outcome = support::without(libc::SYS_landlock_create_ruleset, || {
        support::without(libc::SYS_seccomp, || {
            Bench::new(hostile()).mode("leave@open").grant(grant).run().unwrap()
        })
    });
    assert!(outcome.log.parse::<u32>().unwrap() > 1, "{}", outcome.log);
    let stat = format!("/proc/{}/stat", outcome.log);
    // It is gone, or waits for whoever adopted it to hear of its end.
    let there = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    let started = Instant::now();
    while there() {
        assert!(started.elapsed() < Duration::from_secs(30), "{stat} is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_script_writes_lines() {
    if !support::scripts_run() {
        return;
    }
    let text = "#!/bin/sh\nwhile read -r a b; do\necho '{\"kind\":\"price\",\"basis\":\"list\",\"currency\":\"EUR\",\"per\":\"C62\",\"title\":\"'$a'\",\"amount\":\"'$b'\"}'\ndone\necho said >&2\n";
    let grant = Grant { level: Level::Script, ..Grant::default() };
    let bench =
        Bench::new(script(text)).grant(grant).text_input("test:/list", "paper 19.90\nink 5\n");
    let outcome = bench.run().unwrap();
    assert_eq!((outcome.level, outcome.rows, outcome.log.as_str()), (Level::Script, 2, "said\n"));
    assert_eq!(outcome.observations[0].amount, 199 * ONE / 10);
    assert_eq!(outcome.observations[1].title.as_deref(), Some("ink"));
    assert_eq!(outcome.inputs[0].bytes, 18);
}

#[test]
fn a_script_is_confined_and_judged() {
    if !support::scripts_run() {
        return;
    }
    let grant = || Grant { level: Level::Script, ..Grant::default() };
    let program = library("hostile.c", &["-DMAIN"]);
    let outcome = Bench::new(script(program)).grant(grant()).run().unwrap();
    assert_eq!((outcome.level, outcome.rows), (Level::Script, 0));
    // What it is told is all that its environment holds.
    let told = "GOT environment HAGGLE_REQUEST={\"config\":{}}\n";
    assert_eq!(outcome.log, format!("{told}fine: threads\nprobed\n"));
    for forbidden in [
        "read -r a < /etc/passwd",
        "echo x > /tmp/haggle-hostile",
        "(true)",
        "/bin/true",
        "cat /etc/passwd >&2",
    ] {
        let text = format!("#!/bin/sh\n{forbidden} && echo GOT >&2\nexit 0\n");
        let log = match Bench::new(script(text)).grant(grant()).run() {
            Ok(outcome) => outcome.log,
            Err(fault) => fault.log,
        };
        assert!(!log.is_empty() && !log.contains("GOT") && !log.contains("root:"), "{log}");
    }
    let row = |amount: &str| {
        format!(
            "{{\"kind\":\"price\",\"basis\":\"list\",\"currency\":\"EUR\",\"per\":\"C62\",\"amount\":{amount}}}"
        )
    };
    for (body, kind, says) in [
        (format!("echo '{}'\nexit 4", row("1")), FaultKind::Exit(4), "exit code 4"),
        (
            format!("printf '%s' '{}'", row("1")),
            FaultKind::Unfinished,
            "before the end of its data",
        ),
        (
            format!("echo '{}'", row("19.9")),
            FaultKind::Data,
            "line 1: found 19.9, expected a text such as",
        ),
        ("echo hello".to_owned(), FaultKind::Data, "line 1: expected value"),
        ("while :; do :; done".to_owned(), FaultKind::Idle, "did nothing for 1 seconds"),
    ] {
        let bench = Bench::new(script(format!("#!/bin/sh\n{body}\n"))).grant(grant());
        let seconds = if kind == FaultKind::Idle { 1 } else { 60 };
        let fault = bench.limits(|limits| limits.idle_seconds = seconds).run().unwrap_err();
        assert_eq!(fault.kind, kind, "{body}: {fault} {}", fault.log);
        assert!(fault.message.contains(says), "{body}: {fault}");
    }
    let full = Grant::default();
    let fault = Bench::new(script("#!/bin/sh\n")).grant(full).run().unwrap_err();
    let expected = FaultKind::Confinement { found: Level::Script, required: Level::Full };
    assert_eq!(fault.kind, expected);
}

#[test]
fn a_script_may_write_arrow_streams() {
    if !support::scripts_run() {
        return;
    }
    let mut rows = BatchBuilder::default();
    let at = Observation { row: 1, column: 1, ..Observation::new(0, "EUR", "C62") };
    (1..=3).for_each(|i| rows.push(&Observation { amount: i * ONE, ..at }));
    let batch = rows.finish();
    let mut writer = StreamWriter::try_new(Vec::new(), batch.schema_ref()).unwrap();
    writer.write(&batch).unwrap();
    let cut = writer.get_ref().clone();
    let whole = writer.into_inner().unwrap();
    let printed = |bytes: &[u8]| {
        let octal: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
        Bench::new(script(format!("#!/bin/sh\nprintf '{octal}'\n")))
            .grant(Grant { level: Level::Script, ..Grant::default() })
    };
    assert_eq!(printed(&whole).run().unwrap().observations[2].amount, 3 * ONE);
    assert_eq!(printed(&cut).run().unwrap_err().kind, FaultKind::Unfinished);
    assert_eq!(printed(&[&whole[..], b"x"].concat()).run().unwrap_err().kind, FaultKind::Data);
}

#[test]
fn limits_have_words() {
    let limits = Limits::default();
    assert!(limits.wall_seconds > limits.idle_seconds && limits.memory_mb > 0);
    let text = serde_json::to_string(&limits).unwrap();
    assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), limits);
    assert!(serde_json::from_str::<Limits>(r#"{"memory":1}"#).is_err());
}
