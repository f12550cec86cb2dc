//! Hospital price files: the CMS templates, chargemasters, forms of common procedures.

use super::{by_name, cells, done, places};
use crate::support::{failure, read, xlsx};

/// The two lines above the header of a CMS file, as wide as the header.
fn preamble(date: &str, columns: usize) -> String {
    let fill = |used: usize| ",".repeat(columns - used);
    format!(
        "hospital_name,last_updated_on,version,hospital_location,hospital_address{}\n\
         West Mercy Hospital,{date},2.0.0,West Mercy|Surgical Center,\"12 Main Street, Fullerton\"{}\n",
        fill(5),
        fill(5)
    )
}

const TALL: &str = "description,code|1,code|1|type,code|2,code|2|type,setting,drug_unit_of_measurement,drug_type_of_measurement,standard_charge|gross,standard_charge|discounted_cash,payer_name,plan_name,standard_charge|negotiated_dollar,standard_charge|negotiated_percentage,standard_charge|negotiated_algorithm,estimated_amount,standard_charge|methodology,standard_charge|min,standard_charge|max,additional_generic_notes\n\
    MRI of brain,0611,RC,70551,CPT,outpatient,,,1200,1080,Platform,PPO,400,,,,fee schedule,250,400,\n\
    MRI of brain,0611,RC,70551,CPT,outpatient,,,1200,1080,Region,HMO,250,,,,fee schedule,250,400,\n\
    Knee,470,MS-DRG,,,inpatient,,,,,Platform,PPO,,50,\"MIN($8,000)\",\"22,243.34\",case rate,,,\n\
    Aspirin,A1,NDC,,,both,10,ML,5,0,,,,,,,,,,\n";

