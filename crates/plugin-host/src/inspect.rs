//! Looks at a plugin's file without running any of it: ELF, Mach-O or PE, of any platform, or a
//! script.

use crate::manifest::{ABI, MOST_BYTES, Manifest, shown};
use crate::plugin::{Kind, hex};
use crate::script;
use object::elf;
use object::macho::MachHeader64;
use object::read::elf::{Dyn, ElfFile, FileHeader, ProgramHeader};
use object::read::macho::{LoadCommandIterator, MachHeader, MachOFile64};
use object::{Architecture, BinaryFormat, File, Object, ObjectKind, ObjectSection, ReadRef};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// The symbol of the manifest.
const MANIFEST: &str = "haggle_manifest_v1";
/// The symbol that is called first.
const INIT: &str = "haggle_plugin_init_v1";
/// What is part of every Linux beside libc: what compilers add.
pub(crate) const KIN: [&str; 6] =
    ["libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6"];
/// The C library and its loader, under the names of the systems that there are.
const LIBC: [&str; 11] = [
    "libc.so.6",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    "ld-linux-riscv64-lp64d.so.1",
    "ld-linux-armhf.so.3",
    "ld-linux.so.2",
    "libc.so",
    "ld-musl-x86_64.so.1",
    "ld-musl-aarch64.so.1",
    "libc.musl-x86_64.so.1",
    "libc.musl-aarch64.so.1",
];
/// What a plugin offers, and nothing else.
pub(crate) const EXPORTS: [&str; 2] = [MANIFEST, INIT];
/// Largest file that is looked at.
pub const MOST_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// What can be told of a plugin's file without running it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// How it is run.
    pub kind: Kind,
    /// What a script is run by, as it says; none for a library.
    pub interpreter: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// The platform that it is for, as `linux_amd64`; `any` for a script.
    pub platform: String,
    /// What it says of itself and asks for.
    pub manifest: Manifest,
    /// The libraries that it names, in alphabetical order.
    pub libraries: Vec<String>,
    /// The functions and data that it offers, in alphabetical order.
    pub exports: Vec<String>,
    /// The newest version of the C library that it needs.
    pub glibc: Option<String>,
    /// Why it would not be run, each with what was found and expected; none if it would.
    pub problems: Vec<String>,
}

/// Why a file is no plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectError(pub String);

impl fmt::Display for InspectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InspectError {}

impl From<object::Error> for InspectError {
    fn from(error: object::Error) -> Self {
        Self(format!("damaged shared library: {error}"))
    }
}

impl Inspection {
    /// Why it would not be run here: another platform, and [`problems`](Self::problems).
    pub fn problems_here(&self) -> Vec<String> {
        let here = this_platform();
        let other = self.platform != script::ANY_PLATFORM && self.platform != here;
        let other = other.then(|| format!("for {}, expected {here}", self.platform));
        other.into_iter().chain(self.problems.iter().cloned()).collect()
    }
}

/// The platform that this program runs on, as plugins name it.
pub fn this_platform() -> String {
    let system = if cfg!(target_os = "macos") { "macos" } else { std::env::consts::OS };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}_{processor}")
}

