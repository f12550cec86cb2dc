//! Trees: pages of one list, what a look tells, and rows and joins against a brute force.

use crate::support::{Saved, failure, read, read_by, run, save};
use haggle_evidence::ImportError;
use haggle_import::inspect::{Fit, inspect};
use haggle_import::{Options, PageLook, PageLooker, Paging, Recipe, open_pages};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

/// A recipe of prices in US dollars, of which the rows and columns are still to be said.
fn recipe(rest: &str) -> Recipe {
    let text = format!("{PLAIN}{rest}");
    Recipe::parse(&text, "test.toml").unwrap_or_else(|e| panic!("{e}"))
}

const PLAIN: &str = "name = \"test\"\nversion = 1\nsource = { name = \"test\" }\n\
    number = { decimal = \".\", thousands = \"\" }\n\
    constant = { kind = \"price\", basis = \"list\", tax = \"excluded\", currency = \"USD\", per = \"each\" }\n";

const ITEMS: &str = "tree = { rows = [\"/items/{i}\"] }\nfield.subject = { any = [\"id\"] }\n\
    date = { any = [\"/date\"], format = \"YYYY-MM-DD\" }\n\
    amount = [{ any = [\"price\"], statistic = \"value\" }]\n";

fn pages(bodies: &[&str]) -> (Vec<Saved>, Vec<PathBuf>) {
    let saved: Vec<Saved> = bodies.iter().map(|body| save("page.json", body)).collect();
    let paths = saved.iter().map(|s| s.path.clone()).collect();
    (saved, paths)
}

fn options(recipe: Recipe) -> Options {
    Options { recipe: Some(recipe), ..Options::default() }
}

fn look_at_page(page: &Path, recipe: &Recipe) -> Result<PageLook, ImportError> {
    PageLooker::new(recipe)?.look(page)
}

#[test]
fn pages_are_one_source_in_their_order() {
    let (_saved, paths) = pages(&[
        r#"{"date": "2026-01-01", "items": [{"id": "a", "price": 1}, {"id": "b", "price": 2}]}"#,
        r#"{"items": [{"id": "c", "price": "x"}, {"id": "d", "price": 4}], "date": "2026-01-02"}"#,
        r#"{"date": "2026-01-03", "items": []}"#,
    ]);
    let mut importer = open_pages(&paths, &options(recipe(ITEMS))).unwrap();
    let done = run(&mut importer).unwrap();
    assert_eq!(
        done.lines,
        [
            "page 1#/items/0/price a|-|-|- value 1 exact USD EA",
            "page 1#/items/1/price b|-|-|- value 2 exact USD EA",
            "page 2#/items/1/price d|-|-|- value 4 exact USD EA",
        ]
    );
    assert_eq!(done.reasons(), ["rejected I0101 page 2#/items/0/price=x"]);
    // What a page says of itself holds for its own rows.
    assert_eq!(done.dates, [Some(20454), Some(20454), Some(20455)]);
    let account = &done.import.account;
    assert_eq!((account.read, account.imported, account.rejected), (4, 3, 1));
}