#[test]
fn the_tall_template() {
    let done = done(&(preamble("2024-07-01", 20) + TALL));
    let line = |place: &str, what: &str, rest: &str| {
        format!("{place} {what}|West Mercy Hospital|- {rest}")
    };
    let mri = "0611|MRI of brain";
    assert_eq!(
        done.lines,
        [
            line("4:9", mri, "value 1200 exact USD EA"),
            line("4:10", mri, "value 1080 exact USD EA"),
            line("4:13", mri, "value 400 exact USD EA"),
            line("4:18", mri, "min 250 exact USD EA"),
            line("4:19", mri, "max 400 exact USD EA"),
            line("5:13", mri, "value 250 exact USD EA"),
            line("6:16", "470|Knee", "mean 22243.34 exact USD EA"),
            line("7:9", "A1|Aspirin", "value 0.5 exact USD ml"),
        ]
    );
    assert_eq!(
        done.terms,
        [
            "price list gross - .. 2024-07-01",
            "price list cash - .. 2024-07-01",
            "price paid negotiated Platform PPO .. 2024-07-01",
            "price paid negotiated - .. 2024-07-01",
            "price paid negotiated - .. 2024-07-01",
            "price paid negotiated Region HMO .. 2024-07-01",
            "price paid allowed Platform PPO .. 2024-07-01",
            "price list gross - .. 2024-07-01",
        ]
    );
    assert_eq!(
        done.attributes[6].as_deref(),
        Some(
            r#"{"algorithm":"MIN($8,000)","code_type":"MS-DRG","locations":"West Mercy|Surgical Center","methodology":"case rate","percentage":"50","setting":"inpatient"}"#
        )
    );
    assert!(done.attributes[7].as_deref().unwrap().contains(r#""stated":"cell=5 units=10""#));
    let reasons = done.reasons();
    assert!(reasons.contains(&"absent I0307 5:9=1200".to_owned()), "{reasons:?}");
    assert!(reasons.contains(&"absent I0302 7:10=0".to_owned()), "{reasons:?}");
    assert_eq!(done.import.account.rejected, 0);
}

/// Version 3 writes spaces around the bars and percentiles of what was allowed.
#[test]
fn the_tall_template_of_version_3() {
    let header = "description,code | 1,code | 1 | type,setting,drug_unit_of_measurement,drug_type_of_measurement,standard_charge | gross,standard_charge | discounted_cash,payer_name,plan_name,standard_charge | negotiated_dollar,standard_charge | negotiated_percentage,standard_charge | negotiated_algorithm,median_amount,10th_percentile,90th_percentile,count,standard_charge | min,standard_charge | max,standard_charge | methodology,additional_generic_notes\n\
        Pacemaker,278,RC,outpatient,,,,,Platform,PPO,,,110% of cost,23123.46,16998.38,50000.77,1 through 10,,,other,\n";
    let text = preamble("4/1/2026", 21) + header;
    let done = done(&text);
    let line = |column: usize, rest: &str| {
        format!("4:{column} 278|Pacemaker|West Mercy Hospital|- {rest} exact USD EA")
    };
    assert_eq!(
        done.lines,
        [line(14, "p50 23123.46"), line(15, "p10 16998.38"), line(16, "p90 50000.77")]
    );
    assert_eq!(done.terms[0], "price paid allowed Platform PPO .. 2026-04-01");
    assert!(done.attributes[0].as_deref().unwrap().contains(r#""claims":"1 through 10""#));
}

#[test]
fn the_wide_template() {
    let header = "description,code|1,code|1|type,setting,drug_unit_of_measurement,drug_type_of_measurement,standard_charge|gross,standard_charge|discounted_cash,standard_charge|Platform Health|PPO|negotiated_dollar,standard_charge|Platform Health|PPO|negotiated_percentage,estimated_amount|Platform Health|PPO,standard_charge|Region|HMO|negotiated_dollar,median_amount|Region|HMO,count|Region|HMO,standard_charge|min,standard_charge|max\n\
        Hearing,92626,CPT,outpatient,,,150,125,98.98,,,115,105.34,7,98.98,115\n\
        Knee,470,MS-DRG,inpatient,,,,,,50,23145.98,,,,,\n";
    let done = done(&(preamble("2024-07-01", 16) + header));
    let line = |place: &str, what: &str, rest: &str| {
        format!("{place} {what}|West Mercy Hospital|- {rest} exact USD EA")
    };
    let hearing = "92626|Hearing";
    assert_eq!(
        done.lines,
        [
            line("4:7", hearing, "value 150"),
            line("4:8", hearing, "value 125"),
            line("4:9", hearing, "value 98.98"),
            line("4:12", hearing, "value 115"),
            line("4:13", hearing, "p50 105.34"),
            line("4:15", hearing, "min 98.98"),
            line("4:16", hearing, "max 115"),
            line("5:11", "470|Knee", "mean 23145.98"),
        ]
    );
    assert_eq!(done.terms[2], "price paid negotiated Platform Health PPO .. 2024-07-01");
    assert_eq!(done.terms[4], "price paid allowed Region HMO .. 2024-07-01");
    assert_eq!(done.terms[5], "price paid negotiated - .. 2024-07-01");
}

#[test]
fn chargemasters_under_many_names() {
    let davie = done(
        "Service Area,Description,Revenue Code,Charge Patient Pay\n\
         Davie,\"#10 BURN NET, BOX\",SUPPLIES [0270],\"1,459.00\"\nDavie,(30 MIN) DIAB ED,EDUCATION [0942],116\n",
    );
    assert_eq!(
        davie.lines,
        [
            "2:4 -|#10 BURN NET, BOX|Davie|- value 1459 exact USD EA",
            "3:4 -|(30 MIN) DIAB ED|Davie|- value 116 exact USD EA"
        ]
    );
    assert_eq!(davie.attributes[0].as_deref(), Some(r#"{"revenue_code":"SUPPLIES [0270]"}"#));
    let winston = done(
        "Service Area|Px Code|Procedure Description|Default Rev Code|CPT(R)/HCPCS Code|Default Mod|Fee Schedule Group Name|Unit Price\n\
         WS|080450|HC MR-STAPH|LAB [0306]|87641||WS HB DEFAULT|4,937.00\nWS|80443|HC FREE|LAB [0301]|||WS HB DEFAULT|0.00\n",
    );
    assert_eq!(winston.lines, ["2:8 080450|HC MR-STAPH|WS|- value 4937 exact USD EA"]);
    assert_eq!(winston.terms, ["price list gross - .. -"]);
    assert_eq!(winston.reasons()[1], "absent I0302 3:8=0.00");
    let parma = done(
        "Charge Description,Receivable Owner,Service ID,Service Provider,Service Type,Eff Rate Amt\n\
         Abdom Paracentesis,UHHS PMC,00815,PMC 1 Heart Center,Tech,\"1,420.00\"\nObservation,,,,,38.65\n",
    );
    assert_eq!(
        parma.lines,
        [
            "2:6 00815|Abdom Paracentesis|UHHS PMC|- value 1420 exact USD EA",
            "3:6 -|Observation|-|- value 38.65 exact USD EA"
        ]
    );
    let alhambra = done(
        "chg_cod_ext_id,chg_desc,org_nm,cod_dtl_ds,active_dt,chg_amt_1,cpt4_ext_id\n\
         01010001,INTENSIVE CARE,ALHAMBRA,Room,10/01/2012 00:00:00,9100,\n",
    );
    assert_eq!(alhambra.lines, ["2:6 01010001|INTENSIVE CARE|ALHAMBRA|- value 9100 exact USD EA"]);
}

/// A range has two ends, a word is no price, and stays may be charged unlike visits.
#[test]
fn chargemasters_with_ranges_and_two_prices() {
    let done = done(
        "List ID,CPT Code,Description,Unit Charge\n7,A1,Gauze,$25-$41\n8,,Glove,$0.00\n9,,Mask,STAT\n10,,Cap,$3.50\n",
    );
    assert_eq!(
        done.lines,
        [
            "2:4 -|Gauze|-|- value 25 at least USD EA",
            "2:4 -|Gauze|-|- value 41 at most USD EA",
            "5:4 -|Cap|-|- value 3.5 exact USD EA"
        ]
    );
    let reasons = done.reasons();
    assert_eq!(
        (reasons[0].as_str(), reasons[2].as_str()),
        ("rejected I0101 4:4=STAT", "absent I0302 3:4=$0.00")
    );
    let done = self::done(
        "Chrg Code,Chrg Bill Desc,Chrg Rev Code,Chrg Amt IP,Chrg Amt OP\n0100,ROOM,0120,5000,\n0200,X-RAY,0320,90,80\n",
    );
    let line = |place: &str, what: &str, amount: &str| {
        format!("{place} {what}|-|- value {amount} exact USD EA")
    };
    assert_eq!(
        done.lines,
        [
            line("2:4", "0100|ROOM", "5000"),
            line("3:4", "0200|X-RAY", "90"),
            line("3:5", "0200|X-RAY", "80")
        ]
    );
    assert_eq!(
        done.terms[1..],
        ["price list gross inpatient - .. -", "price list gross outpatient - .. -"]
    );
}

#[test]
fn averages_by_diagnosis_related_group() {
    let done = done(
        "Average charges 2018\nMS DRG,Description,Cases,Total Charges,Avg Charge\n\
         001,HEART TRANSPLANT,12,\"5,400,000\",\"450,000.50\"\n470,JOINT,0,0,*\n",
    );
    assert_eq!(done.lines, ["3:5 001|HEART TRANSPLANT|-|- mean 450000.5 exact USD stay"]);
    assert_eq!(done.numbers[0], (None, None, None, Some(12)));
    assert_eq!(done.reasons()[2], "absent I0302 4:5=*");
}

/// Titles above, a form with headers of its own on another sheet, the hospital named there.
fn inyo() -> Vec<u8> {
    let form: [&[&str]; 10] = [
        &["Hospital Name:  Northern Inyo"],
        &["Effective Date of Charges: August 1, 2017"],
        &[
            "Evaluation & Management Services (CPT Codes 99201-99499)",
            "2018 CPT Code",
            "Average Charge",
        ],
        &["Emergency Room Visit, Level 2", "99282", "417.69"],
        &["Outpatient Visit", "99213", ""],
        &[
            "Laboratory & Pathology Services (CPT Codes 80047-89398)",
            "2018 CPT Code",
            "Average Charge",
        ],
        &["Basic Metabolic Panel", "80048", "184"],
        &[""],
        &["Instructions for Completing the Form"],
        &["Count of Reported Procedures", "", ""],
    ];
    let master: [&[&str]; 5] = [
        &["Northern Inyo Charge Master as of June 1, 2018"],
        &["For AB 1627/1045 Reporting"],
        &["chg_cod_ext_id", "chg_desc", "chg_amt_1", "cpt4_ext_id"],
        &["PACU-1", "PACU 1 HR", "1230.96", ""],
        &["00114-A", "CO2 ANALYZER S-U", "0", "94640"],
    ];
    let (f, m) = (places(10, 3), places(5, 4));
    xlsx(&[("AB 1045 Form", cells(&f, &form)), ("Charge Master", cells(&m, &master))])
}

#[test]
fn a_filing_with_a_form_and_a_chargemaster() {
    let done = read("cdm.xlsx", inyo()).unwrap();
    assert_eq!(
        done.lines,
        ["Charge Master!C4 PACU-1|PACU 1 HR|Northern Inyo|- value 1230.96 exact USD EA"]
    );
    let attributes = done.attributes[0].as_deref();
    assert_eq!(attributes, Some(r#"{"effective":"August 1, 2017"}"#));
    assert_eq!(done.codes(), ["W0123"]);
    let done = by_name("oshpd-common-procedures", inyo());
    let line = |row: usize, what: &str, amount: &str| {
        format!("AB 1045 Form!C{row} {what}|Northern Inyo|- mean {amount} exact USD EA")
    };
    assert_eq!(
        done.lines,
        [
            line(4, "99282|Emergency Room Visit, Level 2", "417.69"),
            line(7, "80048|Basic Metabolic Panel", "184")
        ]
    );
}

/// Two columns of a description and a price may be of anything, and no header of nothing.
#[test]
fn lists_that_say_nothing_are_read_by_name_only() {
    let two = "Description,Price,\nABDUCTION PILLOW,694.47,\n,,\n";
    assert_eq!(failure(read("x.csv", two)).0, "E0006");
    let done = by_name("chargemaster", two);
    assert_eq!(done.lines, ["2:2 -|ABDUCTION PILLOW|-|- value 694.47 exact USD EA"]);
    let bare = "\"abacavir 20 mg/mL\",\"J3490\",$456.64\n\"abacavir 300 mg\",,$96.48\n\"saline\",\"00J0\",$0.00\n";
    assert_eq!(failure(read("x.csv", bare)).0, "E0006");
    let done = by_name("chargemaster-no-header", bare);
    assert_eq!(
        done.lines,
        [
            "1:3 J3490|abacavir 20 mg/mL|-|- value 456.64 exact USD EA",
            "2:3 -|abacavir 300 mg|-|- value 96.48 exact USD EA"
        ]
    );
}