/// Looks at the bytes of a file.
///
/// # Errors
/// [`InspectError`] if they are neither a shared library nor a script with a manifest.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, InspectError> {
    if script::is_script(bytes) {
        return script::inspect(bytes);
    }
    let kind = object::FileKind::parse(bytes).map_err(|_| {
        InspectError(
            "no shared library (ELF, Mach-O or PE), and no script, which begins with `#!`"
                .to_owned(),
        )
    })?;
    if matches!(kind, object::FileKind::MachOFat32 | object::FileKind::MachOFat64) {
        let why = "a file for several processors, expected one; `lipo -thin` takes one out";
        return Err(InspectError(why.to_owned()));
    }
    let file = File::parse(bytes)?;
    if file.kind() != ObjectKind::Dynamic {
        return Err(InspectError("an object or a program, expected a shared library".to_owned()));
    }
    let manifest = Manifest::parse(manifest_of(&file)?).map_err(|e| InspectError(e.to_string()))?;
    let mut seen = Seen::default();
    seen.libraries.extend(file.imports()?.iter().map(|import| text(import.library())));
    seen.of_format(&file, bytes)?;
    seen.libraries.remove("");
    let exports: BTreeSet<String> = file.exports()?.iter().map(|e| symbol(&file, e)).collect();
    let problems = seen.problems(file.format(), &manifest, &exports);
    Ok(Inspection {
        kind: Kind::Library,
        interpreter: None,
        sha256: hash(bytes),
        size: bytes.len() as u64,
        platform: platform(&file),
        manifest,
        libraries: seen.libraries.into_iter().collect(),
        exports: exports.into_iter().collect(),
        glibc: seen.glibc.map(|(major, minor)| format!("{major}.{minor}")),
        problems,
    })
}

/// SHA-256 of bytes, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What the format tells beside exports.
#[derive(Default)]
struct Seen {
    libraries: BTreeSet<String>,
    glibc: Option<(u32, u32)>,
    doubts: Vec<String>,
}

impl Seen {
    fn of_format(&mut self, file: &File<'_>, bytes: &[u8]) -> Result<(), InspectError> {
        match file {
            File::Elf32(elf) => self.of_elf(elf, bytes),
            File::Elf64(elf) => self.of_elf(elf, bytes),
            File::MachO64(mach) => self.of_macho(mach, bytes),
            _ => Ok(()),
        }
    }

    /// What the loader of the system would read: the program headers, whatever the sections say.
    fn of_elf<E: FileHeader>(
        &mut self,
        file: &ElfFile<'_, E>,
        bytes: &[u8],
    ) -> Result<(), InspectError> {
        let endian = file.endian();
        let mut stack = None;
        for segment in file.elf_program_headers() {
            if segment.p_type(endian) == elf::PT_GNU_STACK {
                stack = Some(segment.p_flags(endian) & elf::PF_X == 0);
            }
            if let Some(entries) = segment.dynamic(endian, bytes)? {
                self.of_dynamic(file, entries, bytes)?;
            }
        }
        if stack != Some(true) {
            self.doubts.push(
                "an executable stack, expected one that is not (`-z noexecstack`)".to_owned(),
            );
        }
        self.glibc = newest_glibc(file, bytes)?;
        Ok(())
    }

    fn of_dynamic<E: FileHeader>(
        &mut self,
        file: &ElfFile<'_, E>,
        entries: &[E::Dyn],
        bytes: &[u8],
    ) -> Result<(), InspectError> {
        let endian = file.endian();
        let until_end = || entries.iter().take_while(|d| d.tag(endian) != elf::DT_NULL);
        let table = until_end().find(|d| d.tag(endian) == elf::DT_STRTAB);
        let table = table.map_or(0, |d| d.val(endian));
        for entry in until_end() {
            match entry.tag(endian) {
                elf::DT_NEEDED => {
                    let name = table.checked_add(entry.val(endian));
                    let name = name.and_then(|at| string_at(file, at, bytes));
                    let lost = || InspectError("damaged shared library: a name is lost".into());
                    self.libraries.insert(name.ok_or_else(lost)?);
                }
                elf::DT_RPATH | elf::DT_RUNPATH => self.doubts.push(
                    "a search path of its own (`rpath`), expected none: it is one self-contained file"
                        .to_owned(),
                ),
                elf::DT_AUXILIARY | elf::DT_FILTER | elf::DT_AUDIT | elf::DT_DEPAUDIT => {
                    self.doubts.push(
                        "a library that stands in for it or watches it, expected none".to_owned(),
                    );
                }
                elf::DT_TEXTREL => self
                    .doubts
                    .push("code that is written to when loaded, expected `-fPIC`".to_owned()),
                _ => {}
            }
        }
        Ok(())
    }

