//! Which API it asks is part of the file, since a plugin's permissions are: `PAGED_PRICES_BASE` while
//! it is built, else the example's.

fn main() {
    let base = std::env::var("PAGED_PRICES_BASE");
    let base = base.unwrap_or_else(|_| "https://prices.example/".to_owned());
    println!("cargo:rerun-if-env-changed=PAGED_PRICES_BASE");
    println!("cargo:rustc-env=PAGED_PRICES_BASE={base}");
}
