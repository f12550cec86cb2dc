//! `help`, `schema`, `completions`: what the program says about itself.

use crate::args::{Args, Completions, Help, Schema, SchemaOf};
use crate::context::Context;
use crate::failure::{Failure, exit};
use clap::CommandFactory;

const EXIT_CODES: &str = "\
0  fine
1  failed: a file cannot be read, a deal file is wrong, a report does not hold (verify)
2  usage: the command line is wrong
3  evidence too weak, under --strict
4  not as locked, or not available offline
6  a plugin misbehaved: it crashed, broke its limits or its promises; nothing of it is stored
130  interrupted with Ctrl-C while it fetched; the store and the cache are whole
";

const ENVIRONMENT: &str = "\
HAGGLE_STORE     folder of the evidence store (--store)
HAGGLE_AS_OF     day to speak for (--as-of)
HAGGLE_LOCKED    refuse sources that are not as locked (--locked)
HAGGLE_OFFLINE   use only what is stored (--offline)
HAGGLE_QUIET     say nothing but errors (--quiet)
HAGGLE_COLOR     auto, always, never (--color)
NO_COLOR         no colour, if set and not empty
HAGGLE_CACHE     folder of what was fetched (--cache)
HAGGLE_REFRESH   ask the servers again (--refresh)
HAGGLE_LIMITS    limits of fetching, NAME=VALUE, separated by commas (--limit)
HAGGLE_SECRETS   file of secrets for servers (--secrets)
HAGGLE_CACERT    certificates that are trusted as well (--cacert)
HAGGLE_TOKEN_*   a token for one server: `haggle help network`
HAGGLE_SECRET_*  a secret that plugins may ask for by name: `haggle help plugins`
HAGGLE_PLUGIN_PATH  more folders of plugins, absolute, separated as in PATH
SSL_CERT_FILE    certificates that are trusted instead of those of this machine
HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY   through whom servers are asked
XDG_CACHE_HOME   where what was fetched lies by default: $XDG_CACHE_HOME/haggle
XDG_CONFIG_HOME  where secrets lie by default: $XDG_CONFIG_HOME/haggle/secrets.toml
XDG_DATA_HOME    where the store lies by default: $XDG_DATA_HOME/haggle/store
XDG_STATE_HOME   where consents to plugins lie: $XDG_STATE_HOME/haggle/grants.toml
An option on the command line comes before its variable.
";

const NETWORK: &str = "\
A source behind a URL is fetched whole into the cache and then read as a file is. Behind `#` stands
the file that is meant inside an archive: https://prices.example/all.zip#list.csv

The cache asks the server again as the server said (max-age, ETag, Last-Modified, no-store, Vary).
--refresh asks in any case, --offline never; `haggle cache` lists what is there.

A secret never stands in a deal file. A token goes into a variable of its host's name, in capitals,
`.` written `_`, `-` written `__`, `:` before a port `___`:
  HAGGLE_TOKEN_API_EXAMPLE_COM=...         sent as `Authorization: Bearer ...` to api.example.com
or into a file that only you can read (chmod 600):
  [[secret]]
  host   = \"api.example.com\"             with `:port` if it is not the usual one
  header = \"X-Api-Key\"                   or query = \"key\"; neither: a bearer token
  env    = \"MY_KEY\"                      or value = \"...\"
It is sent to that host alone, over https. A URL is shown and kept as its name: user info and
parameters called token, key, secret, signature and so on are `***`.

Servers may send on to public addresses and to the host that you named; --allow-private lifts that.
Through a proxy the proxy resolves names, and addresses behind names are not looked at.

Limits (--limit NAME=VALUE):
";

const PLUGINS: &str = "\
A plugin is a shared library that brings observations: one self-contained file, libhaggle_NAME.so;
or a script, haggle_NAME.script.
Whatever lies in a plugin folder is found; nothing of it runs before you allowed exactly its bytes:
  haggle plugin inspect FILE    what it is, asks for and links to; runs nothing
  haggle plugin add FILE|NAME   the same, then asks, and writes your consent down
  haggle plugin list            found, ready, changed, refused
  haggle import --plugin NAME --set KEY=VALUE
In a deal file: [[source]] with plugin = \"NAME\" and, if it takes any, config = { key = \"value\" }.

Folders, in this order: --plugin-dir, HAGGLE_PLUGIN_PATH, .haggle/plugins beside the deal file (only
what its haggle.lock pins), $XDG_DATA_HOME/haggle/plugins, /usr/local/lib/haggle/plugins,
/usr/lib/haggle/plugins. What others may write is refused.