#[test]
fn a_page_of_another_shape_or_a_broken_one_is_named() {
    let good = r#"{"items": [{"id": "a", "price": 1}]}"#;
    for (second, code, says) in [
        (r#"{"error": {"code": 429}}"#, "E0008", "page 2 is of another shape: expected `/items`"),
        (r#"{"items": [{"id": "b""#, "E0005", "page 2"),
        ("id,price\nb,2\n", "E0003", "page 2"),
        ("", "E0002", "page 2"),
    ] {
        let (_saved, paths) = pages(&[good, second, good]);
        let opened = open_pages(&paths, &options(recipe(ITEMS)));
        let read = opened.and_then(|mut importer| run(&mut importer).map(|done| done.lines));
        let (found, message) = failure(read);
        assert_eq!(found, code, "{message}");
        assert!(message.contains(says), "{message}");
    }
    let (_saved, paths) = pages(&[good]);
    let done = run(&mut open_pages(&paths, &options(recipe(ITEMS))).unwrap()).unwrap();
    assert_eq!(done.lines, ["#/items/0/price a|-|-|- value 1 exact USD EA"], "one page is a file");
    assert_eq!(failure(open_pages(&[], &Options::default()).map(|_| ())).0, "E0002");
}

fn page_look(next: Option<&str>, items: u64) -> PageLook {
    PageLook { next: next.map(str::to_owned), items, ..PageLook::default() }
}

#[test]
fn what_a_page_says_of_the_whole_is_read_and_its_own_count_must_be_right() {
    let paging = "paging = { way = \"link\" }\n";
    let stated = "stated = { count = \"/n\", total = \"/meta/all\", same = \"/meta/day\" }\n";
    let checked = recipe(&format!("{paging}{stated}{ITEMS}"));
    assert!(checked.checks_pages() && !recipe(&format!("{paging}{ITEMS}")).checks_pages());
    let body = r#"{"n": 2, "meta": {"day": "2026-01-01", "all": 7}, "items": [{"price": 1}, {}]}"#;
    let look = |body: &str| look_at_page(&save("p.json", body).path, &checked);
    let found = look(body).unwrap();
    assert_eq!((found.total, found.same.as_deref()), (Some(7), Some("2026-01-01")));
    let silent = look(r#"{"items": [{"price": 1}]}"#).unwrap();
    assert_eq!(silent, page_look(None, 1), "what is not said is not checked");
    for (n, says) in [("3", "found 2 items, and the page says that it has 3"), ("\"x\"", "`x`")] {
        let (code, message) = failure(look(&body.replace("\"n\": 2", &format!("\"n\": {n}"))));
        assert!(code == "E0005" && message.contains(says), "{message}");
    }
    let alone = Recipe::parse(&format!("{PLAIN}{stated}{ITEMS}"), "test.toml").unwrap_err();
    assert!(alone.to_string().contains("expected both"), "{alone}");
}

#[test]
fn a_row_that_stands_on_several_pages_is_told() {
    let page = |ids: &[u32]| {
        let item = |id: &u32| json!({"id": id, "price": 5, "at": 1});
        json!({"items": ids.iter().map(item).collect::<Vec<_>>()}).to_string()
    };
    let told = |pages_of: &[&[u32]], rest: &str| {
        let bodies: Vec<String> = pages_of.iter().map(|ids| page(ids)).collect();
        let (_saved, paths) = pages(&bodies.iter().map(String::as_str).collect::<Vec<_>>());
        let recipe = recipe(&format!("{ITEMS}{rest}"));
        let done = run(&mut open_pages(&paths, &options(recipe)).unwrap()).unwrap();
        let told = done.import.diagnostics.iter().filter(|d| d.code == "W0128");
        let told = told.map(|d| format!("{} {}", d.place, d.message)).collect::<Vec<_>>();
        (told, done.lines.len())
    };
    assert_eq!(told(&[&[1, 2], &[3, 4]], ""), (vec![], 4));
    assert_eq!(told(&[&[1, 1], &[2, 2]], ""), (vec![], 4), "within a page nothing has moved");
    let (words, rows) = told(&[&[1, 2], &[2, 3], &[4, 1]], "");
    let says = "page 2#/items/0 2 rows say the same as a row of an earlier page: \
                the list changed between its pages, or repeats itself";
    assert_eq!((words, rows), (vec![says.to_owned()], 6));
    let once = "duplicates = { by = [[\"id\"]], reason = \"told before\" }\n";
    assert_eq!(told(&[&[1, 2], &[2, 3], &[4, 1]], once), (vec![], 4));
}

/// A list of flat objects is the table whose header are the members' names.
#[test]
fn a_recipe_for_tables_reads_a_list_of_flat_objects() {
    let table = format!(
        "{PLAIN}signature = [[\"sku\"]]\nfield.subject = {{ any = [\"SKU\"], required = true }}\n\
        field.title = {{ any = [\"Name*\"] }}\n\
        amount = [{{ any = [\"Unit price\"], statistic = \"value\" }}]\n"
    );
    let table = table.replace("decimal = \".\"", "decimal = \",\"");
    let rows = r#"{"sku": "A-1", "unit price": 1.5, "name of it": "Bolt"},
        {"sku": "A-2", "unit price": "0,75", "more": {"deep": 1}},
        {"sku": "A-3", "unit price": null, "name of it": ""},
        {"sku": "A-4", "name of it": "no price"},
        {"sku": "A-5", "unit price": "cheap"}"#;
    let lines = rows.replace("},\n", "}\n");
    let bodies = [
        (format!("[{rows}]"), "#/"),
        (
            format!("{{\"n\": 5, \"data\": {{\"prices\": [{rows}], \"others\": [{{\"a\": 1}}]}}}}"),
            "#/data/prices/",
        ),
        (lines, "#/"),
    ];
    for (body, at) in bodies {
        let done = read_by(&table, &body).unwrap();
        assert_eq!(
            done.lines,
            [
                format!("{at}0/unit price A-1|Bolt|-|- value 1.5 exact USD EA"),
                format!("{at}1/unit price A-2|-|-|- value 0.75 exact USD EA"),
            ],
            "a number of JSON is written as JSON writes it, a text as the recipe says"
        );
        let account = &done.import.account;
        assert_eq!((account.read, account.imported, account.skipped), (5, 3, 1), "{body}");
        assert_eq!(done.reasons()[0], format!("rejected I0101 {at}4/unit price=cheap"));
    }
    let wary = table.replace("signature", "wary = true\nsignature");
    let of = |body: &str| read_by(&wary, body).map(|d| d.lines.len());
    assert_eq!(of(r#"[{"sku": "A", "unit price": 1}]"#).unwrap(), 1);
    let around = r#"{"in": "thousands", "rows": [{"sku": "A", "unit price": 1}]}"#;
    assert_eq!(failure(of(around)).0, "E0015", "what stands around it is not read");
    // The second form would also be read if both lists had the columns, so it is asked which.
    let both = format!("{{\"a\": [{rows}], \"b\": [{rows}]}}");
    for (body, code, says) in [
        (both.as_str(), "E0010", "`/a/*`, `/b/*`"),
        (
            r#"[{"sku": "A-1", "price": 2}]"#,
            "E0008",
            " recipe `test` needs the column `Unit price`",
        ),
        (r#"[{"list": [{"sku": "A", "unit price": 1}]}]"#, "E0008", "needs the column"),
        (r#"{"sku": "A-1", "unit price": 1}"#, "E0003", "recipe `test` reads tables"),
        (r#"[{"sku": "A-1", "SKU": "B", "unit price": 1}]"#, "E0010", "stands above two columns"),
        (r#"[{"sku": "A-1", "unit price": 1}"#, "E0005", "ends too early"),
    ] {
        let (found, message) = failure(read_by(&table, body).map(|d| d.lines));
        assert!(found == code && message.contains(says), "{body}: {found} {message}");
    }
}

#[test]
fn a_built_in_recipe_for_tables_is_found_by_the_members_of_a_list() {
    let survey =
        r#"[{"work_year": 2023, "job_title": "Weaver", "salary": 100, "salary_currency": "EUR"}]"#;
    let done = read("survey.json", survey).unwrap();
    assert_eq!(done.lines, ["#/0/salary -|Weaver|-|- value 100 exact EUR ANN"]);
    let named = Options { sheet: Some("Pay".into()), ..Options::default() };
    let saved = save("survey.json", survey);
    let (code, message) = failure(haggle_import::open(&saved.path, &named).map(|_| ()));
    assert!(code == "E0016" && message.contains("found JSON, which has no sheets"), "{message}");
}

/// A price holds up to the quantity from which another of its row holds.
#[test]
fn a_price_ends_where_the_next_step_begins() {
    let model = json!({"m": {
        "litellm_provider": "p", "mode": "chat",
        "input_cost_per_token": 1e-6, "input_cost_per_token_above_128k_tokens": 2e-6,
        "input_cost_per_token_above_200k_tokens": 3e-6, "input_cost_per_token_batches": 5e-7,
        "output_cost_per_token": 4e-6, "output_cost_per_token_above_200k_tokens": null,
    }});
    let done = read("m.json", model.to_string()).unwrap();
    let steps: Vec<String> = done
        .lines
        .iter()
        .zip(&done.terms)
        .map(|(line, terms)| {
            let amount = line.split(" value ").nth(1).unwrap().split(' ').next().unwrap();
            format!("{amount} {}", terms.split(' ').nth_back(1).unwrap())
        })
        .collect();
    assert_eq!(steps, ["1 ..128000", "0.5 ..", "2 128000..200000", "3 200000..", "4 .."]);
}

#[test]
fn a_page_says_how_many_items_it_has_and_where_the_next_one_is() {
    let two = r#"{"next": "x?page=2", "meta": {"mark": 17}, "items": [{"price": 1, "deep": [{"price": 2}]}, 7]}"#;
    let last = r#"{"next": null, "meta": {"mark": ""}, "items": []}"#;
    for (way, next) in [
        ("way = \"link\"", None),
        ("way = \"body\", pointer = \"/next\"", Some("x?page=2")),
        ("way = \"cursor\", pointer = \"/meta/mark\", parameter = \"after\"", Some("17")),
        ("way = \"number\", parameter = \"page\", first = 1", None),
        ("way = \"offset\", parameter = \"skip\", step = 2", None),
    ] {
        let recipe = recipe(&format!("paging = {{ {way} }}\n{ITEMS}"));
        let look = |body: &str| look_at_page(&save("p.json", body).path, &recipe).unwrap();
        assert_eq!(look(two), page_look(next, 2), "{way}");
        assert_eq!(look(last), page_look(None, 0), "{way}");
        assert!(look_at_page(&save("p.json", &two[..40]).path, &recipe).is_err());
    }
    let paging = recipe(&format!("paging = {{ way = \"link\" }}\n{ITEMS}"));
    assert_eq!(paging.paging(), Some(&Paging::Link));
    assert_eq!(recipe(ITEMS).paging(), None);
    let deeper = ITEMS.replace("/items/{i}", "/items/{i}/deep/{d}").replace("[\"id\"]", "[\"@d\"]");
    let look = look_at_page(&save("p.json", two).path, &recipe(&deeper)).unwrap();
    assert_eq!(look.items, 2, "items of the page, not the rows in them");
    let azure = haggle_import::builtin_recipes().iter().find(|r| r.name() == "azure-retail-prices");
    let pointer = "/NextPageLink".to_owned();
    assert_eq!(azure.unwrap().paging(), Some(&Paging::Body { pointer }));
}

#[test]
fn a_look_tells_lists_and_members_and_proposes_a_recipe_that_imports() {
    let list = r#"{"items": [
        {"sku": "A-1", "name": "Bolt", "unit_price": 1.5, "currency": "USD", "unit": "each"},
        {"sku": "A-2", "name": "Nut", "unit_price": 0.75, "currency": "EUR", "unit": "kg", "size": {"d": "x*"}}
    ], "others": {"k.1": {"w": 1}, "k/2": {"w": 2}, "k*3": {"w": null}}}"#;
    let saved = save("list.json", list);
    let found = inspect(&saved.path, &Options::default()).unwrap();
    assert_eq!((found.format.as_str(), found.encoding.as_deref()), ("JSON", Some("UTF-8")));
    let told: Vec<String> = found
        .tables
        .iter()
        .map(|t| {
            let columns: Vec<String> = t
                .columns
                .iter()
                .map(|c| format!("{} {} {}", c.header, c.content.as_str(), c.filled))
                .collect();
            format!("{} {}: {}", t.sheet.as_deref().unwrap(), t.rows, columns.join(", "))
        })
        .collect();
    assert_eq!(
        told,
        [
            "/items/* 2: sku text 2, name text 2, unit_price number 2, currency text 2, unit text 2, size/d text 1",
            "/others/* 3: @name text 3, w number 2",
        ]
    );
    let Fit::None { error, .. } = &found.fit else { panic!("{:?}", found.fit) };
    assert!(error.message.contains("`/items/*` (2), `/others/*` (3)"), "{}", error.message);
    let proposal = found.proposal.unwrap();
    assert!(proposal.contains("tree = { rows = [\"/items/*\"] }"), "{proposal}");
    let done = read_by(&proposal, list).unwrap();
    assert_eq!(
        done.lines,
        [
            "#/items/0/unit_price A-1|Bolt|-|- value 1.5 exact USD EA",
            "#/items/1/unit_price A-2|Nut|-|- value 0.75 exact EUR KGM",
        ]
    );
}

#[test]
fn a_look_at_a_known_layout_shows_pointers() {
    let saved = save(
        "m.json",
        r#"{"m": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 1e-6}}"#,
    );
    let found = inspect(&saved.path, &Options::default()).unwrap();
    let Fit::Fits(fits) = &found.fit else { panic!("{:?}", found.fit) };
    assert_eq!(fits.recipe, "litellm-model-prices");
    assert_eq!(fits.observations[0].place.within("m.json"), "m.json#/m/input_cost_per_token");
}

#[test]
fn packed_trees_are_whole_or_refused() {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    let body = format!("{{\"items\": [{}]}}", vec!["{\"id\": \"a\", \"price\": 1}"; 500].join(","));
    let packed = compress_to_vec(body.as_bytes(), CompressionLevel::Fastest);
    // A frame to be passed over, as some programs put in front.
    let skipped = [b"\x50\x2a\x4d\x18\x03\0\0\0abc".as_slice(), &packed].concat();
    let text = format!("{PLAIN}{ITEMS}");
    for bytes in [&packed, &skipped] {
        assert_eq!(read_by(&text, bytes).unwrap().lines.len(), 500);
    }
    for cut in [packed.len() - 1, packed.len() / 2, 5] {
        assert_eq!(failure(read_by(&text, &packed[..cut]).map(|d| d.lines)).0, "E0005", "{cut}");
    }
    let mut spoilt = packed.clone();
    let last = spoilt.len() - 1;
    spoilt[last] ^= 1;
    assert_eq!(failure(read_by(&text, spoilt).map(|d| d.lines)).0, "E0005", "the checksum");
    assert_eq!(
        failure(read("a.json.zst", &packed[..packed.len() / 2]).map(|d| d.lines)).0,
        "E0005"
    );
}

/// A price as a generated document writes it.
#[derive(Debug, Clone)]
enum Price {
    Missing,
    Null,
    Number(u16),
    Text(u16),
    Below(u16),
    Other,
}

/// A group of items, whose name may stand before them, behind them, or both.
#[derive(Debug, Clone)]
struct Group {
    early: Option<u8>,
    late: Option<u8>,
    items: BTreeMap<String, Price>,
}

fn any_price() -> impl Strategy<Value = Price> {
    prop_oneof![
        Just(Price::Missing),
        Just(Price::Null),
        (1_u16..2000).prop_map(Price::Number),
        (1_u16..2000).prop_map(Price::Text),
        (1_u16..2000).prop_map(Price::Below),
        Just(Price::Other),
    ]
}

fn any_group() -> impl Strategy<Value = Group> {
    let items = proptest::collection::btree_map("[a-c/~.*]{1,3}", any_price(), 0..6);
    (any::<Option<u8>>(), any::<Option<u8>>(), items).prop_map(|(early, late, items)| Group {
        early,
        late,
        items,
    })
}

fn quarter(n: u16) -> f64 {
    f64::from(n) / 4.0
}

/// The document, in which serde_json orders members by their names.
fn document(groups: &[Group]) -> Value {
    let item = |price: &Price| match price {
        Price::Missing => json!({"x": 1}),
        Price::Null => json!({"price": null}),
        Price::Number(n) => json!({"price": quarter(*n)}),
        Price::Text(n) => json!({"price": quarter(*n).to_string()}),
        Price::Below(n) => json!({"price": {"base": quarter(*n), "y": []}}),
        Price::Other => json!([[], "price", {"price": 1}]),
    };
    let group = |g: &Group| {
        let items: Map<String, Value> = g.items.iter().map(|(k, p)| (k.clone(), item(p))).collect();
        let mut group = json!({"items": items});
        g.early.iter().for_each(|n| group["a"] = json!(n));
        g.late.iter().for_each(|n| group["z"] = json!({"name": format!("late {n}")}));
        group
    };
    json!({"groups": groups.iter().map(group).collect::<Vec<_>>(), "unread": {"price": 1}})
}

/// What a person reads of it: a line for each price, and the rows that are passed over.
fn by_hand(groups: &[Group]) -> (Vec<String>, u64, u64) {
    let (mut lines, mut rows, mut skipped) = (Vec::new(), 0, 0);
    for (i, group) in groups.iter().enumerate() {
        let late = group.late.map(|n| format!("late {n}"));
        let title = group.early.map(|n| n.to_string()).or(late).unwrap_or("-".to_owned());
        for (key, price) in &group.items {
            rows += 1;
            let (tail, n) = match price {
                Price::Number(n) | Price::Text(n) => ("price", n),
                Price::Below(n) => ("price/base", n),
                Price::Null => continue,
                Price::Missing | Price::Other => {
                    skipped += 1;
                    continue;
                }
            };
            let pointer = key.replace('~', "~0").replace('/', "~1");
            lines.push(format!(
                "#/groups/{i}/items/{pointer}/{tail} {key}|{title}|-|- value {} exact USD EA",
                quarter(*n)
            ));
        }
    }
    (lines, rows, skipped)
}

const GROUPS: &str = "tree = { rows = [\"/groups/*/items/{key}\"] }\nfield.subject = { any = [\"@key\"] }\n\
    field.title = { any = [\"/groups/*/a\", \"/groups/*/z/name\"] }\n\
    amount = [{ any = [\"price\", \"price/base\"], statistic = \"value\" }]\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rows_are_those_of_a_brute_force(groups in proptest::collection::vec(any_group(), 0..6), pretty: bool) {
        let document = document(&groups);
        let text = if pretty { format!("{document:#}") } else { document.to_string() };
        let done = read_by(&format!("{PLAIN}{GROUPS}"), &text).unwrap();
        let (lines, rows, skipped) = by_hand(&groups);
        prop_assert_eq!(&done.lines, &lines, "{}", text);
        let account = &done.import.account;
        prop_assert_eq!((account.read, account.skipped, account.rejected), (rows, skipped, 0));
        // The same group by group, one on each line.
        let per_line: String = document["groups"].as_array().unwrap().iter().map(|g| format!("{g}\n")).collect();
        if groups.len() > 1 {
            let recipe = GROUPS.replace("/groups/*", "/*");
            let done = read_by(&format!("{PLAIN}{recipe}"), per_line).unwrap();
            let lines: Vec<String> = lines.iter().map(|l| l.replacen("#/groups", "#", 1)).collect();
            prop_assert_eq!(done.lines, lines);
        }
    }

    /// The same rows as a table and as a list: whatever is missing, blank or of another sort.
    #[test]
    fn a_flat_list_reads_as_the_table_of_its_members(
        rows in proptest::collection::vec(("[A-C]{1,2}", 0_u8..4, 1_u16..4000), 1..12),
    ) {
        let recipe = format!(
            "{PLAIN}signature = [[\"Item\"]]\nfield.subject = {{ any = [\"Item\"] }}\n\
             amount = [{{ any = [\"Price\"], statistic = \"value\" }}]\n"
        );
        let price = |sort: u8, n: u16| match sort {
            0 => (json!(null), String::new()),
            1 => (json!("n/k"), "n/k".to_owned()),
            2 => (json!(quarter(n)), quarter(n).to_string()),
            _ => (json!(quarter(n).to_string()), quarter(n).to_string()),
        };
        let (mut list, mut table) = (Vec::new(), "Item,Price,Other\n".to_owned());
        for (item, sort, n) in &rows {
            let (value, text) = price(*sort, *n);
            list.push(json!({"item": item, "price": value, "other": true}));
            table.push_str(&format!("{item},{text},true\n"));
        }
        let list = read_by(&recipe, json!(list).to_string()).unwrap();
        let table = read_by(&recipe, table).unwrap();
        let said = |done: &[String]| -> Vec<String> {
            done.iter().map(|l| l.split_once(' ').unwrap().1.to_owned()).collect()
        };
        prop_assert_eq!(said(&list.lines), said(&table.lines));
        let (a, b) = (&list.import.account, &table.import.account);
        prop_assert_eq!((a.imported, a.rejected, a.absent), (b.imported, b.rejected, b.absent));
    }

    #[test]
    fn joins_are_those_of_a_brute_force(
        products in proptest::collection::vec((0_u8..6, 0_u8..3), 0..8),
        prices in proptest::collection::vec((0_u8..6, 1_u16..500), 0..12),
        first: bool,
    ) {
        let product = |(sku, place): &(u8, u8)| json!({"sku": sku.to_string(), "at": {"place": format!("p{place}")}});
        let price = |(sku, n): &(u8, u16)| json!({"of": sku, "price": n});
        let list: Vec<Value> = products.iter().map(product).collect();
        let name = if first { "a" } else { "z" };
        let document = json!({"m": prices.iter().map(price).collect::<Vec<_>>(), name: list});
        let recipe = format!(
            "{PLAIN}tree = {{ rows = [\"/m/*\"], join = [{{ name = \"p\", rows = \"/{name}/*\", key = \"sku\", by = [\"of\"] }}] }}\n\
             field.place = {{ any = [\"p:at/place\"] }}\namount = [{{ any = [\"price\"], statistic = \"value\" }}]\n"
        );
        let done = read_by(&recipe, document.to_string()).unwrap();
        let mut lines = Vec::new();
        for (i, (sku, n)) in prices.iter().enumerate() {
            let partners: Vec<&(u8, u8)> = products.iter().filter(|(s, _)| s == sku).collect();
            if let [(_, place)] = partners.as_slice() {
                lines.push(format!("#/m/{i}/price -|-|p{place}|- value {n} exact USD EA"));
            }
        }
        prop_assert_eq!(done.import.account.rejected, (prices.len() - lines.len()) as u64);
        prop_assert_eq!(done.lines, lines);
    }
}

/// More than the buffer holds, cut wherever its blocks end.
#[test]
fn long_lists_are_read_through_many_blocks() {
    let group = |i: u16| Group {
        early: i.is_multiple_of(3).then_some(i as u8),
        late: i.is_multiple_of(2).then_some(i as u8),
        items: (0..i % 7).map(|k| (format!("key/{i}~{k}"), Price::Number(i + k + 1))).collect(),
    };
    let groups: Vec<Group> = (0..3000).map(group).collect();
    let done = read_by(&format!("{PLAIN}{GROUPS}"), document(&groups).to_string()).unwrap();
    assert_eq!(done.lines, by_hand(&groups).0);
}