    fn of_macho(&mut self, file: &MachOFile64<'_>, bytes: &[u8]) -> Result<(), InspectError> {
        let endian = file.endian();
        let header: &MachHeader64<_> = file.macho_header();
        let mut commands: LoadCommandIterator<'_, _> = header.load_commands(endian, bytes, 0)?;
        while let Some(command) = commands.next()? {
            if let Some(library) = command.dylib()? {
                self.libraries.insert(text(command.string(endian, library.dylib.name)?));
            }
        }
        Ok(())
    }

    fn problems(
        &self,
        format: BinaryFormat,
        manifest: &Manifest,
        exports: &BTreeSet<String>,
    ) -> Vec<String> {
        let foreign = self.libraries.iter().filter(|name| !is_kin_of_libc(format, name));
        let foreign = foreign.map(|name| {
            format!(
                "needs the library `{name}`, expected none but libc and its kin: link it statically"
            )
        });
        let init = (!exports.contains(INIT)).then(|| format!("no function `{INIT}`"));
        let abi = manifest.abi();
        let abi = (!abi.runs_on(ABI))
            .then(|| format!("made for interface {abi}, expected {ABI} or an older 1.x"));
        let doubts = self.doubts.iter().cloned();
        foreign.chain(init).chain(abi).chain(doubts).collect()
    }
}

/// The text at an address of a loaded ELF file.
fn string_at<E: FileHeader>(file: &ElfFile<'_, E>, at: u64, bytes: &[u8]) -> Option<String> {
    let endian = file.endian();
    let within = |s: &&E::ProgramHeader| {
        let start: u64 = s.p_vaddr(endian).into();
        let size: u64 = s.p_filesz(endian).into();
        s.p_type(endian) == elf::PT_LOAD && start <= at && at - start < size
    };
    let segment = file.elf_program_headers().iter().find(within)?;
    let from = at - segment.p_vaddr(endian).into();
    let rest = segment.data(endian, bytes).ok()?.get(usize::try_from(from).ok()?..)?;
    Some(text(rest.get(..rest.iter().position(|b| *b == 0)?)?))
}

/// The newest version of glibc of which a symbol is needed.
fn newest_glibc<E: FileHeader>(
    file: &ElfFile<'_, E>,
    bytes: &[u8],
) -> Result<Option<(u32, u32)>, InspectError> {
    let endian = file.endian();
    let sections = file.elf_section_table();
    let Some((mut needs, link)) = sections.gnu_verneed(endian, bytes)? else { return Ok(None) };
    let strings = sections.strings(endian, bytes, link)?;
    let mut newest = None;
    while let Some((_, mut versions)) = needs.next()? {
        while let Some(version) = versions.next()? {
            let name = text(version.name(endian, strings)?);
            let number = name.strip_prefix("GLIBC_").and_then(|n| n.split_once('.'));
            let minor = |m: &str| m.split('.').next().and_then(|m| m.parse().ok());
            let number = number.and_then(|(a, b)| Some((a.parse().ok()?, minor(b)?)));
            newest = newest.max(number);
        }
    }
    Ok(newest)
}

/// The bytes of the manifest, up to the zero behind it.
fn manifest_of<'a>(file: &File<'a>) -> Result<&'a [u8], InspectError> {
    let exports = file.exports()?;
    let here = exports.iter().find(|e| symbol(file, e) == MANIFEST);
    let missing = || InspectError(format!("no `{MANIFEST}`: not a plugin of haggle"));
    let at = here.ok_or_else(missing)?.address();
    let lost = || InspectError(format!("`{MANIFEST}` lies outside the file"));
    let holds = |s: &object::Section<'a, '_>| s.address() <= at && at - s.address() < s.size();
    let section = file.sections().find(holds).ok_or_else(lost)?;
    let (start, size) = section.file_range().ok_or_else(lost)?;
    let from = at - section.address();
    let data = file_data(file).read_bytes_at(start, size).map_err(|()| lost())?;
    let rest = usize::try_from(from).ok().and_then(|from| data.get(from..)).ok_or_else(lost)?;
    let end = rest.iter().take(MOST_BYTES + 1).position(|b| *b == 0);
    let endless = || InspectError(format!("`{MANIFEST}` has no end within {MOST_BYTES} bytes"));
    rest.get(..end.ok_or_else(endless)?).ok_or_else(lost)
}