It runs in a process of its own that can open no file and no connection. What it reads is opened for
it, if you allowed it: URLs as for other sources (`haggle help network`), files named with
`plugin add --file` (as file:///PATH, or as file:NAME without the folder), standard input. Everything
it read is recorded with its size and hash. A secret goes into a header of a request to its one host,
and the plugin never sees it: HAGGLE_SECRET_NAME, or in the file of secrets
  [[secret]]
  host  = \"api.example.com\"
  name  = \"NAME\"
  value = \"...\"                    or env = \"MY_KEY\"

haggle.lock pins which file of a plugin a deal was made with; it gives nobody leave to run it. Your
consents lie in $XDG_STATE_HOME/haggle/grants.toml and are never read from a project. Where this
machine cannot confine a plugin fully it does not run, unless you said --allow-level: `reduced` is
the filter of system calls without Landlock, `process` keeps none of your files and secrets from it.
A host name that you allow must be public; a machine of your own network is allowed by its number,
as `localhost`, or with --allow-private. A file is allowed as it lies there: a link is not followed.
What a plugin is told is stored and shown, so a key that is called as secrets are is refused.

A script writes observations on its standard output, as JSON Lines or as an Arrow IPC stream, and
reads one input on its standard input. It is off unless you said --allow-level script: at that level
it reads the programs and libraries of the system, and can write nothing, open no connection and
start no other program. It is recorded as `script`.

What a manifest states of its configuration (config_schema) is checked before a plugin starts.

Writing one: haggle plugin new NAME --lang rust|c|sh, then haggle plugin test FILE --input URI=FILE.
";

const CONDITIONS: &str = "\
field=value            equal; several values separated by commas
field~words            contains all of the words, in any order, whatever their case
field=from..to         numbers and dates, either end may be missing

Fields: sheet kind basis component tax subject scheme title place party level statistic bound
currency per amount weight count employers sample_size date row; any other name is an attribute
of the source. In a deal file: where = { subject = \"15-1252\", place = [\"US\", \"Colorado\"],
title = \"~ software engineer\", date = \"2024-01-01..\" }
";

pub(crate) fn topic(args: &Help, context: &Context) -> Result<u8, Failure> {
    let text = match args.topic.as_deref() {
        None => Args::command().render_long_help().to_string(),
        Some("exit-codes") => EXIT_CODES.to_owned(),
        Some("environment") => ENVIRONMENT.to_owned(),
        Some("conditions") => CONDITIONS.to_owned(),
        Some("recipes") => recipes(),
        Some("network") => network(),
        Some("plugins") => PLUGINS.to_owned(),
        Some(verb) => verb_help(verb)?,
    };
    context.data(&text)?;
    Ok(exit::FINE)
}

/// How sources behind a URL are fetched, with the limits.
fn network() -> String {
    let line = |[name, value, meaning]: &[&str; 3]| format!("  {name:<10} {value:<6} {meaning}\n");
    let lines: String = haggle_fetch::LIMITS.iter().map(line).collect();
    format!("{NETWORK}{lines}")
}

/// The built-in recipes, one on a line, with what they read.
fn recipes() -> String {
    let line = |r: &haggle_import::Recipe| format!("{:<30} {}\n", r.name(), r.title());
    let lines: String = haggle_import::builtin_recipes().iter().map(line).collect();
    format!("{lines}A recipe is found by the columns of a file; `--recipe NAME` names one.\n")
}

fn verb_help(verb: &str) -> Result<String, Failure> {
    let mut command = Args::command();
    command.build();
    let known = command.find_subcommand_mut(verb);
    known.map(|c| c.render_long_help().to_string()).ok_or_else(|| {
        Failure::usage(format!("no help on `{verb}`")).help(
            "topics: exit-codes, environment, conditions, recipes, network, plugins, or a verb",
        )
    })
}

pub(crate) fn schema(args: &Schema, context: &Context) -> Result<u8, Failure> {
    match args.what {
        SchemaOf::Deal => context.data(haggle_negotiation::deal::SCHEMA)?,
    }
    Ok(exit::FINE)
}

pub(crate) fn completions(args: &Completions, context: &Context) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "haggle", &mut script);
    context.data(&String::from_utf8_lossy(&script))?;
    Ok(exit::FINE)
}
