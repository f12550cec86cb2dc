//! Whole quotations, small ones, each with something changed.
use super::*;
use number::digits;

const WHOLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Quotation xmlns="urn:oasis:names:specification:ubl:schema:xsd:Quotation-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>Q-7</cbc:ID>
  <cbc:IssueDate>2026-11-10</cbc:IssueDate>
  <cac:ValidityPeriod><cbc:EndDate>2026-12-31</cbc:EndDate></cac:ValidityPeriod>
  <cac:SellerSupplierParty><cac:Party><cac:PartyName><cbc:Name>Acme</cbc:Name></cac:PartyName></cac:Party></cac:SellerSupplierParty>
  <cac:DeliveryTerms><cbc:ID schemeID="INCOTERMS">DAP</cbc:ID></cac:DeliveryTerms>
  <cac:PaymentTerms><cac:SettlementPeriod><cbc:DurationMeasure unitCode="DAY">30</cbc:DurationMeasure></cac:SettlementPeriod></cac:PaymentTerms>
  <!-- document charges -->
  <cac:QuotationLine><cac:LineItem>
    <cbc:Quantity unitCode="C62">3000</cbc:Quantity>
    <cbc:LineExtensionAmount currencyID="EUR">30.00</cbc:LineExtensionAmount>
    <cbc:MinimumQuantity unitCode="C62">1500</cbc:MinimumQuantity>
    <cac:PricingReference><cac:OriginalItemLocationQuantity><cbc:LeadTimeMeasure unitCode="WEE">2</cbc:LeadTimeMeasure></cac:OriginalItemLocationQuantity></cac:PricingReference>
    <!-- line charges -->
    <cac:Price>
      <cbc:PriceAmount currencyID="EUR">15.00</cbc:PriceAmount>
      <cbc:BaseQuantity unitCode="C62">1500</cbc:BaseQuantity>
      <!-- price charges -->
    </cac:Price>
    <cac:Item><cbc:PackQuantity unitCode="C62">500</cbc:PackQuantity><cbc:Name>Copier paper &amp; more</cbc:Name>
      <cac:BuyersItemIdentification><cbc:ID>A4</cbc:ID></cac:BuyersItemIdentification>
      <cac:SellersItemIdentification><cbc:ID>AC-1</cbc:ID></cac:SellersItemIdentification>
      <cac:StandardItemIdentification><cbc:ID schemeID="GTIN">04012345678901</cbc:ID></cac:StandardItemIdentification>
    </cac:Item>
  </cac:LineItem></cac:QuotationLine>
</Quotation>"#;

