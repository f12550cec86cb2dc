//! Pay surveys, filings and payrolls: a small file in the shape of each layout, read cell by cell.

use crate::support::{Done, V, failure, read, run, save, xls, xlsx};
use haggle_evidence::{Batch, Importer, RecordBatch};
use haggle_import::{Options, open};

/// What a file gave: the usual lines, and what else each observation says.
struct Pay {
    done: Done,
    /// `kind basis component tax party` of each observation.
    said: Vec<String>,
}

/// Reads a file, which must be recognised as of a recipe and of no other.
fn pay(recipe: &str, name: &str, bytes: impl AsRef<[u8]>) -> Pay {
    sheet_of(recipe, name, bytes, None)
}

fn sheet_of(recipe: &str, name: &str, bytes: impl AsRef<[u8]>, sheet: Option<&str>) -> Pay {
    let saved = save(name, bytes);
    let options = Options { sheet: sheet.map(str::to_owned), ..Options::default() };
    let mut importer = open(&saved.path, &options).unwrap_or_else(|e| panic!("{recipe}: {e:?}"));
    assert_eq!(importer.recipe().name(), recipe);
    let done = run(&mut importer).unwrap();
    assert!(!done.codes().contains(&"W0123"), "{recipe}: {:?}", done.import.diagnostics);
    let mut said = Vec::new();
    let mut again = open(&saved.path, &options).unwrap();
    again
        .run(&mut |batch: RecordBatch| {
            let view = Batch::new(&batch).unwrap();
            said.extend((0..batch.num_rows()).map(|i| {
                let o = view.get(i).unwrap();
                let (component, party) = (o.component.unwrap_or("-"), o.party.unwrap_or("-"));
                format!("{} {} {component} {} {party}", o.kind, o.basis, o.tax)
            }));
            Ok(())
        })
        .unwrap();
    Pay { done, said }
}

impl Pay {
    /// The observations, as [`Done`] has them.
    fn lines(&self) -> Vec<&str> {
        self.done.lines.iter().map(String::as_str).collect()
    }

    fn attributes(&self, i: usize) -> &str {
        self.done.attributes[i].as_deref().unwrap_or("")
    }

    /// Every reason but those that no file lacks.
    fn reasons(&self) -> Vec<String> {
        let all = self.done.reasons().into_iter();
        all.filter(|r| !r.contains("I0202") && !r.contains("I0301")).collect()
    }
}

/// Cells of a sheet; what reads as a number is one.
fn cells<'a>(rows: &'a [&'a [&'a str]], at: &'a [Vec<String>]) -> Vec<(&'a str, V<'a>)> {
    let cell = |r: usize, c: usize, text: &'a str| match text.parse::<f64>() {
        Ok(_) if c != 1 => (at[r][c].as_str(), V::N(text)),
        _ => (at[r][c].as_str(), V::S(text)),
    };
    let filled = rows.iter().enumerate().flat_map(|(r, row)| {
        row.iter().enumerate().filter(|(_, t)| !t.is_empty()).map(move |(c, t)| (r, c, *t))
    });
    filled.map(|(r, c, t)| cell(r, c, t)).collect()
}

fn references(rows: usize) -> Vec<Vec<String>> {
    let row = |r: usize| (b'A'..=b'Z').map(|c| format!("{}{}", char::from(c), r + 1)).collect();
    (0..rows).map(row).collect()
}

const ASHE_HEADER: [&[&str]; 4] = [
    &[],
    &["", "", "Number", "", "Annual", "", "Annual"],
    &["", "", "of jobsb", "", "percentage", "", "percentage", "Percentiles"],
    &["Description", "Code", "(thousand)", "Median", "change", "Mean", "change", "10", "25", "90"],
];
const ASHE_ROWS: [&[&str]; 9] = [
    &["All employees", "", "27882", "17.09", "6.8", "21.65", "6.9", "11.64", "13", "34.75"],
    &["Managers", "1", "3035", "25.64", "6.2", "32.7", "8.2", "13.65", "17.52", "57.5", "", "Key"],
    &[
        " Corporate managers",
        "11",
        "2386",
        "28.75",
        "6.7",
        "35.95",
        "8.6",
        "x",
        "x",
        "x",
        "",
        "x = CV > 20%",
    ],
    &[
        "  Chief executives and officials",
        "111",
        "136",
        "42.5",
        "3.2",
        "57.52",
        "",
        "19.03",
        "26.36",
        "x",
    ],
    &["   Chief executives", "1111", "126", "43.82", "2.4", "59.66", "11.5", "22.16", "28.93", "x"],
    &["   Elected officers", "1112", "x", "16.41", "", "..", "-7.3", "x", ":", "-"],
    &["Not Classified", "", ":"],
    &["a\u{a0} Employees on adult rates whose pay was not affected by absence."],
    &["Source: Annual Survey of Hours and Earnings, Office for National Statistics."],
];

