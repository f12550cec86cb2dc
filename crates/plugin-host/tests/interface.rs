//! The C header, the Rust structures and the observation schema say the same.

use arrow_schema::DataType;
use haggle_plugin_api::{FIELDS, Status, Type, abi};
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;

#[test]
fn the_columns_are_those_of_an_observation() {
    let schema = haggle_evidence::schema();
    let expected: Vec<_> = schema
        .fields()
        .iter()
        .map(|f| (f.name().as_str(), holds(f.data_type()), f.is_nullable()))
        .collect();
    let found: Vec<_> = FIELDS.iter().map(|f| (f.name, f.holds, f.absent)).collect();
    assert_eq!(found, expected);
}

fn holds(data_type: &DataType) -> Type {
    match data_type {
        DataType::Dictionary(key, value)
            if (&**key, &**value) == (&DataType::Int32, &DataType::Utf8) =>
        {
            Type::Text
        }
        DataType::UInt64 => Type::UInt64,
        DataType::UInt32 => Type::UInt32,
        DataType::Int64 => Type::Int64,
        DataType::Float64 => Type::Float64,
        DataType::Decimal128(38, 12) => Type::Decimal,
        DataType::Date32 => Type::Date,
        other => panic!("{other} has no plain name"),
    }
}

/// Sizes, offsets and numbers as a C compiler sees them, one a line.
const PRINT: &str = r#"
#include "haggle_plugin.h"
#include <stdio.h>
#define AT(type, field) printf("%s.%s %zu\n", #type, #field, offsetof(struct type, field))
#define SIZE(type) printf("%s %zu\n", #type, sizeof(struct type))
int main(void) {
    SIZE(haggle_error); AT(haggle_error, retry_after_ms); AT(haggle_error, message);
    SIZE(haggle_input_stat); AT(haggle_input_stat, length); AT(haggle_input_stat, last_modified);
    SIZE(haggle_host); AT(haggle_host, ctx); AT(haggle_host, input_open); AT(haggle_host, input_stat);
    SIZE(haggle_plugin); AT(haggle_plugin, validate); AT(haggle_plugin, open);
    AT(haggle_plugin, cancel); AT(haggle_plugin, release);
    SIZE(ArrowSchema); SIZE(ArrowArray); SIZE(ArrowArrayStream);
    AT(ArrowArray, private_data); AT(ArrowSchema, private_data);
    printf("config %d panic %d major %d minor %d\n", HAGGLE_E_CONFIG, HAGGLE_E_PANIC,
           HAGGLE_ABI_MAJOR, HAGGLE_ABI_MINOR);
    return 0;
}
"#;

#[test]
fn the_header_and_the_structures_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (source, program) = (folder.path().join("print.c"), folder.path().join("print"));
    std::fs::write(&source, PRINT).unwrap();
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-api/include");
    let compiled = Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-o"])
        .args([&program, &source])
        .arg(format!("-I{}", include.display()))
        .output()
        .expect("a C compiler named `cc`");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let found = String::from_utf8(Command::new(&program).output().unwrap().stdout).unwrap();
    let size = |name: &str, size: usize| format!("{name} {size}");
    let expected = [
        size("haggle_error", size_of::<abi::Error>()),
        size("haggle_error.retry_after_ms", offset_of!(abi::Error, retry_after_ms)),
        size("haggle_error.message", offset_of!(abi::Error, message)),
        size("haggle_input_stat", size_of::<abi::InputStat>()),
        size("haggle_input_stat.length", offset_of!(abi::InputStat, length)),
        size("haggle_input_stat.last_modified", offset_of!(abi::InputStat, last_modified)),
        size("haggle_host", size_of::<abi::Host>()),
        size("haggle_host.ctx", offset_of!(abi::Host, ctx)),
        size("haggle_host.input_open", offset_of!(abi::Host, input_open)),
        size("haggle_host.input_stat", offset_of!(abi::Host, input_stat)),
        size("haggle_plugin", size_of::<abi::Plugin>()),
        size("haggle_plugin.validate", offset_of!(abi::Plugin, validate)),
        size("haggle_plugin.open", offset_of!(abi::Plugin, open)),
        size("haggle_plugin.cancel", offset_of!(abi::Plugin, cancel)),
        size("haggle_plugin.release", offset_of!(abi::Plugin, release)),
        size("ArrowSchema", size_of::<abi::ArrowSchema>()),
        size("ArrowArray", size_of::<abi::ArrowArray>()),
        size("ArrowArrayStream", size_of::<abi::ArrowArrayStream>()),
        size("ArrowArray.private_data", offset_of!(abi::ArrowArray, private_data)),
        size("ArrowSchema.private_data", offset_of!(abi::ArrowSchema, private_data)),
        format!(
            "config {} panic {} major {} minor {}",
            Status::Config.code(),
            Status::Panic.code(),
            abi::ABI_MAJOR,
            abi::ABI_MINOR
        ),
    ];
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);
}