/// What a quotation with changes says: price, unit, only quantity, tax, and attributes.
fn said(changes: &[(&str, &str)], whose: Option<Whose>) -> Result<String, String> {
    let text = changes.iter().fold(WHOLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let root = tree::read(&text)?;
    let lines = quotation::lines(&root, whose)?;
    let line = &lines[0];
    let attributes = serde_json::to_string(&line.attributes).unwrap();
    let row = row(line, &attributes);
    let only = row.quantity_from.map_or("any".to_owned(), digits);
    let (subject, scheme) = (row.subject.unwrap_or("-"), row.scheme.unwrap_or("-"));
    Ok(format!(
        "{} {} per {} at {only}, tax {}; {scheme} {subject}; {attributes}",
        digits(row.amount),
        row.currency,
        row.per,
        row.tax
    ))
}

#[test]
fn a_line_is_the_price_of_one_with_its_terms() {
    let root = tree::read(WHOLE).unwrap();
    let lines = quotation::lines(&root, None).unwrap();
    let row = row(&lines[0], "{}");
    assert_eq!((row.row, row.column), (19, 7));
    assert_eq!(row.path, Some("/Quotation/QuotationLine[1]/LineItem/Price/PriceAmount"));
    assert_eq!((row.party, row.title), (Some("Acme"), Some("Copier paper & more")));
    assert_eq!((row.kind, row.basis, row.date), ("quote", "quoted", Some(20_767)));
    assert_eq!(
        said(&[], None).unwrap(),
        "0.01 EUR per EA at any, tax excluded; buyer A4; {\"as_stated\":\"15 per 1500\",\
         \"incoterm\":\"DAP\",\"lead_time_days\":\"14\",\"minimum\":\"1500\",\"pack\":\"500\",\
         \"payment_days\":\"30\",\"quotation\":\"Q-7\",\"valid_until\":\"2026-12-31\"}"
    );
    for (whose, part) in [
        (Whose::Buyers, "; buyer A4;"),
        (Whose::Standard, "; GTIN 04012345678901;"),
        (Whose::Sellers, "; seller AC-1;"),
    ] {
        assert!(said(&[], Some(whose)).unwrap().contains(part), "{part}");
    }
}

const BASE: &str = "<cbc:BaseQuantity unitCode=\"C62\">1500</cbc:BaseQuantity>";
const TOTAL: &str = "<cbc:LineExtensionAmount currencyID=\"EUR\">30.00</cbc:LineExtensionAmount>";

/// An `AllowanceCharge`: whether on top, amount, and what else it says.
fn charge(on_top: bool, amount: &str, more: &str) -> String {
    format!(
        "<cac:AllowanceCharge><cbc:ChargeIndicator>{on_top}</cbc:ChargeIndicator>\
         <cbc:Amount currencyID=\"EUR\">{amount}</cbc:Amount>{more}</cac:AllowanceCharge>"
    )
}

fn base(amount: &str) -> String {
    format!("<cbc:BaseAmount currencyID=\"EUR\">{amount}</cbc:BaseAmount>")
}

fn factor(number: &str) -> String {
    format!("<cbc:MultiplierFactorNumeric>{number}</cbc:MultiplierFactorNumeric>")
}

#[test]
fn prices_are_net_of_what_the_line_allows_and_charges() {
    let line = |on_top, amount, more: &str| ("<!-- line charges -->", charge(on_top, amount, more));
    let within = |amount, more: &str| ("<!-- price charges -->", charge(false, amount, more));
    let total = |amount: &str| (TOTAL, TOTAL.replace("30.00", amount));
    let factor_of_line = |f: &str| format!("{}{}", factor(f), base("30.00"));
    for (changes, expected) in [
        // A price without a base is for one; the line's total proves it.
        (vec![(BASE, String::new()), total("45000.00")], "15 EUR per EA at any, tax excluded"),
        (vec![(TOTAL, String::new())], "0.01 EUR per EA at any, tax unknown"),
        (
            vec![("1500</cbc:Base", "7</cbc:Base".into()), (TOTAL, String::new())],
            "2.142857142857 EUR",
        ),
        // A total is rounded to the places that it shows.
        (vec![("15.00", "15.20".into()), total("30")], "0.010133333333 EUR"),
        // 3 of 30 taken off, whatever the quantity; and on top for this quantity alone.
        (
            vec![line(false, "3.00", &factor_of_line("0.1")), total("27.00")],
            "0.009 EUR per EA at any,",
        ),
        (
            vec![line(false, "3.00", &factor_of_line("10")), total("27.00")],
            "0.009 EUR per EA at any,",
        ),
        (vec![line(true, "6.00", ""), total("36.00")], "0.012 EUR per EA at 3000,"),
        // What is in the price already is not taken off again.
        (vec![within("5.00", &base("20.00"))], "0.01 EUR per EA at any,"),
        (vec![("unitCode=\"C62\">1500</cbc:Base", ">1500</cbc:Base".into())], "0.01 EUR per EA"),
    ] {
        let changes: Vec<(&str, &str)> = changes.iter().map(|(f, t)| (*f, t.as_str())).collect();
        let said = said(&changes, None).unwrap();
        assert!(said.starts_with(expected), "{changes:?}: {said}");
    }
}

#[test]
fn terms_of_the_whole_are_terms_of_every_line() {
    let document = |text: String| ("<!-- document charges -->", text);
    let share = format!("{}{}", factor("5"), base("30.00"));
    let freight = "<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>";
    let early =
        "</cac:SettlementPeriod><cbc:SettlementDiscountPercent>2</cbc:SettlementDiscountPercent>";
    for (change, part) in [
        (document(charge(false, "1.50", &share)), "\"discount\":\"0.05\""),
        (document(charge(true, "12.50", freight)), "\"freight\":\"12.5\""),
        (
            ("</cac:SettlementPeriod>", early.to_owned()),
            "\"early_days\":\"30\",\"early_discount\":\"0.02\"",
        ),
        (
            ("schemeID=\"INCOTERMS\">DAP", "schemeID=\"own\">by van".to_owned()),
            "{\"as_stated\":\"15 per 1500\",\"lead",
        ),
    ] {
        let said = said(&[(change.0, &change.1)], None).unwrap();
        assert!(said.contains(part), "{said}");
    }
}

/// Holds that a quotation with one change is refused, with its place.
#[track_caller]
fn refused(from: &str, to: &str, part: &str) {
    let error = said(&[(from, to)], None).unwrap_err();
    assert!(error.contains(part) && error.starts_with("line "), "{from} -> {to}: {error}");
}

#[test]
fn numbers_that_are_not_certain_are_refused() {
    for (from, to, part) in [
        (
            ">1500</cbc:Base",
            ">0</cbc:Base",
            "line 20:7, /Quotation/QuotationLine[1]/LineItem/Price/BaseQuantity: found `0`",
        ),
        (">1500</cbc:Base", ">-1</cbc:Base", "found `-1`, expected a number"),
        (">1500</cbc:Base", ">1.500,0</cbc:Base", "found `1.500,0`"),
        (">1500</cbc:Base", ">150</cbc:Base", "LineExtensionAmount: found `30.00`, expected `300`"),
        (BASE, "", "found `30.00`, expected `45000`"),
        (
            "unitCode=\"C62\">1500</cbc:Base",
            "unitCode=\"KGM\">1500</cbc:Base",
            "found the unit `KGM`, expected `EA`",
        ),
        (
            "unitCode=\"C62\">1500</cbc:Base",
            "unitCode=\"piece\">1500</cbc:Base",
            "the unit code `piece`",
        ),
        ("unitCode=\"C62\">3000", "unitCode=\"\">3000", "the unit code ``"),
        ("currencyID=\"EUR\">15.00", "currencyID=\"euro\">15.00", "found the currency `euro`"),
        (
            "currencyID=\"EUR\">15.00",
            "currencyID=\"USD\">15.00",
            "LineExtensionAmount: found the currency `EUR`, expected `USD`",
        ),
        (">15.00<", ">15,00<", "PriceAmount: found `15,00`"),
        (">15.00<", "><", "PriceAmount: found ``"),
        (BASE, &format!("{BASE}{BASE}"), "BaseQuantity: found a second one"),
        (
            BASE,
            &format!("{BASE}<cbc:OrderableUnitFactorRate>12</cbc:OrderableUnitFactorRate>"),
            "OrderableUnitFactorRate: the price is for another unit",
        ),
    ] {
        refused(from, to, part);
    }
}

#[test]
fn charges_that_are_not_certain_are_refused() {
    let within = charge(false, "5.00", "");
    let setup = charge(true, "50.00", "");
    let wrong_share = charge(false, "3.00", &format!("{}{}", factor("20"), base("30.00")));
    let maybe = setup.replace("true", "perhaps");
    let dollars = setup.replace("EUR", "USD");
    let off = charge(false, "31.00", "");
    for (from, to, part) in [
        ("<!-- price charges -->", &within, "BaseAmount (`none`)"),
        ("<!-- document charges -->", &setup, "found `50` on the whole quotation"),
        ("<!-- line charges -->", &maybe, "found the ChargeIndicator `perhaps`"),
        ("<!-- line charges -->", &dollars, "Amount: found the currency `USD`, expected `EUR`"),
        ("<!-- line charges -->", &wrong_share, "`3.00` is no such share of the base `30`"),
        ("<!-- line charges -->", &off, "more is taken off than the price"),
        ("<!-- line charges -->", &setup, "found `30.00`, expected `80`"),
    ] {
        refused(from, to, part);
    }
}

#[test]
fn terms_that_are_not_certain_are_refused() {
    for (from, to, part) in [
        ("2026-12-31", "31.12.2026", "EndDate: found `31.12.2026`"),
        ("2026-11-10", "2026-11-31", "IssueDate: found `2026-11-31`"),
        (">DAP<", ">by van<", "a rule of Incoterms"),
        ("unitCode=\"DAY\">30", "unitCode=\"MON\">1", "the unit code `MON`"),
        (
            "unitCode=\"C62\">1500</cbc:Min",
            "unitCode=\"KGM\">1500</cbc:Min",
            "another unit than `EA`",
        ),
        (
            "<cbc:Name>Copier",
            "<cbc:PackSizeNumeric>9</cbc:PackSizeNumeric><cbc:Name>Copier",
            "found `500`, and PackSizeNumeric `9`",
        ),
        ("xsd:Quotation-2", "xsd:Invoice-2", "expected a Quotation of UBL 2"),
        ("</Quotation>", "", "`Quotation` has no end"),
    ] {
        refused(from, to, part);
    }
}

#[test]
fn documents_are_utf_8_of_bounded_size() {
    assert_eq!(text("\u{feff}<a/>".into()).unwrap(), "<a/>");
    assert!(text(vec![b'<', 0xff]).unwrap_err().contains("byte 1: found no UTF-8"));
}

#[test]
fn it_is_told_what_to_read() {
    for (request, part) in [
        (r#"{"config": {}}"#, "missing field `input`"),
        (r#"{"config": {"input": "stdin:", "items": 1}}"#, "unknown field `items`"),
        (r#"{"config": {"input": "stdin:", "item": "mine"}}"#, "unknown variant `mine`"),
        ("", "EOF"),
    ] {
        let error = config(request).unwrap_err();
        assert!(error.status == Status::Config && error.message.contains(part), "{error}");
    }
    let config = config(r#"{"config": {"input": "file:a.xml", "item": "sellers"}}"#).unwrap();
    assert_eq!((config.input.as_str(), config.item), ("file:a.xml", Some(Whose::Sellers)));
}