fn ashe_rows<'a>(title: &'a [&'a str]) -> Vec<&'a [&'a str]> {
    [title].into_iter().chain(ASHE_HEADER).chain(ASHE_ROWS).collect()
}

fn ashe_book(title: &str) -> Vec<u8> {
    let title = [title];
    let rows = ashe_rows(&title);
    let at = references(rows.len());
    let notes =
        vec![("A1", V::S("Guide to results")), ("A3", V::S("Annual pay is of the tax year"))];
    let table = |title| {
        let _: &str = title;
        cells(&rows, &at)
    };
    xlsx(&[("Notes", notes), ("All", table("all")), ("Male", table("male"))])
}

const HOURLY: &str =
    "Table 14.5a   Hourly pay - Gross (£) - For all employee jobsa: United Kingdom, 2024";

#[test]
fn ons_ashe_table_14_cell_by_cell() {
    let ashe = pay("ons-ashe-14", "any.xlsx", ashe_book(HOURLY));
    assert_eq!(
        ashe.lines(),
        [
            "All!D10 1111|Chief executives|GB|- p50 43.82 exact GBP HUR",
            "All!F10 1111|Chief executives|GB|- mean 59.66 exact GBP HUR",
            "All!H10 1111|Chief executives|GB|- p10 22.16 exact GBP HUR",
            "All!I10 1111|Chief executives|GB|- p25 28.93 exact GBP HUR",
            "All!D11 1112|Elected officers|GB|- p50 16.41 exact GBP HUR",
        ]
    );
    assert_eq!(ashe.said[0], "wage paid total gross -");
    assert_eq!(ashe.attributes(0), r#"{"jobs_thousand":126,"population":"All"}"#);
    assert_eq!(ashe.attributes(4), r#"{"population":"All"}"#);
    let reasons = ashe.reasons();
    for reason in [
        "skipped I0201 All!6:6= All!7:7=1 All!8:8=11 All!9:9=111 All!12:12=",
        "absent I0302 All!J10=x",
        "absent I0302 All!F11=..",
        "absent I0302 All!I11=:",
        "absent I0302 All!J11=-",
    ] {
        assert!(reasons.iter().any(|r| r.starts_with(reason)), "{reason}: {reasons:?}");
    }
    let facts = &ashe.done.import.facts;
    // 2024-04-05 is day 19818.
    assert_eq!((facts.name.as_str(), facts.date), ("ONS ASHE Table 14, 2024", Some(19_818)));
    let male = sheet_of("ons-ashe-14", "any.xlsx", ashe_book(HOURLY), Some("Male"));
    assert_eq!(male.attributes(0), r#"{"jobs_thousand":126,"population":"Male"}"#);
}

#[test]
fn the_title_of_an_ashe_table_says_unit_and_component() {
    for (title, per, component) in [
        ("Table 14.7a   Annual pay - Gross (£) - For all: United Kingdom, 2022", "ANN", "total"),
        (
            "Table 14.2a   Weekly pay - Excluding overtime (£): Great Britain, 2009",
            "WEE",
            "without-overtime",
        ),
        ("Table 14.3a   Basic pay - Including other pay (£): United Kingdom, 2021", "WEE", "base"),
        ("Table 14.4a   Overtime pay (£): United Kingdom, 2021", "WEE", "overtime"),
        ("Table 14.8a   Annual pay - Incentive (£): United Kingdom, 2021", "ANN", "incentive"),
    ] {
        let title = [title];
        let rows = ashe_rows(&title);
        let old = xls("All", (0, 0), &rows);
        let ashe = pay("ons-ashe-14", "old.xls", old);
        let expected = format!("All!D10 1111|Chief executives|GB|- p50 43.82 exact GBP {per}");
        assert_eq!(ashe.lines()[0], expected, "{title:?}");
        assert_eq!(ashe.said[0], format!("wage paid {component} gross -"), "{title:?}");
    }
}

#[test]
fn other_ashe_tables_are_turned_away() {
    for (title, part) in [
        ("Table 14.9a   Paid hours worked - Total: United Kingdom, 2024", "`Paid hours`"),
        ("Table 14.5b   Hourly pay - Gross (£): United Kingdom, 2024", "`Table 14.5b`"),
        (
            "Table 14.5   Hourly pay (£) - Coefficients of variation: United Kingdom, 2024",
            "variation",
        ),
        ("Table 15.5a   Hourly pay - Gross (£): United Kingdom, 2024", "`Table 14.`"),
    ] {
        let (code, message) = failure(read("any.xlsx", ashe_book(title)));
        assert_eq!(code, "E0006", "{title}");
        assert!(
            message.contains("`ons-ashe-14` has its columns") && message.contains(part),
            "{message}"
        );
    }
    let title = "Table 14.5a   Pay - Gross: United Kingdom, 2024";
    assert_eq!(failure(read("any.xlsx", ashe_book(title))).0, "E0015");
}

#[test]
fn labour_condition_applications_cell_by_cell() {
    let header = ";CASE_NUMBER;CASE_STATUS;CASE_SUBMITTED;VISA_CLASS;EMPLOYER_NAME;JOB_TITLE;SOC_CODE;SOC_NAME;TOTAL_WORKERS;FULL_TIME_POSITION;PREVAILING_WAGE;PW_UNIT_OF_PAY;WAGE_RATE_OF_PAY_FROM;WAGE_RATE_OF_PAY_TO;WAGE_UNIT_OF_PAY;WORKSITE_CITY;WORKSITE_STATE";
    let rows = [
        "0;I-1;CERTIFIED;2015-02-25;H-1B;UNIVERSITY OF MICHIGAN;RESEARCH FELLOW;19-1021.00;BIOCHEMISTS;1;;36067.0;Year;41000.0;0.0;Year;ANN ARBOR;MI",
        "1;I-2;CERTIFIED-WITHDRAWN;2015-02-25;H-1B;A;CEO;11-1011;CHIEFS;1;;1.0;Year;2.0;0.0;Year;X;MI",
        "2;I-3;CERTIFIED;2015-03-01;H-1B;SMITH, JONES & CO, INC.;ANALYST;15-1121;ANALYSTS;4;N;31.5;Hour;60000.0;75000.0;Year;NEW YORK;NY",
        "3;I-4;DENIED;2015-03-01;H-1B;A;CEO;11-1011;CHIEFS;1;;1.0;Year;2.0;0.0;Year;X;MI",
        "4;I-5;CERTIFIED;2015-03-02;E-3;C;TEACHER;25-2021;TEACHERS;1;Y;1800.0;Bi-Weekly;950.0;950.0;Week;X;TX",
        "5;I-6;CERTIFIED;2015-03-02;H-1B;C;TEACHER;25-2021;TEACHERS;1;Y;5000.0;Month;65000.0;60000.0;Year;X;TX",
        "6;I-7;CERTIFIED;2015-03-02;H-1B;C;TEACHER;25-2021;TEACHERS;1;Y;;;5000.0;0.0;Fortnight;X;TX",
        "7;I-8;WITHDRAWN;2015-03-02;H-1B;C;TEACHER;25-2021;TEACHERS;1;Y;;;5000.0;0.0;Year;X;TX",
    ];
    let lca = pay("oflc-lca", "any.csv", format!("{header}\n{}\n", rows.join("\n")));
    assert_eq!(
        lca.lines(),
        [
            "2:12 19-1021|RESEARCH FELLOW|MI|- value 36067 exact USD ANN",
            "2:14 19-1021|RESEARCH FELLOW|MI|- value 41000 exact USD ANN",
            "4:12 15-1121|ANALYST|NY|- value 31.5 exact USD HUR",
            "4:14 15-1121|ANALYST|NY|- value 60000 at least USD ANN",
            "4:15 15-1121|ANALYST|NY|- value 75000 at most USD ANN",
            "6:12 25-2021|TEACHER|TX|- value 1800 exact USD 2 weeks",
            "6:14 25-2021|TEACHER|TX|- value 950 exact USD WEE",
        ]
    );
    assert_eq!(lca.said[0], "wage floor base gross UNIVERSITY OF MICHIGAN");
    assert_eq!(lca.said[3], "wage offered base gross SMITH, JONES & CO, INC.");
    assert_eq!(
        lca.attributes(2),
        r#"{"case":"I-3","city":"NEW YORK","full_time":"N","occupation":"ANALYSTS","positions":"4","visa_class":"H-1B"}"#
    );
    // 2015-02-25 is day 16491.
    assert_eq!(lca.done.dates[0], Some(16_491));
    let reasons = lca.reasons();
    assert!(reasons.contains(&"rejected I0109 7:15=60000.0".to_owned()), "{reasons:?}");
    assert!(reasons.contains(&"rejected I0106 8:16=Fortnight".to_owned()), "{reasons:?}");
    assert!(
        reasons.iter().any(|r| r.starts_with("skipped I0203 3=CERTIFIED-WITHDRAWN 5=DENIED 9="))
    );
    assert!(reasons.contains(&"absent I0306 6:15=950".to_owned()), "{reasons:?}");
}

#[test]
fn older_and_newer_applications() {
    for (text, expected) in [
        (
            "LCA_CASE_NUMBER,STATUS,LCA_CASE_SUBMIT,VISA_CLASS,LCA_CASE_EMPLOYER_NAME,LCA_CASE_SOC_CODE,LCA_CASE_JOB_TITLE,LCA_CASE_WAGE_RATE_FROM,LCA_CASE_WAGE_RATE_TO,LCA_CASE_WAGE_RATE_UNIT,FULL_TIME_POS,LCA_CASE_WORKLOC1_STATE,PW_1,PW_UNIT_1\n\
             I-1,CERTIFIED,10/14/2013 8:05:11,H-1B,ACME,15-1132,PROGRAMMER,\"70,000.00\",,Year,Y,CA,33.10,Hour\n\
             I-2,CERTIFIED,10/14/2013 8:05:11,H-1B,ACME,15-1132,PROGRAMMER,70000,,Select Pay Range,Y,CA,,\n",
            vec![
                "2:8 15-1132|PROGRAMMER|CA|- value 70000 exact USD ANN",
                "2:13 15-1132|PROGRAMMER|CA|- value 33.1 exact USD HUR",
            ],
        ),
        (
            "CASE_NUMBER,CASE_STATUS,CASE_SUBMITTED,VISA_CLASS,EMPLOYER_NAME,JOB_TITLE,SOC_CODE,PREVAILING_WAGE,PW_UNIT_OF_PAY,WAGE_RATE_OF_PAY,WAGE_UNIT_OF_PAY,WORKSITE_STATE\n\
             I-1,CERTIFIED,2015-01-02,H-1B,ACME,PROGRAMMER,15-1131,50000,Year,20000.50 -,Year,CA\n\
             I-2,CERTIFIED,2015-01-02,H-1B,ACME,PROGRAMMER,15-1131,,,60000 - 80000,Year,CA\n",
            vec![
                "2:8 15-1131|PROGRAMMER|CA|- value 50000 exact USD ANN",
                "2:10 15-1131|PROGRAMMER|CA|- value 20000.5 at least USD ANN",
                "3:10 15-1131|PROGRAMMER|CA|- value 60000 at least USD ANN",
                "3:10 15-1131|PROGRAMMER|CA|- value 80000 at most USD ANN",
            ],
        ),
        (
            "CASE_NUMBER,CASE_STATUS,CASE_SUBMITTED,VISA_CLASS,EMPLOYER_NAME,JOB_TITLE,SOC_CODE,SOC_TITLE,WORKSITE_STATE_1,WAGE_RATE_OF_PAY_FROM_1,WAGE_RATE_OF_PAY_TO_1,WAGE_UNIT_OF_PAY_1,PREVAILING_WAGE_1,PW_UNIT_OF_PAY_1,PW_WAGE_LEVEL_1,WAGE_RATE_OF_PAY_FROM_2\n\
             I-1,CERTIFIED,2018-10-02,H-1B,ACME,PROGRAMMER,15-1131,P,CA,\"$90,000.00\",,Year,\"$80,000.00\",Year,Level II,95000\n",
            vec![
                "2:10 15-1131|PROGRAMMER|CA|Level II value 90000 exact USD ANN",
                "2:13 15-1131|PROGRAMMER|CA|Level II value 80000 exact USD ANN",
            ],
        ),
        (
            "CASE_NUMBER,CASE_STATUS,RECEIVED_DATE,DECISION_DATE,VISA_CLASS,JOB_TITLE,SOC_CODE,SOC_TITLE,FULL_TIME_POSITION,TOTAL_WORKER_POSITIONS,EMPLOYER_NAME,WORKSITE_STATE,WAGE_RATE_OF_PAY_FROM,WAGE_RATE_OF_PAY_TO,WAGE_UNIT_OF_PAY,PREVAILING_WAGE,PW_UNIT_OF_PAY,PW_WAGE_LEVEL\n\
             I-1,Certified,2023-09-25,2023-10-02,H-1B,PROGRAMMER,15-1251.00,P,Y,1,ACME,CA,100000,120000,Year,90000,Year,I\n\
             I-2,Certified - Withdrawn,2023-09-25,2023-10-02,H-1B,PROGRAMMER,15-1251.00,P,Y,1,ACME,CA,100000,120000,Year,90000,Year,I\n",
            vec![
                "2:13 15-1251|PROGRAMMER|CA|I value 100000 at least USD ANN",
                "2:14 15-1251|PROGRAMMER|CA|I value 120000 at most USD ANN",
                "2:16 15-1251|PROGRAMMER|CA|I value 90000 exact USD ANN",
            ],
        ),
    ] {
        assert_eq!(pay("oflc-lca", "any.csv", text).lines(), expected);
    }
    let no_unit = "LCA_CASE_NUMBER,STATUS,VISA_CLASS,LCA_CASE_SOC_CODE,LCA_CASE_JOB_TITLE,LCA_CASE_WAGE_RATE_FROM\nI-1,CERTIFIED,H-1B,15-1132,P,70000\n";
    assert_eq!(failure(read("any.csv", no_unit)).0, "E0015");
}

#[test]
fn stack_overflow_as_stated() {
    let text = "ResponseId,MainBranch,Employment,Country,EdLevel,YearsCodePro,DevType,OrgSize,Currency,CompTotal,CompFreq,ConvertedCompYearly\n\
        1,Dev,Full-time,Germany,BSc,5,\"Dev, back-end\",10,EUR\tEuropean Euro,4800,Monthly,62268\n\
        2,Dev,Full-time,United States of America,NA,12,NA,NA,USD\tUnited States dollar,150000.00,Yearly,150000\n\
        3,Dev,NA,India,NA,1,NA,NA,INR\tIndian rupee,1.2e+06,Yearly,16000\n\
        4,Dev,NA,Nomadic,NA,NA,NA,NA,NA,NA,NA,NA\n\
        5,Dev,NA,Sweden,NA,NA,NA,NA,SEK\tSwedish krona,NA,Monthly,NA\n\
        6,Dev,NA,Sweden,NA,NA,NA,NA,SEK\tSwedish krona,0,Monthly,NA\n\
        7,Dev,NA,Sweden,NA,NA,NA,NA,SEK\tSwedish krona,40000,NA,NA\n\
        8,Dev,NA,Sweden,NA,NA,NA,NA,SEK\tSwedish krona,1e+60,Yearly,NA\n\
        9,Dev,NA,Sweden,NA,NA,NA,NA,SEK\tSwedish krona,9000,Weekly,NA\n";
    let so = pay("stack-overflow", "survey_results_public_2021.csv", text);
    assert_eq!(
        so.lines(),
        [
            "2:10 -|Dev, back-end|DE|- value 4800 exact EUR MON",
            "3:10 -|-|US|- value 150000 exact USD ANN",
            "4:10 -|-|IN|- value 1200000 exact INR ANN",
            "10:10 -|-|SE|- value 9000 exact SEK WEE",
        ]
    );
    assert_eq!(so.said[0], "wage self-reported total gross -");
    assert_eq!(
        so.attributes(0),
        r#"{"education":"BSc","employment":"Full-time","organisation_size":"10","years_of_code":"5"}"#
    );
    let reasons = so.reasons();
    for reason in [
        "skipped I0203 5=NA",
        "skipped I0203 8=NA",
        "rejected I0101 9:10=1e+60",
        "absent I0302 6:10=NA",
        "absent I0302 7:10=0",
    ] {
        assert!(reasons.contains(&reason.to_owned()), "{reason}: {reasons:?}");
    }
    assert_eq!(so.done.import.facts.name, "Stack Overflow Developer Survey 2021");
    let newer = "ResponseId,MainBranch,Age,Country,DevType,Currency,CompTotal,ConvertedCompYearly\n\
        1,Dev,NA,Canada,NA,CAD\tCanadian dollar,90000,66000\n";
    let so = pay("stack-overflow", "x.csv", newer);
    assert_eq!(so.lines(), ["2:7 -|-|CA|- value 90000 exact CAD ANN"]);
    assert!(so.done.import.facts.assumptions.iter().any(|a| a.contains("`CompFreq`")));
    let older = "Respondent,MainBranch,Country,DevType,CurrencySymbol,CurrencyDesc,CompTotal,CompFreq,ConvertedComp\n\
        1,Dev,United Kingdom,Dev,GBP,Pound sterling,29000,Monthly,455352\n";
    let so = pay("stack-overflow", "x.csv", older);
    assert_eq!(so.lines(), ["2:7 -|Dev|GB|- value 29000 exact GBP MON"]);
}

#[test]
fn stack_overflow_2016_in_bands_and_2017_in_dollars() {
    let text = "\"collector\",\"country\",\"so_region\",\"occupation\",\"experience_range\",\"salary_range\",\"salary_midpoint\"\n\
        \"Facebook\",\"Ireland {Republic}\",\"Western Europe\",\"Data scientist\",\"1 - 2 years\",\"$30,000 - $40,000\",35000\n\
        \"Meta\",\"Trinidad & Tobago\",\"Caribbean\",NA,NA,\"Less than $10,000\",5000\n\
        \"Meta\",\"United States\",\"North America\",\"DevOps\",NA,\"More than $200,000\",210000\n\
        \"Meta\",\"United States\",\"North America\",\"DevOps\",NA,\"Unemployed\",NA\n\
        \"Meta\",\"United States\",\"North America\",\"DevOps\",NA,NA,NA\n\
        \"Meta\",\"United States\",\"North America\",\"DevOps\",NA,\"€5 - €6\",NA\n";
    let so = pay("stack-overflow-2016", "any.csv", text);
    assert_eq!(
        so.lines(),
        [
            "2:6 -|Data scientist|IE|- value 30000 at least USD ANN",
            "2:6 -|Data scientist|IE|- value 40000 at most USD ANN",
            "3:6 -|-|TT|- value 10000 at most USD ANN",
            "4:6 -|DevOps|US|- value 200000 at least USD ANN",
        ]
    );
    assert_eq!(
        so.reasons(),
        ["rejected I0110 7:6=€5 - €6", "absent I0302 6:6=NA", "absent I0302 5:6=Unemployed"]
    );
    let text = "respondent,country,salary,years_coded_job,open_source,company_size_number,remote,career_satisfaction,web_developer,dev_ops\n\
        3,United Kingdom,113750,20,TRUE,10000,Not remote,8,FALSE,TRUE\n\
        15,Russian Federation,6636.32359418588,2,FALSE,10,Remote,8,TRUE,FALSE\n\
        18,United States,NA,20,TRUE,1000,Remote,9,FALSE,FALSE\n";
    let so = pay("stack-overflow-2017", "any.csv", text);
    assert_eq!(
        so.lines(),
        [
            "2:3 -|-|GB|- value 113750 exact USD ANN",
            "3:3 -|-|RU|- value 6636.32359418588 exact USD ANN",
        ]
    );
    assert_eq!(
        so.attributes(1),
        r#"{"company_size":"10","remote":"Remote","web_developer":"TRUE","years_of_code":"2"}"#
    );
}

#[test]
fn ask_a_manager_settles_every_currency_or_says_why_not() {
    let header = "Timestamp,How old are you?,What industry do you work in?,Job title,\"If your job title needs additional context, please clarify here:\",\
        \"What is your annual salary? (You'll indicate the currency in a later question. If you are part-time or hourly, please enter an annualized equivalent -- what you would earn if you worked the job 40 hours a week, 52 weeks a year.)\",\
        \"How much additional monetary compensation do you get, if any (for example, bonuses or overtime in an average year)? Please only include monetary compensation here, not the value of benefits.\",\
        Please indicate the currency,\"If \"\"Other,\"\" please indicate the currency here: \",\"If your income needs additional context, please provide it here:\",What country do you work in?,\"If you're in the U.S., what state do you work in?\",What city do you work in?";
    let rows = [
        "4/27/2021 11:02:10,25-34,Education,Librarian,\"High school, FT\",\"55,000\",0,USD,,,U.S.A.,Massachusetts,Boston",
        "4/27/2021 11:02:22,25-34,Tech,Manager,,54600,4000,GBP,,,united kingdom,,Cambridge",
        "4/27/2021 11:02:38,25-34,Tech,Analyst,,80000,,AUD/NZD,,,New Zealand,,Wellington",
        "4/27/2021 11:02:39,25-34,Tech,Analyst,,90000,,AUD/NZD,,,australia ,,Perth",
        "4/27/2021 11:02:40,25-34,Tech,Analyst,,90000,,AUD/NZD,,,Fiji,,Suva",
        "4/28/2021 9:00:00,25-34,Tech,Engineer,,1200000,,Other,INR,,India,,Pune",
        "4/28/2021 9:00:01,25-34,Tech,Engineer,,600000,,Other,my local money,,Peru,,Lima",
        "4/28/2021 9:00:02,25-34,Tech,Engineer,,62,,USD,,,US,Texas,Austin",
        "4/28/2021 9:00:03,25-34,Tech,Engineer,,\"$70,500 \",2.5k,USD,,,usa,Texas,Austin",
        "4/28/2021 9:00:04,25-34,Tech,Engineer,,about 50,,USD,,,usa,Texas,Austin",
        "4/28/2021 9:00:05,25-34,Tech,Engineer,,€50000,,USD,,,usa,Texas,Austin",
        "4/28/2021 9:00:06,25-34,Tech,Engineer,,50000,,Bitcoin,,,usa,Texas,Austin",
    ];
    let aam = pay("ask-a-manager", "any.csv", format!("{header}\n{}\n", rows.join("\n")));
    assert_eq!(
        aam.lines(),
        [
            "2:6 -|Librarian|US|- value 55000 exact USD ANN",
            "3:6 -|Manager|GB|- value 54600 exact GBP ANN",
            "3:7 -|Manager|GB|- value 4000 exact GBP ANN",
            "4:6 -|Analyst|NZ|- value 80000 exact NZD ANN",
            "5:6 -|Analyst|AU|- value 90000 exact AUD ANN",
            "7:6 -|Engineer|IN|- value 1200000 exact INR ANN",
            "10:6 -|Engineer|US|- value 70500 exact USD ANN",
            "10:7 -|Engineer|US|- value 2500 exact USD ANN",
        ]
    );
    assert_eq!(aam.said[1], "wage self-reported base gross -");
    assert_eq!(aam.said[2], "wage self-reported bonus gross -");
    // 2021-04-27 is day 18744.
    assert_eq!(aam.done.dates[0], Some(18_744));
    let reasons = aam.reasons();
    for reason in [
        "rejected I0106 6:8=AUD/NZD 13:8=Bitcoin",
        "skipped I0203 8=Other",
        "rejected I0111 9:6=62",
        "rejected I0101 11:6=about 50",
        "rejected I0110 12:6=€50000",
        "absent I0302 2:7=0",
    ] {
        assert!(reasons.contains(&reason.to_owned()), "{reason}: {reasons:?}");
    }
}

#[test]
fn converted_salaries_are_read_and_codes_are_not() {
    let text = "work_year,experience_level,employment_type,job_title,salary_in_usd,employee_residence,remote,company_location,company_size\n\
        2022,SE,FT,ML Engineer,120000,AE,1,AE,S\n2023,EN,FT,Analyst,\"65,000\",AR,0,US,L\n2023,EN,FT,Analyst,7,AR,0,US,L\n";
    let done = pay("community-salaries-usd", "any.csv", text);
    assert_eq!(
        done.lines(),
        [
            "2:5 -|ML Engineer|AE|SE value 120000 exact USD ANN",
            "3:5 -|Analyst|US|EN value 65000 exact USD ANN",
        ]
    );
    assert_eq!(done.reasons(), ["rejected I0111 4:5=7"]);
    for coded in [
        "\"work_year\",\"experience_level\",\"employment_type\",\"job_title\",\"salary_in_usd\",\"remote_ratio\",\"company_size\"\n4,2,3,6,1,5,1\n4,1,1,2,4,5,2\n",
        "\"work_year\",\"experience_level\",\"employment_type\",\"salary_in_usd\",\"remote_ratio\",\"company_location\",\"company_size\",\"job_title\"\n4,3,2,1,5,2,1,\"ML Engineer\"\n3,4,4,4,5,2,2,\"Data Scientist\"\n",
    ] {
        let done = pay("community-salaries-usd", "ds_salaries.csv", coded);
        assert_eq!(done.lines(), [""; 0]);
        assert!(done.reasons()[0].starts_with("rejected I0102 2:1=4 3:1="), "{:?}", done.reasons());
        assert!(done.done.codes().contains(&"W0102"));
    }
}

#[test]
fn eu_surveys_of_three_years() {
    let text = "Timestamp,Age,Gender,City,Position,Years of experience,Your level,Current Salary,Salary one year ago,Salary two years ago,Are you getting any Stock Options?,Main language at work,Company size,Company type\n\
        14/12/2018 12:41:33,43,M,München,QA Ingenieur,11,Senior,77000,76200,68000,No,Deutsch,100-1000,Product\n\
        14/12/2018 12:42:09,33,F,Berlin,PHP developer ,8,,,55000,55000,No,Deutsch,50-100,Product\n\
        14/12/2018 12:42:10,33,F,Berlin,PHP developer,8,Senior,65,55,55000,No,Deutsch,50-100,Product\n";
    let eu = pay("eu-it-survey-2018", "any.csv", text);
    assert_eq!(eu.lines(), ["2:8 -|QA Ingenieur|München|Senior value 77000 exact EUR ANN"]);
    assert_eq!(eu.reasons(), ["rejected I0111 4:8=65"]);
    // 2018-12-14 is day 17879.
    assert_eq!(eu.done.dates, [Some(17_879)]);
    let text = "Zeitstempel,Age,Gender,City,Seniority level,Position (without seniority),Years of experience,Yearly brutto salary (without bonus and stocks),Yearly bonus,Yearly stocks,Yearly brutto salary (without bonus and stocks) one year ago. Only answer if staying in same country,Number of vacation days\n\
        02.12.2019 11:18:26,33,Male,Berlin,Senior,Fullstack Developer,\"1,5\",64000,1000,0,58000,29\n\
        02.12.2019 11:18:35,29,Male,Berlin,Middle,Backend Developer,3,55000,,,55000,22\n";
    let eu = pay("eu-it-survey-2019", "any.csv", text);
    assert_eq!(
        eu.lines(),
        [
            "2:8 -|Fullstack Developer|Berlin|Senior value 64000 exact EUR ANN",
            "2:9 -|Fullstack Developer|Berlin|Senior value 1000 exact EUR ANN",
            "3:8 -|Backend Developer|Berlin|Middle value 55000 exact EUR ANN",
        ]
    );
    assert_eq!(eu.attributes(0), r#"{"vacation_days":"29","years_of_experience":"1,5"}"#);
    // 2019-12-02 is day 18232.
    assert_eq!(eu.done.dates[0], Some(18_232));
    let text = "Timestamp,Age,Gender,City,Position ,Total years of experience,Seniority level,Yearly brutto salary (without bonus and stocks) in EUR,Yearly bonus + stocks in EUR,Annual brutto salary (without bonus and stocks) one year ago. Only answer if staying in the same country,Employment status\n\
        24/11/2020 11:14:15,26,Male,Munich,Software Engineer,\"1,5\",Senior,80000,5000,75000,Full-time employee\n\
        24/11/2020 11:14:16,26,Male,Berlin,Backend Developer,\"15, thereof 8 as CTO\",Senior,54179.13,0,,Full-time employee\n\
        24/11/2020 11:14:17,26,Male,Berlin,Backend Developer,7,Senior,99999999999,Not sure,,Founder\n\
        24/11/2020 11:14:18,26,Male,Berlin,Backend Developer,7,Senior,80000,15000+-,,Founder\n";
    let eu = pay("eu-it-survey-2020", "any.csv", text);
    assert_eq!(
        eu.lines(),
        [
            "2:8 -|Software Engineer|Munich|Senior value 80000 exact EUR ANN",
            "2:9 -|Software Engineer|Munich|Senior value 5000 exact EUR ANN",
            "3:8 -|Backend Developer|Berlin|Senior value 54179.13 exact EUR ANN",
            "4:8 -|Backend Developer|Berlin|Senior value 99999999999 exact EUR ANN",
        ]
    );
    assert_eq!(eu.said[1], "wage self-reported bonus-and-stock gross -");
    assert_eq!(
        eu.reasons(),
        ["rejected I0101 5:9=15000+-", "absent I0302 4:9=Not sure", "absent I0302 3:9=0"]
    );
}

#[test]
fn finnish_blocks_side_by_side() {
    let text = "Timestamp,Oletko palkansaaja vai laskuttaja?,Työkokemus alalta (vuosina),\"Tuntilaskutus (ALV 0%, euroina)\",\"Vuosilaskutus (ALV 0%, euroina)\",Työaika,Rooli / titteli,\"Kuukausipalkka (brutto, euroina)\",\"Vuositulot (sis. bonukset, osingot yms, euroina)\"\n\
        27/10/2024 10:04:36,Palkansaaja,27.0,,,100.0,Senior Fullstack Developer,7250.0,96000.0\n\
        07/10/2024 10:05:39,Palkansaaja,25.0,,,37.5,\u{a0}Ylläpitäjä,8750.0,0.0\n\
        07/10/2024 10:06:12,Laskuttaja,11.0,95.0,150000.0,,,,\n\
        07/10/2024 10:06:13,Palkansaaja,11.0,,,100.0,Koodari,5100.0,65.2\n\
        07/10/2024 10:06:14,Palkansaaja,11.0,,,100.0,Koodari,2.0,\n";
    let fi = pay("koodiklinikka", "any.csv", text);
    assert_eq!(
        fi.lines(),
        [
            "2:8 -|Senior Fullstack Developer|FI|- value 7250 exact EUR MON",
            "2:9 -|Senior Fullstack Developer|FI|- value 96000 exact EUR ANN",
            "3:8 -|Ylläpitäjä|FI|- value 8750 exact EUR MON",
            "4:4 -|-|FI|- value 95 exact EUR HUR",
            "4:5 -|-|FI|- value 150000 exact EUR ANN",
        ]
    );
    assert_eq!(
        fi.said,
        [
            "wage self-reported base gross -",
            "wage self-reported total gross -",
            "wage self-reported base gross -",
            "price self-reported charge excluded -",
            "price self-reported billing excluded -",
        ]
    );
    assert_eq!(
        fi.attributes(2),
        r#"{"employment":"Palkansaaja","working_time":"37.5","years_of_experience":"25.0"}"#
    );
    assert_eq!(
        fi.reasons(),
        ["rejected I0111 6:8=2.0", "rejected I0111 5:9=65.2", "absent I0302 3:9=0.0"]
    );
    // 2024-10-27 is day 20023.
    assert_eq!(fi.done.dates[0], Some(20_023));
    let text = "Timestamp,Employee or entrepreneur,\"Hourly rate (VAT 0%, in euros)\",\"Yearly billing (VAT 0%, in euros)\",Full time / part time,Role / title,\"Monthly salary (gross, in EUR)\",\"Yearly income (incl. bonuses, etc; in EUR)\"\n\
        07/10/2024 12:42:34,Employee,,,80.0,Lead developer,8400.0,0.0\n07/10/2024 21:12:16,Entrepreneur,70.0,,,,,\n";
    let en = pay("koodiklinikka", "any.csv", text);
    assert_eq!(
        en.lines(),
        [
            "2:7 -|Lead developer|FI|- value 8400 exact EUR MON",
            "3:3 -|-|FI|- value 70 exact EUR HUR",
        ]
    );
    let text = "source_language,experience_years,monthly_salary_eur,annual_income_eur,company_type,role,role_group,office_city\n\
        fi,27.0,7250.0,96000.0,konsulttitalossa,senior developer,senior,helsinki\nen,11.0,5100.0,,,developer,dev,turku\n";
    let cleaned =
        pay("koodiklinikka-cleaned", "koodiklinikka_salary_survey_2024_cleaned.csv", text);
    assert_eq!(
        cleaned.lines(),
        [
            "2:3 -|senior developer|FI|- value 7250 exact EUR MON",
            "2:4 -|senior developer|FI|- value 96000 exact EUR ANN",
            "3:3 -|developer|FI|- value 5100 exact EUR MON",
        ]
    );
    // 2024-10-15 is day 20011.
    assert_eq!(cleaned.done.import.facts.date, Some(20_011));
}

#[test]
fn what_new_coders_expect() {
    let text = "#,Are you already working as a software developer?,Would you prefer to...,Which one of these roles are you most interested in?,Other,About how much money do you expect to earn per year at your first developer job (in US Dollars)?,None,Other,About how many months have you been programming for?,How much was your salary?,Start Date (UTC),Submit Date (UTC)\n\
        99a,0,work,Full-Stack Web Developer,,\"50,000\",,,28,30000,2016-03-29 21:20:00,2016-03-29 21:23:43\n\
        99b,0,work,Data Scientist,,$50-60k,,,3,,2016-03-29 21:20:00,2016-03-30 00:00:01\n\
        99c,0,work,,,50k,,,,,,2016-03-30 00:00:02\n\
        99d,0,work,,,60000.00,,,,,,2016-03-30 00:00:02\n\
        99e,0,work,,,15,,,,,,2016-03-30 00:00:02\n\
        99f,0,work,,,0,,,,,,2016-03-30 00:00:02\n\
        99g,0,work,,,000,,,,,,2016-03-30 00:00:02\n\
        99h,0,work,,,18000$ in India,,,,,,2016-03-30 00:00:02\n\
        99i,0,work,,,50.000,,,,,,2016-03-30 00:00:02\n\
        99j,0,start a business,,,,,,,,,2016-03-30 00:00:02\n";
    let fcc = pay("fcc-new-coders", "any.csv", text);
    assert_eq!(
        fcc.lines(),
        [
            "2:6 -|Full-Stack Web Developer|-|- value 50000 exact USD ANN",
            "3:6 -|Data Scientist|-|- value 50000 at least USD ANN",
            "3:6 -|Data Scientist|-|- value 60000 at most USD ANN",
            "4:6 -|-|-|- value 50000 exact USD ANN",
            "5:6 -|-|-|- value 60000 exact USD ANN",
        ]
    );
    assert_eq!(fcc.said[0], "wage estimate base gross -");
    // 2016-03-29 is day 16889.
    assert_eq!(fcc.done.dates[0], Some(16_889));
    assert_eq!(
        fcc.reasons(),
        [
            "rejected I0101 9:6=18000$ in India",
            "rejected I0111 6:6=15 10:6=50.000",
            "absent I0302 7:6=0 8:6=000",
        ]
    );
}

#[test]
fn earnings_by_major() {
    let text = "Rank,Major_code,Major,Total,Major_category,Sample_size,Median,P25th,P75th\n\
        1,2419,PETROLEUM ENGINEERING,2339,Engineering,36,110000,95000,1.25E+05\n";
    let majors = pay("college-majors", "any.csv", text);
    assert_eq!(
        majors.lines(),
        [
            "2:7 2419|PETROLEUM ENGINEERING|US|- p50 110000 exact USD ANN",
            "2:8 2419|PETROLEUM ENGINEERING|US|- p25 95000 exact USD ANN",
            "2:9 2419|PETROLEUM ENGINEERING|US|- p75 125000 exact USD ANN",
        ]
    );
    assert_eq!(majors.done.numbers[0].3, Some(36));
    assert_eq!(majors.attributes(0), r#"{"category":"Engineering","people":2339}"#);
}

#[test]
fn public_payrolls() {
    let text = "Name,Job Titles,Department,Full or Part-Time,Salary or Hourly,Typical Hours,Annual Salary,Hourly Rate\n\
        \"AARON, J\",SERGEANT,POLICE,F,Salary,,$107790.00,\n\
        \"BAKER, K\",CROSSING GUARD,OEMC,P,Hourly,20,,$19.86\n\
        \"COOK, L\",CLERK,FINANCE,F,Salary,,\"$1,01,442.00\",\n\
        \"DOE, M\",CLERK,FINANCE,F,Salary,,n/a,\n";
    let chicago = pay("chicago-payroll", "any.csv", text);
    assert_eq!(
        chicago.lines(),
        [
            "2:7 -|SERGEANT|Chicago, IL|- value 107790 exact USD ANN",
            "3:8 -|CROSSING GUARD|Chicago, IL|- value 19.86 exact USD HUR",
            "4:7 -|CLERK|Chicago, IL|- value 101442 exact USD ANN",
        ]
    );
    assert_eq!(chicago.said[1], "wage paid base gross OEMC");
    assert_eq!(chicago.attributes(1), r#"{"full_or_part_time":"P","typical_hours":20}"#);
    assert_eq!(chicago.reasons(), ["rejected I0101 5:7=n/a"]);
    let text = "Fiscal Year,Payroll Number,Agency Name,Last Name,First Name,Title Description,Leave Status as of June 30,Base Salary,Pay Basis,Regular Gross Paid\n\
        2016,,ADMIN FOR CHILDREN,DOE,J,CHILD PROTECTIVE SPECIALIST,ACTIVE,$51315.00,per Annum,$84698.21\n\
        2017,,PARKS,DOE,J,CITY SEASONAL AIDE,CEASED,13.50,per Hour,500.00\n\
        2017,,EDUCATION,DOE,J,SUBSTITUTE TEACHER,ACTIVE,33.18,per Day,500.00\n\
        2017,,EDUCATION,DOE,J,TEACHER,ACTIVE,60000,Prorated Annual,500.00\n\
        2017,,EDUCATION,DOE,J,TEACHER,ACTIVE,60000,per Week,500.00\n";
    let york = pay("nyc-payroll", "any.csv", text);
    assert_eq!(
        york.lines(),
        [
            "2:8 -|CHILD PROTECTIVE SPECIALIST|New York, NY|- value 51315 exact USD ANN",
            "3:8 -|CITY SEASONAL AIDE|New York, NY|- value 13.5 exact USD HUR",
            "4:8 -|SUBSTITUTE TEACHER|New York, NY|- value 33.18 exact USD DAY",
            "5:8 -|TEACHER|New York, NY|- value 60000 exact USD ANN",
        ]
    );
    assert_eq!(york.reasons(), ["rejected I0106 6:9=per Week"]);
    let text = "Name,JobTitle,AgencyID,Agency,HireDate,AnnualSalary,GrossPay\n\
        \"Aaron,Patricia G\",Facilities/Office Services II,A03031,OED-Employment Dev (031),10/24/1979 12:00:00 AM,$55314.00,$53626.04\n";
    let baltimore = pay("baltimore-payroll", "Salaries_FY2015.csv", text);
    assert_eq!(
        baltimore.lines(),
        ["2:6 -|Facilities/Office Services II|Baltimore, MD|- value 55314 exact USD ANN"]
    );
    // 2015-06-30 is day 16616.
    assert_eq!(baltimore.done.import.facts.date, Some(16_616));
}

/// In the first table nothing says whether the P75 of `70,000` has a decimal comma: it is not read.
#[test]
fn percentile_tables_in_many_spellings() {
    for (text, expected) in [
        (
            "Job code,Job title,Level,Currency,Unit,# Orgs,# Incumbents,P10,P25,P50,P75,P90\n\
             0042,Software Engineer,P3,EUR,Annual,12,140,48000,\"55,500.50\",61000,\"70,000\",*\n\
             0043,Data Engineer,P3,USD,per hour,*,*,--,45.25,51,\"60,000\",72\n",
            vec![
                "2:8 0042|Software Engineer|-|P3 p10 48000 exact EUR ANN",
                "2:9 0042|Software Engineer|-|P3 p25 55500.5 exact EUR ANN",
                "2:10 0042|Software Engineer|-|P3 p50 61000 exact EUR ANN",
                "3:9 0043|Data Engineer|-|P3 p25 45.25 exact USD HUR",
                "3:10 0043|Data Engineer|-|P3 p50 51 exact USD HUR",
                "3:12 0043|Data Engineer|-|P3 p90 72 exact USD HUR",
            ],
        ),
        (
            "Acme Annual Salary Survey,,,,\nCurrency: CHF,,,,\nAll figures per month,,,,\nPosition,25th Percentile,Median,75th Percentile,Average\n\
             Nurse,5500,6000,6700,6100\n",
            vec![
                "5:2 -|Nurse|-|- p25 5500 exact CHF MON",
                "5:3 -|Nurse|-|- p50 6000 exact CHF MON",
                "5:4 -|Nurse|-|- p75 6700 exact CHF MON",
                "5:5 -|Nurse|-|- mean 6100 exact CHF MON",
            ],
        ),
        (
            "Role;Base salary P25 (GBP/year);Base salary P50 (GBP/year);Base salary P75 (GBP/year)\nDriver;28.000,00;31.500,00;34.000,00\n",
            vec![
                "2:2 -|Driver|-|- p25 28000 exact GBP ANN",
                "2:3 -|Driver|-|- p50 31500 exact GBP ANN",
                "2:4 -|Driver|-|- p75 34000 exact GBP ANN",
            ],
        ),
        (
            "Job title,25th (€ per hour),Median (€ per hour),75th (€ per hour)\nCook,12.5,14,16\n",
            vec![
                "2:2 -|Cook|-|- p25 12.5 exact EUR HUR",
                "2:3 -|Cook|-|- p50 14 exact EUR HUR",
                "2:4 -|Cook|-|- p75 16 exact EUR HUR",
            ],
        ),
    ] {
        assert_eq!(pay("percentile-table", "any.csv", text).lines(), expected, "{text}");
    }
}

#[test]
fn a_percentile_table_assumes_nothing() {
    for (text, code, part) in [
        ("Job title,P25,P50,P75\nCook,12,14,16\n", "E0015", "unit"),
        (
            "Annual salary survey,,,\nJob title,P25 (EUR),P50 (EUR),P75 (EUR)\nCook,12,14,16\n",
            "E0015",
            "unit",
        ),
        (
            "USD per year,,,\nFigures in EUR,,,\nJob title,P25,P50,P75\nCook,12,14,16\n",
            "E0015",
            "EUR and USD",
        ),
        (
            "Unit,sixpence,,\nJob title,P25 (EUR),P50 (EUR),P75 (EUR)\nCook,12,14,16\n",
            "E0015",
            "sixpence",
        ),
        ("EUR per year,,,\nJob title,P25,P50,P75\nCook,12.000,14.000,16.000\n", "E0014", "12.000"),
        (
            "Standard error,,,\nJob title,P25 (EUR/year),P50,P75\nCook,12,14,16\n",
            "E0006",
            "`standard error`",
        ),
    ] {
        let (found, message) = failure(read("any.csv", text));
        assert_eq!(found, code, "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
    }
    let dollars = "Pay per year,,,\nJob title,P25,P50,P75\nCook,$12,$14,$16\nChef,€20,€25,€30\n";
    let marked = pay("percentile-table", "any.csv", dollars);
    assert_eq!(marked.lines().len(), 3);
    assert_eq!(marked.reasons(), ["rejected I0104 3:2=$12"]);
}
