//! What a proposal holds for a file, and what comes of it when its doubts are filled in.

use crate::support::{V, run, save, xlsx, xlsx_of};
use haggle_import::inspect::{Inspection, inspect};
use haggle_import::{Options, Recipe, open};

fn looked(name: &str, bytes: impl AsRef<[u8]>) -> Inspection {
    inspect(&save(name, bytes).path, &Options::default()).unwrap()
}

fn proposal(text: &str) -> String {
    looked("file.csv", text).proposal.unwrap_or_else(|| panic!("no proposal for {text}"))
}

/// Header and rows, lines that the proposal must have, and pieces that it must not.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    // Scales in headers are written, those in titles ask.
    ("Job,Salary (thousands)\nCook,41.5\n", &["scale = \"1000\"   # from the header"], &[]),
    (
        "Job,Salary ($k)\nCook,41.5\n",
        &["scale = \"1000\"   # from the header", "# currency = \"USD\""],
        &[],
    ),
    ("Job,Salary ('000)\nCook,41.5\n", &["scale = \"1000\"   # from the header"], &[]),
    (
        "Job;Gehalt in Tsd. EUR\nKoch;41,5\n",
        &["scale = \"1000\"   # from the header", "currency = \"EUR\"   # from the header"],
        &[],
    ),
    (
        "Job;Gehalt TEUR\nKoch;41,5\n",
        &["scale = \"1000\"   # from the header", "currency = \"EUR\"   # from the header"],
        &[],
    ),
    ("Item,Price in millions\nA,1.5\n", &["scale = \"1000000\"   # from the header"], &[]),
    ("Item,Price $ M\nA,1.5\n", &["scale = \"1000000\"   # from the header"], &[]),
    (
        "Annual pay in thousands of USD,\n,\nJob,Pay\nCook,41.5\n",
        &[
            "scale = \"\"   # doubt: a title or note says thousands: \"1000\", or \"1\" if the cells hold whole amounts",
            "# currency = \"USD\"   # from the title",
            "# per = \"year\"   # from the title",
        ],
        &[],
    ),
    ("Job,Salary\nCook,41500\n", &[], &["scale"]),
    // A note below the header counts as a title does.
    (
        "Role,City,P25 (USD)\n\"Annual, in thousands\",,\nCook,Rome,41\n",
        &[
            "scale = \"\"   # doubt: a title or note says thousands: \"1000\", or \"1\" if the cells hold whole amounts",
        ],
        &[],
    ),
    ("Tuote;Hinta (alv 0 %) €\nRuuvi;0,12\n", &["currency = \"EUR\"   # from the header"], &[]),
    // Rows that sum up others.
    (
        "Job,Salary\nTotal rewards manager,5\nCook,4\nTotal,9\nAverage,4.5\n",
        &["[[skip]]", "values = [\"Total\", \"Average\"]", "aggregate = true"],
        &["\"Total rewards manager\""],
    ),
    (
        "Stelle;Gehalt\nKoch;5\nSumme;9\nMittelwert;4\n",
        &["values = [\"Summe\", \"Mittelwert\"]"],
        &[],
    ),
    (
        "Poste;Salaire\nCuisinier;5\nTotal général;9\nMoyenne;4\n",
        &["values = [\"Total général\", \"Moyenne\"]"],
        &[],
    ),
    (
        "Item,Price\nbolt,5\nTotal Denver,9\n",
        &[
            "# doubt: does `Total Denver` in row 3 of `Item` sum up others? Then a `[[skip]]` with it in `values` passes it over",
        ],
        &["[[skip]]\n"],
    ),
    // One header above two columns.
    (
        "Job,Salary,Salary,Bonus\nCook,1,2,3\n",
        &[
            "# doubt: the header `Salary` stands above the columns B, C: give each its own in the file, else none is read",
        ],
        &["any = [\"Salary\"]"],
    ),
    // Two amounts that say the same.
    (
        "Title,Hourly Rate (USD),Annual Salary (USD)\nCook,20,41600\n",
        &[
            "any = [\"Hourly Rate (USD)\"]",
            "# any = [\"Annual Salary (USD)\"]",
            "# doubt: two amounts of a row may say the same; keep one: `Hourly Rate (USD)` is read, this one is not",
        ],
        &[],
    ),
    (
        "Title,Hourly pay (USD),Annual pay (USD)\nCook,20,\nBaker,,41600\n",
        &["any = [\"Hourly pay (USD)\"]", "any = [\"Annual pay (USD)\"]"],
        &["two amounts"],
    ),
    (
        "Title,Base salary,Bonus\nCook,20,1\nBaker,30,2\n",
        &[
            "component = \"Base salary\"   # from the header",
            "component = \"Bonus\"   # from the header",
        ],
        &["two amounts"],
    ),
    (
        "Item,Acme price,Beta price\nbolt,1,2\nnut,3,4\n",
        &["# party = \"Acme\"", "# any = [\"Beta price\"]", "# party = \"Beta\""],
        &["\nany = [\"Beta price\"]"],
    ),
    // Quantities are no amounts; headers say currency and tax.
    (
        "Fournisseur;Désignation;Qté;Unité;Prix unitaire HT (€);Validité\nAcme;Vis;100;pièce;1,50;31/12/2025\n",
        &[
            "[field.party]",
            "any = [\"Fournisseur\"]",
            "[field.title]",
            "any = [\"Désignation\"]",
            "[per]",
            "any = [\"Unité\"]",
            "map = { \"pièce\" = \"each\" }",
            "currency = \"EUR\"   # from the header",
            "tax = \"excluded\"   # from the header",
            "# not read: column C `Qté`: a quantity; `[quantity_from]` is for the least quantity that a price holds for",
            "name = \"validite\"",
        ],
        &["any = [\"Qté\"]", "[date]"],
    ),
    (
        "Lieferant;Bezeichnung;Menge;Einheit;Preis brutto;Gesamtpreis\nM;Mutter;10;Stück;1,20;12,00\n",
        &[
            "any = [\"Lieferant\"]",
            "any = [\"Bezeichnung\"]",
            "tax = \"included\"   # from the header",
            "# not read: column F `Gesamtpreis`: what the whole quantity of the row costs",
        ],
        &["any = [\"Menge\"]", "any = [\"Gesamtpreis\"]"],
    ),
    (
        "Job;Bruttogehalt (€/Jahr)\nKoch;41500\n",
        &[
            "per = \"year\"   # from the header",
            "currency = \"EUR\"   # from the header",
            "tax = \"gross\"   # from the header",
        ],
        &[],
    ),
    (
        "Ammattinimike;Kuukausipalkka (€)\nKokki;2500\n",
        &["any = [\"Ammattinimike\"]", "per = \"month\"   # from the header"],
        &[],
    ),
    (
        "Puesto;Salario bruto anual (EUR)\nCocinero;25000\n",
        &[
            "any = [\"Puesto\"]",
            "per = \"year\"   # from the header",
            "tax = \"gross\"   # from the header",
        ],
        &[],
    ),
    (
        "Fornitore;Descrizione;Prezzo unitario IVA esclusa (€)\nA;vite;2\n",
        &[
            "any = [\"Fornitore\"]",
            "any = [\"Descrizione\"]",
            "tax = \"excluded\"   # from the header",
            "per = \"each\"   # from the header",
        ],
        &[],
    ),
    (
        "Item,Net price\nbolt,1\n",
        &["# doubt: net of tax or of a discount? `tax = \"excluded\"` says net of tax"],
        &["tax = \"excluded\"   #"],
    ),
    (
        "Item,Min qty,Unit price\nbolt,100,1\n",
        &["[quantity_from]", "any = [\"Min qty\"]"],
        &["[[amount]]\nany = [\"Min qty\"]"],
    ),
    (
        "Job,Headcount,Age,Years of experience,Salary\nCook,4,40,12,30000\n",
        &[
            "[count]",
            "any = [\"Headcount\"]",
            "# not read: column C `Age`: no amount of money by its header",
        ],
        &["any = [\"Age\"]", "any = [\"Years of experience\"]"],
    ),
    // Ranges.
    (
        "Job,Salary Min,Salary Max\nCook,1,2\n",
        &["any = [\"Salary Min\"]", "to = [\"Salary Max\"]"],
        &["\nany = [\"Salary Max\"]"],
    ),
    (
        "Job,Salary from,Salary to\nCook,1,2\n",
        &["any = [\"Salary from\"]", "to = [\"Salary to\"]"],
        &[],
    ),
    (
        "Job;Gehalt von;Gehalt bis\nKoch;1;2\n",
        &["any = [\"Gehalt von\"]", "to = [\"Gehalt bis\"]"],
        &[],
    ),
    (
        "Job,Low salary,High salary\nCook,1,2\n",
        &["any = [\"Low salary\"]", "to = [\"High salary\"]"],
        &[],
    ),
    (
        "Job,Min,P50,Max\nCook,1,2,3\n",
        &["statistic = \"min\"", "statistic = \"p50\"", "statistic = \"max\""],
        &["to = ["],
    ),
    // Units by row, and part time.
    (
        "Job,Pay period,Salary\nCook,biweekly,900\nBaker,annual,30000\n",
        &["[per]", "any = [\"Pay period\"]"],
        &["# per ="],
    ),
    ("Job,Rate type,Rate\nCook,Hourly,20\n", &["[per]", "any = [\"Rate type\"]"], &[]),
    (
        "Job,Period,Salary\nCook,spring,900\n",
        &["# per = \"year\"   # year, month, hour ..."],
        &["[per]"],
    ),
    (
        "Job,FTE,Salary\nCook,0.5,900\n",
        &[
            "# doubt: `FTE` tells part-time work: is the amount what is paid for it, or pay of full time?",
            "# formula = \"cell / part\"",
        ],
        &["\nany = [\"FTE\"]"],
    ),
    (
        "Job,Employment %,Salary\nCook,50,900\n",
        &["# any = [\"Employment %\"]", "# scale = \"0.01\""],
        &[],
    ),
    (
        "Item,Unit,Price\nbolt,sack,9\n",
        &[
            "# doubt: no arithmetic converts these units, which stand for themselves: `sack`; `map` names another",
        ],
        &[],
    ),
    // Currencies.
    (
        "Item,Price\nbolt,£9\n",
        &["# doubt: `£` may be of several currencies; say which:", "# map = { \"£\" = \"GBP\" }"],
        &["USD"],
    ),
    ("Item,Price\nbolt,$9\nnut,£8\n", &["# map = { \"$\" = \"USD\", \"£\" = \"GBP\" }"], &[]),
    (
        "Job,Currency,Salary\nCook,US Dollar,9\nBaker,$,8\nSmith,usd,7\nMason,barter,7\n",
        &[
            "words = \"currencies\"",
            "# doubt: `$` may be of several currencies; say which:",
            "# map = { \"$\" = \"USD\" }",
            "# doubt: not known as a currency, so that the rows are rejected: `barter`",
        ],
        &["\nmap ="],
    ),
    ("Job,Currency,Salary\nCook,USD,9\n", &["any = [\"Currency\"]"], &["words ="]),
    // Persons.
    (
        "Name,Job Title,Salary\nAnn,Cook,9\nBo,Baker,8\n",
        &[
            "any = [\"Job Title\"]",
            "# not read: column A `Name`: says who a person is, which no benchmark needs",
        ],
        &["any = [\"Name\"]"],
    ),
    (
        "Employee Name,Title,Salary\nAnn,Cook,9\nBo,Baker,8\n",
        &["any = [\"Title\"]"],
        &["any = [\"Employee Name\"]"],
    ),
    (
        "Name,Unit price\nbolt,9\nnut,8\n",
        &["[field.title]", "any = [\"Name\"]"],
        &["who a person is"],
    ),
];