fn file_data<'a>(file: &File<'a>) -> &'a [u8] {
    match file {
        File::Elf32(f) => f.data(),
        File::Elf64(f) => f.data(),
        File::MachO32(f) => f.data(),
        File::MachO64(f) => f.data(),
        File::Pe32(f) => f.data(),
        File::Pe64(f) => f.data(),
        _ => &[],
    }
}

/// A symbol as it stands in C; Mach-O puts `_` in front.
fn symbol(file: &File<'_>, export: &object::Export<'_>) -> String {
    let name = text(export.name());
    match file.format() {
        BinaryFormat::MachO => name.strip_prefix('_').map(str::to_owned).unwrap_or(name),
        _ => name,
    }
}

fn text(bytes: &[u8]) -> String {
    shown(&String::from_utf8_lossy(bytes))
}

fn platform(file: &File<'_>) -> String {
    let system = match file.format() {
        BinaryFormat::MachO => "macos",
        BinaryFormat::Pe | BinaryFormat::Coff => "windows",
        _ => "linux",
    };
    let processor = match file.architecture() {
        Architecture::X86_64 => "amd64".to_owned(),
        Architecture::Aarch64 => "arm64".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    format!("{system}_{processor}")
}

/// Whether a library is part of every system: the C library, its loader and what compilers add.
fn is_kin_of_libc(format: BinaryFormat, name: &str) -> bool {
    let among = |list: &[&str], name: &str| list.contains(&name);
    match format {
        BinaryFormat::MachO => among(
            &[
                "/usr/lib/libSystem.B.dylib",
                "/usr/lib/libc++.1.dylib",
                "/usr/lib/libc++abi.dylib",
                "/usr/lib/libiconv.2.dylib",
                "/usr/lib/libobjc.A.dylib",
            ],
            name,
        ),
        BinaryFormat::Pe => {
            let name = name.to_ascii_lowercase();
            // The Rust library names sockets whether or not they are used.
            let known = ["bcrypt", "bcryptprimitives", "kernel32", "msvcrt", "ntdll", "ucrtbase"];
            let known = [&known[..], &["userenv", "vcruntime140", "ws2_32"]].concat();
            let stem = name.strip_suffix(".dll").unwrap_or(&name);
            name.starts_with("api-ms-win-") || among(&known, stem)
        }
        _ => among(&KIN, name) || among(&LIBC, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const GOOD: &str = "#include <math.h>\n\
        const char haggle_manifest_v1[] = \"{\\\"manifest\\\":1,\\\"name\\\":\\\"x\\\",\\\"version\\\":\\\"1\\\",\
        \\\"abi\\\":\\\"1.0\\\",\\\"summary\\\":\\\"s\\\"}\";\n\
        double seen; int haggle_plugin_init_v1(int *a) { seen = floor(*a / 3.0); return *a; }\n";

    fn compiled(code: &str, flags: &[&str]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("x.c"), folder.path().join("x.so"));
        std::fs::write(&from, code).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O0", "-o"]).arg(&to).arg(from).args(flags);
        let done = cc.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        std::fs::read(to).unwrap()
    }

    #[test]
    fn an_elf_file_is_told_without_loading_it() {
        let bytes = compiled(GOOD, &["-lm"]);
        let found = inspect(&bytes).unwrap();
        assert_eq!((found.manifest.name.as_str(), found.platform), ("x", this_platform()));
        assert_eq!((found.size, found.sha256), (bytes.len() as u64, hash(&bytes)));
        assert_eq!(found.problems, [""; 0]);
        assert!(found.libraries.iter().any(|l| l.starts_with("libm.so")), "{:?}", found.libraries);
        for symbol in [MANIFEST, INIT, "seen"] {
            assert!(found.exports.contains(&symbol.to_owned()), "{symbol}");
        }
    }

    #[test]
    fn what_would_not_be_run_is_named() {
        for (code, flags, part) in [
            (GOOD.replace("init_v1", "init_v2"), vec!["-lm"], "no function"),
            (GOOD.replace("1.0", "1.9"), vec!["-lm"], "made for interface 1.9, expected 1.0"),
            (GOOD.to_owned(), vec!["-lm", "-Wl,-rpath,$ORIGIN"], "a search path of its own"),
            (GOOD.to_owned(), vec!["-lm", "-z", "execstack"], "an executable stack"),
            (GOOD.to_owned(), vec!["-lm", "-Wl,-f,libevil.so"], "stands in for it"),
            (GOOD.to_owned(), vec!["-lm", "-Wl,-F,libevil.so"], "stands in for it"),
            (GOOD.to_owned(), vec!["-lm", "-Wl,--audit,libevil.so"], "stands in for it"),
            (GOOD.to_owned(), vec!["-lm", "-Wl,--depaudit,libevil.so"], "stands in for it"),
        ] {
            let found = inspect(&compiled(&code, &flags)).unwrap();
            assert!(found.problems[0].contains(part), "{:?}", found.problems);
            assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
        }
        for (bytes, part) in [
            (compiled(&GOOD.replace(MANIFEST, "other"), &["-lm"]), "not a plugin of haggle"),
            (compiled(&GOOD.replace("manifest\\\":1", "manifest\\\":2"), &["-lm"]), "expected 1"),
            (compiled(GOOD, &["-lm"])[..0x80].to_vec(), "damaged"),
            (b"MZ".to_vec(), "no shared library"),
            (Vec::new(), "no shared library"),
        ] {
            let error = inspect(&bytes).unwrap_err().to_string();
            assert!(error.contains(part), "{part}: {error}");
        }
    }

    /// Whoever wrote the file wrote every byte of it.
    #[test]
    fn damaged_files_are_borne() {
        let good = compiled(GOOD, &["-lm"]);
        for length in (0..good.len()).step_by(61) {
            // Any answer will do; a panic fails the test.
            let _ = inspect(&good[..length]);
        }
        let mut state = 1_u64;
        for _ in 0..3_000 {
            let mut bytes = good.clone();
            for _ in 0..8 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // Most that matters stands at the start and at the end.
                let places = if state & 1 == 0 { 0x400 } else { bytes.len() };
                let at = (state >> 33) as usize % places;
                bytes[at] = (state >> 20) as u8;
            }
            let _ = inspect(&bytes);
        }
    }

    #[test]
    fn libraries_of_every_system() {
        use BinaryFormat::{Elf, MachO, Pe};
        for (format, name, kin) in [
            (Elf, "libc.so.6", true),
            (Elf, "ld-linux-x86-64.so.2", true),
            (Elf, "libc.musl-x86_64.so.1", true),
            (Elf, "libstdc++.so.6", true),
            (Elf, "ld-linux-evil.so", false),
            (Elf, "libc.musl-evil.so", false),
            (Elf, "libc.so.7", false),
            (Elf, "libm.so/../evil", false),
            (Elf, "libssl.so.3", false),
            (Elf, "libcurl.so.4", false),
            (MachO, "/usr/lib/libSystem.B.dylib", true),
            (MachO, "@rpath/libdep.dylib", false),
            (Pe, "KERNEL32.dll", true),
            (Pe, "api-ms-win-crt-runtime-l1-1-0.dll", true),
            (Pe, "winhttp.dll", false),
        ] {
            assert_eq!(is_kin_of_libc(format, name), kin, "{name}");
        }
    }
}