#[test]
fn proposals_say_what_headers_and_cells_say() {
    let mut wrong = Vec::new();
    for (text, must, must_not) in CASES {
        let proposal = proposal(text);
        let lacks = must.iter().filter(|must| !proposal.lines().any(|line| line == **must));
        wrong.extend(lacks.map(|line| format!("no line `{line}` for {text}\n{proposal}")));
        let has = must_not.iter().filter(|piece| proposal.contains(**piece));
        wrong.extend(has.map(|piece| format!("`{piece}` for {text}\n{proposal}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an import reads by a proposal in which some texts were replaced.
fn imported(name: &str, bytes: impl AsRef<[u8]>, settled: &[(&str, &str)]) -> Vec<String> {
    let saved = save(name, bytes);
    let found = inspect(&saved.path, &Options::default()).unwrap();
    let mut text = found.proposal.unwrap();
    for (from, to) in settled {
        assert!(text.contains(from), "no `{from}` in\n{text}");
        text = text.replacen(from, to, 1);
    }
    let recipe = Recipe::parse(&text, "p.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
    let options = Options { recipe: Some(recipe), ..Options::default() };
    let done = run(&mut open(&saved.path, &options).unwrap()).unwrap();
    done.lines
}

const EUR: (&str, &str) = ("# currency = \"EUR\"", "currency = \"EUR\"");
const YEAR: (&str, &str) = ("# per = \"year\"", "per = \"year\"");
const EACH: (&str, &str) = ("# per = \"each\"", "per = \"each\"");

/// A file, what its owner fills in, and the observations.
type Settled = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

/// Each file, what its owner fills in, and what a person reads in it.
#[test]
fn settled_proposals_import_what_a_person_reads() {
    let cases: &[Settled] = &[
        (
            "Stelle;Ort;Jahresgehalt in Tsd. EUR\nKoch;Köln;41,5\nBäcker;Bonn;38,25\nDurchschnitt;;39,9\n",
            &[],
            &[
                "2:3 -|Koch|Köln|- value 41500 exact EUR ANN",
                "3:3 -|Bäcker|Bonn|- value 38250 exact EUR ANN",
            ],
        ),
        (
            "Annual pay in thousands of USD,\n,\nJob,Pay\nCook,41.5\n",
            &[("scale = \"\"", "scale = \"1000\""), ("# currency", "currency"), YEAR],
            &["4:2 -|Cook|-|- value 41500 exact USD ANN"],
        ),
        (
            "Job,Location,Base salary,,,n\n,,P25,P50,Mean,\nDev,Denver,9,10,11,40\nAll jobs,,7,8,9,92\n",
            &[EUR, YEAR],
            &[
                "3:3 -|Dev|Denver|- p25 9 exact EUR ANN",
                "3:4 -|Dev|Denver|- p50 10 exact EUR ANN",
                "3:5 -|Dev|Denver|- mean 11 exact EUR ANN",
            ],
        ),
        (
            "Supplier,Item,Unit price EUR,,Supplier,Item,Unit price USD\nAcme,Desk,310.5,,Acme,Chair,110.5\nBeta,Desk,299,,Beta,Chair,99\n",
            &[],
            &["2:3 -|Desk|-|- value 310.5 exact EUR EA", "3:3 -|Desk|-|- value 299 exact EUR EA"],
        ),
        (
            "Employee Name,Title,Salary Min,Salary Max,Pay period\nAnn,Cook,300,350,biweekly\nBo,Total rewards manager,40000,45000,annual\n",
            &[EUR],
            &[
                "2:3 -|Cook|-|- value 300 at least EUR 2 weeks",
                "2:4 -|Cook|-|- value 350 at most EUR 2 weeks",
                "3:3 -|Total rewards manager|-|- value 40000 at least EUR ANN",
                "3:4 -|Total rewards manager|-|- value 45000 at most EUR ANN",
            ],
        ),
        (
            "Job,Currency,Pay type,Salary\nCook,US Dollar,Hourly,20\nBaker,$,Hourly,21\nSmith,usd,Annual,43000\nMason,£,Annual,33000\n",
            &[("# map = { \"$\" = \"USD\" }", "map = { \"$\" = \"USD\" }")],
            &[
                "2:4 -|Cook|-|- value 20 exact USD HUR",
                "3:4 -|Baker|-|- value 21 exact USD HUR",
                "4:4 -|Smith|-|- value 43000 exact USD ANN",
                "5:4 -|Mason|-|- value 33000 exact GBP ANN",
            ],
        ),
        (
            "Item,Price\nbolt,$1.50\nnut,£2.25\nscrew,€3.10\n",
            &[EACH, ("# map = {", "map = {")],
            &[
                "2:2 -|bolt|-|- value 1.5 exact USD EA",
                "3:2 -|nut|-|- value 2.25 exact GBP EA",
                "4:2 -|screw|-|- value 3.1 exact EUR EA",
            ],
        ),
        (
            "Fournisseur;Désignation;Qté;Unité;Prix unitaire HT (€);Total HT\nAcme;Vis;100;pièce;1,50;150,00\nBolt;Écrou;200;pièce;0,75;150,00\nTotal général;;;;;300,00\n",
            &[],
            &["2:5 -|Vis|-|- value 1.5 exact EUR EA", "3:5 -|Écrou|-|- value 0.75 exact EUR EA"],
        ),
        (
            "Job,Employment %,Salary\nCook,50,900\nBaker,100,2000\n",
            &[
                EUR,
                YEAR,
                (
                    "# [[value]]\n# name = \"part\"\n# any = [\"Employment %\"]\n# scale",
                    "[[value]]\nname = \"part\"\nany = [\"Employment %\"]\nscale",
                ),
                ("# formula", "formula"),
            ],
            &[
                "2:3 -|Cook|-|- value 1800 exact EUR ANN",
                "3:3 -|Baker|-|- value 2000 exact EUR ANN",
            ],
        ),
    ];
    for (text, settled, expected) in cases {
        assert_eq!(imported("file.csv", text, settled), *expected, "{text}");
    }
}

#[test]
fn what_is_not_settled_imports_nothing() {
    for text in [
        "Annual pay in thousands of USD,\n,\nJob,Pay (USD)\nCook,41.5\n",
        "Job,Annual salary ($)\nCook,41500\n",
        "Job,Salary (USD)\nCook,41500\n",
        "Job,Salary,Salary,Annual bonus (USD)\nCook,1,2,3\n",
    ] {
        let proposal = proposal(text);
        let unread = Recipe::parse(&proposal, "p.toml");
        let salaries = proposal.contains("[[amount]]\nany = [\"Annual bonus");
        assert!(unread.is_err() || salaries, "{proposal}");
    }
}

#[test]
fn merged_headers_of_two_rows_address_every_column() {
    let sheet = "<sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Survey 2025 (annual base, USD)</t></is></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>Job</t></is></c><c r=\"B3\" t=\"inlineStr\"><is><t>Base salary</t></is></c><c r=\"D3\" t=\"inlineStr\"><is><t>n</t></is></c></row>\
        <row r=\"4\"><c r=\"B4\" t=\"inlineStr\"><is><t>P25</t></is></c><c r=\"C4\" t=\"inlineStr\"><is><t>Mean</t></is></c></row>\
        <row r=\"5\"><c r=\"A5\" t=\"inlineStr\"><is><t>Cook</t></is></c><c r=\"B5\"><v>9</v></c><c r=\"C5\"><v>10</v></c><c r=\"D5\"><v>40</v></c></row>\
        </sheetData><mergeCells count=\"3\"><mergeCell ref=\"A1:D1\"/><mergeCell ref=\"B3:C3\"/><mergeCell ref=\"A3:A4\"/></mergeCells>";
    let book = xlsx_of(sheet, &[]);
    let proposal = looked("survey.xlsx", &book).proposal.unwrap();
    for line in
        ["rows = 2", "any = [\"Base salary P25\"]", "any = [\"Base salary Mean\"]", "[count]"]
    {
        assert!(proposal.lines().any(|l| l == line), "{line}\n{proposal}");
    }
    assert!(!proposal.contains("spread"), "{proposal}");
    let settled = [("# currency = \"USD\"", "currency = \"USD\""), YEAR];
    assert_eq!(
        imported("survey.xlsx", &book, &settled),
        ["s!B5 -|Cook|-|- p25 9 exact USD ANN", "s!C5 -|Cook|-|- mean 10 exact USD ANN"]
    );
}

#[test]
fn words_of_number_formats_and_formulas_without_results_are_told() {
    let styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"0&quot;k&quot;\"/><numFmt numFmtId=\"165\" formatCode=\"0&quot; per hour&quot;\"/></numFmts>\
        <cellXfs><xf/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>";
    let text =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let sheet = format!(
        "<sheetData><row r=\"1\">{}{}{}</row><row r=\"2\">{}<c r=\"B2\" s=\"1\"><v>120</v></c><c r=\"C2\"><f>B2*2</f></c></row></sheetData>",
        text("A1", "Job"),
        text("B1", "Annual salary (USD)"),
        text("C1", "Annual pay with bonus (USD)"),
        text("A2", "Cook")
    );
    let book = xlsx_of(&sheet, &[("xl/styles.xml", styles)]);
    let found = looked("pay.xlsx", &book);
    assert_eq!(found.tables[0].columns[1].worded, Some(("k", 2)));
    assert_eq!(found.tables[0].columns[2].unstored, 1);
    assert!(
        found.tables[0].problems[0].contains("column B")
            && found.tables[0].problems[0].contains("`k`")
    );
    let proposal = found.proposal.unwrap();
    assert!(
        proposal.contains("scale = \"\"   # doubt: the sheet shows the numbers with `k`: \"1000\""),
        "{proposal}"
    );
    assert!(proposal.contains("# doubt: 1 formulas without stored results"), "{proposal}");
    assert!(proposal.contains("# any = [\"Annual pay with bonus (USD)\"]"), "{proposal}");
    let lines = imported("pay.xlsx", &book, &[("scale = \"\"", "scale = \"1000\"")]);
    assert_eq!(lines, ["s!B2 -|Cook|-|- value 120000 exact USD ANN"]);

    // Read as they stand, they are a warning.
    let settled = proposal.replace("scale = \"\"", "scale = \"1\"");
    let saved = save("pay.xlsx", &book);
    let recipe = Some(Recipe::parse(&settled, "p.toml").unwrap());
    let done = run(&mut open(&saved.path, &Options { recipe, ..Options::default() }).unwrap());
    assert!(done.unwrap().codes().contains(&"W0126"));
}

#[test]
fn tables_side_by_side_and_repeated_headers_are_problems() {
    let cells =
        |row: &'static [(&'static str, &'static str)]| row.iter().map(|(at, t)| (*at, V::S(t)));
    let mut all: Vec<_> =
        cells(&[("A1", "Item"), ("B1", "Price EUR"), ("D1", "Item"), ("E1", "Price USD")])
            .collect();
    all.extend([("A2", V::S("desk")), ("B2", V::N("3")), ("D2", V::S("chair")), ("E2", V::N("4"))]);
    let found = looked("side.xlsx", xlsx(&[("s", all)]));
    assert!(
        found.tables[0].problems[0].contains("behind the blank column C"),
        "{:?}",
        found.tables[0].problems
    );
    let found = looked("twice.csv", "Job,Pay,Pay\nCook,1,2\n");
    assert!(found.tables[0].problems[0].contains("`Pay` stands above the columns B, C"));
}

/// Suppliers side by side with their terms below: all are read, each with what is said of it.
#[test]
fn rows_of_terms_are_proposed_and_read() {
    let text = "Item,Description,Qty,Unit,Acme (EUR),Beta (EUR)\n\
                P1,Paper,100,box,10.00,11.50\n\
                P2,Pens,50,box,5.00,4.80\n\
                P3,Clips,10,box,1.25,1.20\n\
                Freight,,,,35,included\n\
                Payment terms,,,,net 30,2/10 net 45\n\
                Valid until,,,,2026-12-31,31.12.2026\n\
                Minimum order value:,,,,€ 500,\n";
    let proposal = proposal(text);
    for must in [
        "name = \"freight\"",
        "labels = [\"Freight\"]",
        "labels = [\"Minimum order value\"]",
        "party = \"Acme\"",
        "party = \"Beta\"",
    ] {
        assert!(proposal.lines().any(|line| line == must), "{must}\n{proposal}");
    }
    assert!(!proposal.contains("[[skip]]"), "{proposal}");
    let recipe = Recipe::parse(&proposal, "p.toml").unwrap_or_else(|e| panic!("{e}\n{proposal}"));
    let saved = save("file.csv", text);
    let options = Options { recipe: Some(recipe), ..Options::default() };
    let done = run(&mut open(&saved.path, &options).unwrap()).unwrap();
    assert_eq!(done.lines.len(), 6, "{:?}", done.lines);
    let said = |row: usize| done.attributes[row].clone().unwrap_or_default();
    let (acme, beta) = (said(0), said(1));
    for (said, all) in [
        (acme, ["\"freight\":35", "\"minimum_value\":\"EUR 500\"", "\"payment_days\":\"30\""]),
        (beta, ["\"freight\":0", "\"early_days\":\"10\"", "early_discount=6 early_days=6"]),
    ] {
        assert!(all.iter().all(|it| said.contains(it)), "{said}");
    }
    // One such label alone may be an item.
    let single =
        "Item,Unit,Acme (EUR),Beta (EUR)\nPaper,box,10.00,11.50\nTransport,trip,5.00,4.80\n";
    assert!(!self::proposal(single).contains("[[term]]"));
}
